/** The user and group database as the loader and the plan compiler see it. */

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
}

export interface UserDatabase {
  byName(name: string): User | undefined;
  byUid(uid: number): User | undefined;
  groupByName(name: string): Group | undefined;
  /** Why it may not know a name that exists: said when a name is refused. */
  readonly limits?: string;
}
