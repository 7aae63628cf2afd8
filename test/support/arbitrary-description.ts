/** Generated service descriptions: every field that a file can express, in combinations that are valid for the type. */
import fc from 'fast-check';
import type {
  Dependency,
  EnvironmentStep,
  Identity,
  ResourceLimit,
  ServiceDescription,
  ServiceType,
} from '../../src/service/description.ts';
import { defaults } from '../../src/service/describe.ts';

/** A description without the places in files, which printing does not keep. */
export type PlainDescription = Omit<ServiceDescription, 'origins' | 'dependencies'> & {
  readonly dependencies: readonly Omit<Dependency, 'origin'>[];
};

const origin = { file: '', line: 0, column: 0 };

export function withOrigins(plain: PlainDescription): ServiceDescription {
  return { ...plain, dependencies: plain.dependencies.map((dependency) => ({ ...dependency, origin })), origins: {} };
}

export function withoutOrigins(description: ServiceDescription): PlainDescription {
  const { origins: _, dependencies, ...rest } = description;
  return { ...rest, dependencies: dependencies.map(({ origin: __, ...dependency }) => dependency) };
}

/** Text with everything that needs care: quotes, backslashes, dollars, hashes, white space; newlines only where they can be written. */
const awkward = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'b', '"', '\\', '$', '#', ' ', '\t', '\r', '\n ', '=', '${', '$/x', '{', '}', 'ä', '𝄞', "'"),
      fc.string({ maxLength: 3, unit: 'binary' }).map((text) => text.replaceAll(/[\0\n\ufffe\uffff]/g, '')),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))
  .filter((text) => !/\n(?![ \t])/.test(text));
const path = awkward.map((text) => `/${text}`);
const base = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,5}$/);
const argument = awkward.map((text) => text.replaceAll(/[/\p{Cc}]/gu, ''));
const name = fc.tuple(base, fc.option(argument)).map(([start, rest]) => (rest === null ? start : `${start}@${rest}`));
const milliseconds = fc.oneof(fc.nat(5000), fc.nat({ max: 4_294_967_295_000 }));
const count = fc.nat(0x7fffffff);
const user: fc.Arbitrary<Identity> = fc.oneof(
  fc.constantFrom('root', 'nobody', 'alice').map((text) => ({ kind: 'name' as const, name: text })),
  fc.nat(0xfffffffe).map((id) => ({ kind: 'number' as const, id })),
);
const group: fc.Arbitrary<Identity> = fc.oneof(
  fc.constantFrom('root', 'nogroup').map((text) => ({ kind: 'name' as const, name: text })),
  fc.nat(0xfffffffe).map((id) => ({ kind: 'number' as const, id })),
);

/** Keys that may be absent. */
const optional: { requiredKeys: [] } = { requiredKeys: [] };

const variable = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,4}$/);
const environment: fc.Arbitrary<EnvironmentStep[]> = fc.array(
  fc.oneof(
    fc.constant({ kind: 'clear' as const }),
    variable.map((text) => ({ kind: 'unset' as const, name: text })),
    variable.map((text) => ({ kind: 'import' as const, name: text })),
    fc.record({
      kind: fc.constant('set' as const),
      name: variable,
      value: awkward.map((text) => text.replaceAll('\n', '')),
    }),
  ),
  { maxLength: 4 },
);

const limitValue = fc.oneof(fc.nat(), fc.constantFrom('unlimited' as const, 'keep' as const));
const limits: fc.Arbitrary<ResourceLimit[]> = fc.uniqueArray(
  fc.record({
    resource: fc.constantFrom('nofile' as const, 'core' as const, 'data' as const, 'addrspace' as const),
    soft: limitValue,
    hard: limitValue,
  }),
  { selector: ({ resource }) => resource, maxLength: 4 },
);

type PlainDependency = PlainDescription['dependencies'][number];

const directoryNames = fc.uniqueArray(
  name.filter((text) => Buffer.byteLength(text) < 100),
  { maxLength: 3 },
);

