/** access: what the caller, or another user, may do with this instance, and because of which line of reeve.ini. */
import type { AccessReport, AccessRight } from '../../api/control-decoders.ts';
import type { UserDatabase } from '../../service/users.ts';
import { PasswdUsers } from '../../service/passwd-users.ts';
import { renderTable } from '../output/table.ts';
import { oneLine } from '../output/text.ts';
import type { CommandDefinition } from '../session/command.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { usageError } from '../session/failure.ts';

interface Identity {
  readonly uid: number;
  readonly gid?: number;
  readonly groups?: readonly number[];
}

export const access: CommandDefinition = {
  name: 'access',
  group: 'manager',
  summary: 'what you may do, and because of which line of reeve.ini',
  description:
    'Root and the owner of the instance may do everything and may ask about others. A user is looked up in /etc/passwd and /etc/group; what the\n' +
    'daemon goes by is the user and the groups of the process that calls it.',
  examples: [
    { command: 'reevectl access', meaning: 'what you may do yourself' },
    { command: 'reevectl access --user alice', meaning: 'what a process of alice, in all her groups, may do' },
    { command: 'reevectl access --user 1000 --json', meaning: 'the same by number, for programs' },
  ],
  // Nobody has rights in another user's own instance.
  replaces: ['-u, --user'],
  define: (command) => void command.option('--user <NAME>', 'ask about this user, by name or number'),
  run: async (context, command) => {
    const { user } = command.opts<{ readonly user?: string }>();
    const users = new PasswdUsers();
    const who = user === undefined ? undefined : identityOf(user, users);
    const reeve = await context.connect();
    const report = await reeve.access(who);
    context.print(report);
    context.show([`${whoText(report, users)} ${report.rights.length === 0 ? 'may do nothing' : 'may:'}`]);
    if (report.rights.length > 0) context.show(renderTable(columns, report.rights.map(row), context.surroundings.out));
    return exitCodes.ok;
  },
};

const columns = [
  { title: 'MAY', expendable: 0 },
  { title: 'SERVICES', expendable: 0 },
  { title: 'BECAUSE OF', expendable: 0 },
] as const;

function row(right: AccessRight) {
  return [mayText(right), servicesText(right), becauseText(right)].map((text) => ({ text: oneLine(text) }));
}

function mayText({ role, verbs }: AccessRight): string {
  return role ?? verbs.join(' ');
}

function servicesText({ services }: AccessRight): string {
  return services === undefined ? 'all' : services.join(' ');
}

function becauseText({ because, origin, text }: AccessRight): string {
  switch (because) {
    case 'root':
      return 'root may do everything';
    case 'owner':
      return 'the instance is theirs';
    case 'default':
      return `default: ${text ?? ''}`;
    case 'grant':
      return `${origin ?? ''}: ${text ?? ''}`;
    default:
      return because satisfies never;
  }
}

function whoText({ uid, gid, groups }: AccessReport, users: PasswdUsers): string {
  const name = users.byUid(uid)?.name;
  const others = groups.filter((group) => group !== gid);
  const named = (id: number): string => {
    const group = users.groupByGid(id)?.name;
    return group === undefined ? String(id) : `${id} ${group}`;
  };
  const list = [gid, ...others].map(named).join(', ');
  return `${name === undefined ? `uid ${uid}` : `${name} (uid ${uid})`}, in ${others.length === 0 ? 'group' : 'groups'} ${list},`;
}

function identityOf(written: string, users: UserDatabase & Pick<PasswdUsers, 'groupsOf'>): Identity {
  const isNumber = /^\d{1,10}$/.test(written);
  const user = isNumber ? users.byUid(Number(written)) : users.byName(written);
  if (user) return { uid: user.uid, gid: user.gid, groups: users.groupsOf(user.name) };
  if (isNumber) return { uid: Number(written) };
  throw usageError(`reevectl: there is no user '${written}' in /etc/passwd`, 'give the number of the user instead');
}
