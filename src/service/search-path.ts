/** Where service files are looked for when nothing else is said: dinit's places, so that a tree written for it is found. */

export type Instance = 'system' | 'user';

const systemDirectories = ['/etc/dinit.d', '/run/dinit.d', '/usr/local/lib/dinit.d', '/lib/dinit.d'];
const sharedUserDirectories = ['/etc/dinit.d/user', '/usr/lib/dinit.d/user', '/usr/local/lib/dinit.d/user'];

/**
 * The directories in the order in which they are searched.
 * @param home the home directory from the user database, used where `HOME` is not set
 */
export function defaultServiceDirectories(
  instance: Instance,
  environment: ReadonlyMap<string, string>,
  home: string | undefined,
): readonly string[] {
  if (instance === 'system') return systemDirectories;
  const configured = environment.get('XDG_CONFIG_HOME') ?? '';
  const known = environment.get('HOME') ?? home;
  if (configured === '' && known === undefined) return systemDirectories;
  const own = [
    ...(configured === '' ? [] : [`${configured.endsWith('/') ? configured.slice(0, -1) : configured}/dinit.d`]),
    ...(known === undefined ? [] : [`${known}/.config/dinit.d`]),
  ];
  return [...new Set(own), ...sharedUserDirectories];
}
