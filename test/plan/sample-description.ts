/** A whole description for tests: every default filled in, and whatever a test cares about on top. */
import type { ServiceDescription, ServiceOptions } from '../../src/service/description.ts';
import type { PlanContext } from '../../src/plan/service-plan.ts';
import type { PlanUserDatabase } from '../../src/plan/user-database.ts';

const noOptions: ServiceOptions = {
  unmaskInterrupt: false,
  startsRwfs: false,
  startsLog: false,
  passControlSocket: false,
  startInterruptible: false,
  skippable: false,
  signalProcessOnly: false,
  alwaysChain: false,
  killAllOnStop: false,
  noNewPrivs: false,
};

type Changes = Partial<Omit<ServiceDescription, 'options' | 'log'>> & {
  readonly options?: Partial<ServiceOptions>;
  readonly log?: Partial<ServiceDescription['log']>;
};

export function sampleDescription({ options, log, ...changes }: Changes = {}): ServiceDescription {
  const at = (line: number) => ({ file: 'services.d/web', line, column: 1 });
  return {
    name: 'web',
    base: 'web',
    directory: 'services.d',
    file: 'services.d/web',
    modified: '0',
    type: 'process',
    command: ['/bin/web', 'serve'],
    stopCommand: [],
    workingDirectory: '/srv/www',
    environment: [],
    dependencies: [],
    restart: { mode: 'yes', smoothRecovery: false, delay: 200, limitInterval: 10_000, limitCount: 3 },
    startTimeout: 60_000,
    stopTimeout: 10_000,
    limits: [],
    securebits: [],
    log: { type: 'none', mode: 0o600, bufferSize: 4096, rotateSize: 0, rotateCount: 0, timestamps: false, ...log },
    termSignal: 15,
    console: 'none',
    options: { ...noOptions, ...options },
    waitsForDirectories: [],
    origins: { type: at(1), command: at(3), 'working-dir': at(4) },
    ...changes,
  };
}

/** Two users and a group that exist on no machine. */
export const sampleUsers: PlanUserDatabase = {
  byName: (name) => users.find((user) => user.name === name),
  byUid: (uid) => users.find((user) => user.uid === uid),
  groupByName: (name) => (name === 'logs' ? { name, gid: 4444 } : undefined),
  groupsOf: (name, gid) => (name === 'www' ? [gid, 4444] : [gid]),
};
const users = [
  { name: 'www', uid: 3333, gid: 3334, home: '/srv', shell: '/bin/sh' },
  { name: 'joe', uid: 1000, gid: 1000, home: '/home/joe', shell: '/bin/sh' },
];

export function sampleContext(changes: Partial<PlanContext> = {}): PlanContext {
  return {
    users: sampleUsers,
    self: { uid: 0, gid: 0 },
    daemonDirectory: '/base',
    environment: new Map([['PATH', '/usr/bin:/bin']]),
    ...changes,
  };
}
