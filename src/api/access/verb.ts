/**
 * What can be asked of an instance, and which role may ask it.
 *
 * A verb has the name that `reevectl` has for it. It is about services (one, or both ends of a dependency), or about the instance as a whole. A role may do
 * the verbs of the roles before it as well. What a caller may do is the sum of its grants; nothing is ever taken away by one.
 */

export const roles = ['observe', 'operate', 'shutdown', 'admin'] as const;
export type Role = (typeof roles)[number];

interface VerbRule {
  readonly role: Role;
  readonly isAbout: 'services' | 'instance';
}

const rules = {
  /** Sees a service: list, status, events. Neither its output nor the environment. */
  observe: { role: 'observe', isAbout: 'services' },

  logs: { role: 'operate', isAbout: 'services' },
  load: { role: 'operate', isAbout: 'services' },
  start: { role: 'operate', isAbout: 'services' },
  stop: { role: 'operate', isAbout: 'services' },
  restart: { role: 'operate', isAbout: 'services' },
  wake: { role: 'operate', isAbout: 'services' },
  release: { role: 'operate', isAbout: 'services' },
  /** Besides the verb that goes with it: a pin binds everybody else too. */
  pin: { role: 'operate', isAbout: 'services' },
  unpin: { role: 'operate', isAbout: 'services' },
  trigger: { role: 'operate', isAbout: 'services' },
  untrigger: { role: 'operate', isAbout: 'services' },
  signal: { role: 'operate', isAbout: 'services' },

  shutdown: { role: 'shutdown', isAbout: 'instance' },

  reload: { role: 'admin', isAbout: 'services' },
  unload: { role: 'admin', isAbout: 'services' },
  enable: { role: 'admin', isAbout: 'services' },
  disable: { role: 'admin', isAbout: 'services' },
  'add-dep': { role: 'admin', isAbout: 'services' },
  'rm-dep': { role: 'admin', isAbout: 'services' },
  'clear-log': { role: 'admin', isAbout: 'services' },
  getallenv: { role: 'admin', isAbout: 'instance' },
  setenv: { role: 'admin', isAbout: 'instance' },
  unsetenv: { role: 'admin', isAbout: 'instance' },
  /** Has the programs on disk take over. */
  upgrade: { role: 'admin', isAbout: 'instance' },
  /** Asks what others may do. */
  access: { role: 'admin', isAbout: 'instance' },
} as const satisfies Readonly<Record<string, VerbRule>>;

export type AccessVerb = keyof typeof rules;

export const verbs: readonly AccessVerb[] = Object.keys(rules).filter(isVerb);

export function isVerb(word: string): word is AccessVerb {
  return Object.hasOwn(rules, word);
}

export function isRole(word: string): word is Role {
  return (roles as readonly string[]).includes(word);
}

export function isAboutServices(verb: AccessVerb): boolean {
  return rules[verb].isAbout === 'services';
}

/** The least role that includes the verb. */
export function roleFor(verb: AccessVerb): Role {
  return rules[verb].role;
}

export function verbsOf(role: Role): readonly AccessVerb[] {
  return verbs.filter((verb) => roles.indexOf(rules[verb].role) <= roles.indexOf(role));
}
