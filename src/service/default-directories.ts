/** Where service files are looked for when nobody names directories: the places of dinit, so that an existing tree runs as it is. */

type Variables = Readonly<Record<string, string | undefined>>;

export const systemServiceDirectories: readonly string[] = [
  '/etc/dinit.d',
  '/run/dinit.d',
  '/usr/local/lib/dinit.d',
  '/lib/dinit.d',
];

/** Of a user's own instance. `home` is what HOME or else the user database says; without it and XDG_CONFIG_HOME the system's are taken. */
export function userServiceDirectories(variables: Variables, home: string | undefined): readonly string[] {
  const { XDG_CONFIG_HOME: configuration } = variables;
  const own = [
    ...(configuration === undefined || configuration === '' ? [] : [`${configuration.replace(/\/$/, '')}/dinit.d`]),
    ...(home === undefined || home === '' ? [] : [`${home}/.config/dinit.d`]),
  ];
  if (own.length === 0) return systemServiceDirectories;
  return [...new Set(own), '/etc/dinit.d/user', '/usr/lib/dinit.d/user', '/usr/local/lib/dinit.d/user'];
}