/** Single dependencies and whole directories, mixed; a directory may be read twice, and one of waits-for is remembered even when it is empty. */
const dependencies = fc
  .array(
    fc.oneof(
      fc.record({
        kind: fc.constantFrom('depends-on', 'prepared-by', 'depends-ms', 'waits-for', 'before', 'after'),
        names: fc.tuple(name),
        readings: fc.constant(0),
      }),
      fc.record({
        kind: fc.constantFrom('depends-on', 'depends-ms', 'waits-for'),
        names: directoryNames,
        readings: fc.constantFrom(1, 1, 2),
      }),
    ),
    { maxLength: 6 },
  )
  .map((items) => {
    const list: PlainDependency[] = [];
    const waitsForDirectories: string[] = [];
    for (const [index, { kind, names, readings }] of items.entries()) {
      const directory = index % 2 === 0 ? `/sd/d${index}` : `/else where/d${index}`;
      if (readings === 0) list.push(...names.map((text) => ({ kind, name: text })));
      for (let reading = 0; reading < readings; reading++) {
        if (kind === 'waits-for') waitsForDirectories.push(directory);
        for (const text of names.toSorted()) list.push({ kind, name: text, directoryEntry: `${directory}/${text}` });
      }
    }
    return { dependencies: list, waitsForDirectories };
  });

const options = fc.record({
  unmaskInterrupt: fc.boolean(),
  startsRwfs: fc.boolean(),
  startsLog: fc.boolean(),
  passControlSocket: fc.boolean(),
  startInterruptible: fc.boolean(),
  skippable: fc.boolean(),
  signalProcessOnly: fc.boolean(),
  alwaysChain: fc.boolean(),
  killAllOnStop: fc.boolean(),
  noNewPrivs: fc.boolean(),
});

const logDefaults = {
  mode: defaults.logPermissions,
  bufferSize: defaults.logBufferSize,
  rotateSize: 0,
  rotateCount: defaults.logRotateCount,
  timestamps: false,
} as const;
const log = fc
  .tuple(
    fc.oneof(
      fc.record({ type: fc.constantFrom('none' as const, 'buffer' as const, 'pipe' as const) }),
      fc.record({ type: fc.constant('file' as const), file: path }),
    ),
    fc.record(
      {
        mode: fc.nat(0o7777),
        owner: user,
        group,
        bufferSize: count,
        rotateSize: fc.maxSafeNat(),
        rotateCount: fc.nat(9999),
        timestamps: fc.boolean(),
      },
      optional,
    ),
  )
  .map(([kind, rest]) => ({ ...logDefaults, ...rest, ...kind }));

const socket = fc
  .tuple(
    fc.oneof(
      path.filter((text) => Buffer.byteLength(text) <= 107).map((text) => ({ kind: 'unix' as const, path: text })),
      fc.record({
        kind: fc.constant('tcp' as const),
        host: fc.constantFrom('127.0.0.1', '::1', '::', 'fe80::1:2', '0.0.0.0', '::ffff:1.2.3.4'),
        port: fc.integer({ min: 1, max: 65535 }),
      }),
    ),
    fc.nat(0o7777),
    fc.record({ owner: user, group }, optional),
  )
  .map(([address, mode, rest]) => ({ address, mode, ...rest }));

/** What services with processes have, and the others not. */
const running = fc.record(
  {
    stopCommand: fc.tuple(path, fc.array(awkward, { maxLength: 3 })).map(([program, rest]) => [program, ...rest]),
    workingDirectory: path,
    startTimeout: milliseconds,
    stopTimeout: milliseconds,
    runAs: user,
    umask: fc.nat(0o777),
    nice: fc.integer({ min: -100, max: 100 }),
    ioPriority: fc.oneof(
      fc.constantFrom({ class: 0 as const, level: 0 }, { class: 3 as const, level: 0 }),
      fc.record({ class: fc.constantFrom(1 as const, 2 as const), level: fc.nat(7) }),
    ),
    oomScoreAdjust: fc.integer({ min: -1000, max: 1000 }),
    limits,
    cgroup: awkward.filter((text) => text !== ''),
    capabilities: fc.constantFrom('cap_chown', '^cap_net_raw,!%cap_kill'),
    securebits: fc.array(fc.constantFrom('noroot', 'keep-caps-locked'), { minLength: 1, maxLength: 2 }),
    log,
    socket,
    console: fc.constantFrom('none' as const, 'shares' as const, 'starts' as const, 'runs' as const),
  },
  optional,
);

