/** Whom the daemon and the logger run as in system mode: users of their own, so that neither is root nor the other. */
import type { UserDatabase } from '../service/users.ts';
import { type Complaint, ReeveError } from './reeve-error.ts';

export interface ProgramUser {
  readonly uid: number;
  readonly gid: number;
}

export interface ProgramUsers {
  readonly daemon: ProgramUser;
  readonly logger: ProgramUser;
}

/** @throws {ReeveError} that says how to create a user that does not exist. */
export function findProgramUsers(
  names: { readonly daemon: string; readonly logger: string },
  users: UserDatabase,
  configFile: string,
): ProgramUsers {
  const complaints: Complaint[] = [];
  const find = (role: 'daemon' | 'logger'): ProgramUser => {
    const name = names[role];
    const found = /^\d+$/.test(name) ? numbered(Number(name), users) : users.byName(name);
    if (!found) complaints.push(missing(role, name, configFile));
    else if (found.uid === 0) complaints.push(privileged(role, name, configFile));
    return found ?? { uid: 0, gid: 0 };
  };
  const { uid, gid } = find('daemon');
  const logger = find('logger');
  if (complaints.length > 0) throw new ReeveError('REEVE_USERS', complaints);
  return { daemon: { uid, gid }, logger: { uid: logger.uid, gid: logger.gid } };
}

/** A number needs no entry in the database; without one its group has the same number. */
function numbered(uid: number, users: UserDatabase): ProgramUser | undefined {
  return uid > 0xffff_fffe ? undefined : (users.byUid(uid) ?? { uid, gid: uid });
}

function missing(role: string, name: string, configFile: string): Complaint {
  return {
    message: `there is no user '${name}', whom the ${role} runs as`,
    advice:
      `create it: useradd --system --user-group --no-create-home --home-dir / --shell /usr/sbin/nologin ${name}\n` +
      `    or name another one in ${configFile}: [users] ${role} = NAME`,
  };
}

function privileged(role: string, name: string, configFile: string): Complaint {
  return {
    message: `the ${role} must not run as root ('${name}')`,
    advice: `name another user in ${configFile}: [users] ${role} = NAME`,
  };
}
