/** The parts of the package `posix` that reeve uses; it brings no types of its own. */
declare module 'posix' {
  interface Passwd {
    readonly name: string;
    readonly uid: number;
    readonly gid: number;
    readonly dir: string;
    readonly shell: string;
  }
  interface Group {
    readonly name: string;
    readonly gid: number;
    readonly members: readonly string[];
  }
  /** @throws {Error} if there is no such user. A number is a uid. */
  export function getpwnam(user: string | number): Passwd;
  /** @throws {Error} if there is no such group. A number is a gid. */
  export function getgrnam(group: string | number): Group;
  /** Takes on the groups of a user, and the given one. @throws {Error} unless root. */
  export function initgroups(user: string, gid: number): void;
}