const lasting = fc.record(
  {
    consumerOf: name.filter((text) => text !== 'web'),
    termSignal: fc.constantFrom(null, 1, 2, 3, 9, 10, 12, 15, 18, 19),
  },
  optional,
);

const anyType = fc.record({ chainTo: name, enableVia: base }, optional);

const restart = fc.record({
  mode: fc.constantFrom('yes' as const, 'no' as const, 'on-failure' as const),
  smoothRecovery: fc.boolean(),
  delay: milliseconds,
  limitInterval: milliseconds,
  limitCount: count,
});

export const arbitraryDescription: fc.Arbitrary<PlainDescription> = fc
  .tuple(
    fc.constantFrom<ServiceType>('process', 'bgprocess', 'scripted', 'internal', 'triggered'),
    fc.record({
      dependencies,
      environment,
      options,
      restart,
      command: fc.array(awkward, { maxLength: 3 }),
      pidFile: path,
      program: path,
    }),
    fc.tuple(anyType, running, lasting),
    fc.record(
      {
        readiness: fc.oneof(
          fc.nat(0x7fffffff).map((descriptor) => ({ kind: 'descriptor' as const, descriptor })),
          variable.map((text) => ({ kind: 'variable' as const, variable: text })),
        ),
        inittabId: awkward.filter((text) => Buffer.byteLength(text) <= 4),
        inittabLine: awkward.filter((text) => Buffer.byteLength(text) <= 32),
      },
      optional,
    ),
  )
  .map(([type, fixed, [all, run, last], processOnly]) => {
    const runs = type === 'process' || type === 'bgprocess' || type === 'scripted';
    const lasts = type === 'process' || type === 'bgprocess';
    return {
      name: 'web',
      base: 'web',
      directory: '/sd',
      file: '/sd/web',
      modified: '1000000000',
      type,
      command: runs ? [fixed.program, ...fixed.command] : [],
      stopCommand: [],
      workingDirectory: '/sd',
      environment: fixed.environment,
      ...fixed.dependencies,
      restart: lasts
        ? fixed.restart
        : {
            mode: fixed.restart.mode,
            smoothRecovery: false,
            delay: defaults.restartDelay,
            limitInterval: defaults.restartLimitInterval,
            limitCount: defaults.restartLimitCount,
          },
      startTimeout: defaults.startTimeout,
      stopTimeout: defaults.stopTimeout,
      limits: [],
      securebits: [],
      log: { type: 'none' as const, ...logDefaults },
      termSignal: defaults.termSignal,
      console: 'none' as const,
      ...all,
      ...(runs ? run : {}),
      ...(lasts ? last : {}),
      ...(type === 'process' ? processOnly : {}),
      ...(type === 'bgprocess' ? { pidFile: fixed.pidFile } : {}),
      ...(type === 'bgprocess' && run.console === 'runs' ? { console: 'starts' as const } : {}),
      options: {
        ...fixed.options,
        unmaskInterrupt: runs && fixed.options.unmaskInterrupt,
        passControlSocket: runs && fixed.options.passControlSocket,
        startInterruptible: runs && fixed.options.startInterruptible,
        signalProcessOnly: runs && fixed.options.signalProcessOnly,
        noNewPrivs: runs && fixed.options.noNewPrivs,
        skippable: type === 'scripted' && fixed.options.skippable,
        killAllOnStop: (type === 'scripted' || type === 'internal') && fixed.options.killAllOnStop,
      },
    };
  });
