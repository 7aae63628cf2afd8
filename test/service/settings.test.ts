import { describe, expect, test } from 'vitest';
import type { ServiceDescription } from '../../src/service/description.ts';
import { settings } from '../../src/service/settings.ts';
import { described, problems } from '../support/load-tree.ts';

const process = 'type = process\ncommand = /bin/x\n';
const bgprocess = 'type = bgprocess\ncommand = /bin/x\npid-file = /run/x\n';

type Field = keyof ServiceDescription;

/** Text after the head of a process, the field it sets, and its value. */
const good: readonly (readonly [string, Field, unknown])[] = [
  ['command += a "b c"', 'command', ['/bin/x', 'a', 'b c']],
  ['command = /bin/y', 'command', ['/bin/y']],
  ['stop-command = /bin/z 1', 'stopCommand', ['/bin/z', '1']],
  ['stop-command =', 'stopCommand', []],
  ['working-dir = /tmp', 'workingDirectory', '/tmp'],
  ['working-dir =', 'workingDirectory', '/sd'],
  ['chain-to = next@1', 'chainTo', 'next@1'],
  ['restart = on-failure', 'restart', { mode: 'on-failure' }],
  ['restart = true', 'restart', { mode: 'yes' }],
  ['restart = false', 'restart', { mode: 'no' }],
  ['smooth-recovery = yes', 'restart', { smoothRecovery: true }],
  ['restart-delay = 1,5', 'restart', { delay: 1500 }],
  ['restart-limit-interval = 0', 'restart', { limitInterval: 0 }],
  ['restart-limit-count = 0x10', 'restart', { limitCount: 16 }],
  ['start-timeout =', 'startTimeout', 0],
  ['stop-timeout = .25', 'stopTimeout', 250],
  ['run-as = alice', 'runAs', { kind: 'name', name: 'alice' }],
  ['run-as = 0x10', 'runAs', { kind: 'number', id: 16 }],
  ['umask = 027', 'umask', 0o27],
  ['nice = -5', 'nice', -5],
  ['nice = 100', 'nice', 100],
  ['ioprio = none', 'ioPriority', { class: 0, level: 0 }],
  ['ioprio = idle', 'ioPriority', { class: 3, level: 0 }],
  ['ioprio = realtime:0', 'ioPriority', { class: 1, level: 0 }],
  ['ioprio = best-effort:7', 'ioPriority', { class: 2, level: 7 }],
  ['oom-score-adj = -1000', 'oomScoreAdjust', -1000],
  ['rlimit-nofile = 100:200', 'limits', [{ resource: 'nofile', soft: 100, hard: 200 }]],
  ['rlimit-core = 0', 'limits', [{ resource: 'core', soft: 0, hard: 0 }]],
  ['rlimit-data = -', 'limits', [{ resource: 'data', soft: 'unlimited', hard: 'unlimited' }]],
  ['rlimit-addrspace = 4294967296:', 'limits', [{ resource: 'addrspace', soft: 4294967296, hard: 'keep' }]],
  ['rlimit-nofile = :', 'limits', [{ resource: 'nofile', soft: 'keep', hard: 'keep' }]],
  ['rlimit-nofile = 18446744073709551615', 'limits', [{ resource: 'nofile', soft: 'unlimited', hard: 'unlimited' }]],
  ['rlimit-nofile = 1\nrlimit-nofile = 2', 'limits', [{ resource: 'nofile', soft: 2, hard: 2 }]],
  ['log-type = buffer', 'log', { type: 'buffer' }],
  ['logfile = /var/log/x', 'log', { type: 'file', file: '/var/log/x' }],
  ['log-type = pipe\nlogfile = /x', 'log', { type: 'pipe' }],
  ['logfile = /x\nlog-type = none', 'log', { type: 'none' }],
  ['log-type = none\nlogfile = /x', 'log', { type: 'file', file: '/x' }],
  ['logfile-permissions = 640', 'log', { mode: 0o640 }],
  [
    'logfile-uid = alice\nlogfile-gid = 5',
    'log',
    { owner: { kind: 'name', name: 'alice' }, group: { kind: 'number', id: 5 } },
  ],
  ['log-buffer-size = 2147483647', 'log', { bufferSize: 2147483647 }],
  ['log-rotate-size = 10M\nlog-rotate-count = 3', 'log', { rotateSize: 10_485_760, rotateCount: 3 }],
  ['log-timestamps = yes', 'log', { timestamps: true }],
  ['consumer-of = web@x', 'consumerOf', 'web@x'],
  ['ready-notification = pipefd:3', 'readiness', { kind: 'descriptor', descriptor: 3 }],
  ['ready-notification = pipevar:FD', 'readiness', { kind: 'variable', variable: 'FD' }],
  ['socket-listen = /run/x', 'socket', { address: { kind: 'unix', path: '/run/x' }, mode: 0o666 }],
  ['socket-listen = tcp:127.0.0.1:80', 'socket', { address: { kind: 'tcp', host: '127.0.0.1', port: 80 } }],
  ['socket-listen = tcp:[::1]:65535', 'socket', { address: { kind: 'tcp', host: '::1', port: 65535 } }],
  [
    'socket-listen = /x\nsocket-permissions = 600\nsocket-uid = alice\nsocket-gid = nogroup',
    'socket',
    { mode: 0o600, owner: { kind: 'name', name: 'alice' }, group: { kind: 'name', name: 'nogroup' } },
  ],
  ['term-signal = HUP', 'termSignal', 1],
  ['termsignal = none', 'termSignal', null],
  ['options: runs-on-console', 'console', 'runs'],
  ['options: runs-on-console starts-on-console', 'console', 'runs'],
  ['options: starts-on-console', 'console', 'starts'],
  ['options: runs-on-console\noptions: shares-console', 'console', 'shares'],
  ['options: shares-console runs-on-console', 'console', 'runs'],
  ['options: runs-on-console shares-console runs-on-console', 'console', 'runs'],
  ['options: unmask-intr always-chain', 'options', { unmaskInterrupt: true, alwaysChain: true, startsLog: false }],
  ['options = starts-rwfs starts-log no-new-privs', 'options', { startsRwfs: true, startsLog: true, noNewPrivs: true }],
  [
    'options = signal-process-only start-interruptible',
    'options',
    { signalProcessOnly: true, startInterruptible: true },
  ],
  ['load-options = sub-vars', 'environment', []],
];

const bad: readonly (readonly [string, string])[] = [
  ['type = daemon', 'type: not a service type'],
  ['restart = maybe', 'restart: not a restart mode'],
  ['smooth-recovery = on-failure', 'smooth-recovery: neither yes nor no'],
  ['restart-delay = 1s', 'restart-delay: not a time'],
  ['restart-limit-interval = 9999999999999999999999', 'restart-limit-interval: out of range'],
  ['restart-limit-count = -1', 'restart-limit-count: not a usable number'],
  ['restart-limit-count = 3x', 'restart-limit-count: not a usable number'],
  ['run-as = nosuch', 'run-as: no such user'],
  ['run-as = ', 'run-as: no such user'],
  ['run-as = 12x', 'run-as: not a user number'],
  ['run-as = 4294967295', 'run-as: not a user number'],
  ['socket-gid = nosuch', 'socket-gid: no such group'],
  ['logfile-gid = 1x', 'logfile-gid: not a group number'],
  ['umask = 8', 'umask: not a file creation mask'],
  ['umask = 1000', 'umask: out of range'],
  ['nice = low', 'nice: not a usable number'],
  ['ioprio = best-effort', 'ioprio: not an I/O priority'],
  ['ioprio = best-effort:8', 'ioprio: not an I/O priority'],
  ['ioprio = rt:1', 'ioprio: not an I/O priority'],
  ['oom-score-adj = 1001', 'oom-score-adj: out of range'],
  ['rlimit-nofile = ', 'rlimit-nofile: not a limit'],
  ['rlimit-nofile = 5:x', 'rlimit-nofile: not a limit'],
  ['rlimit-nofile = -5', 'rlimit-nofile: not a limit'],
  ['rlimit-nofile = 100:200junk', 'rlimit-nofile: not a limit'],
  ['rlimit-nofile = 1:2:3', 'rlimit-nofile: not a limit'],
  ['rlimit-nofile = 99999999999999999999999', 'rlimit-nofile: too large for a limit'],
  ['run-in-cgroup =', 'run-in-cgroup: is empty'],
  ['capabilities = ^cap_wibble', "capabilities: 'cap_wibble' is no capability"],
  ['securebits = wibble', 'securebits: unknown securebits flag'],
  ['log-type = syslog', 'log-type: not a log type'],
  ['logfile-permissions = 8', 'logfile-permissions: not an octal file mode'],
  ['logfile-permissions =', 'logfile-permissions: not an octal file mode'],
  ['log-buffer-size = 4k', 'log-buffer-size: not a usable number'],
  ['log-rotate-size = 1.5M', 'log-rotate-size: not a size'],
  ['log-timestamps = 1', 'log-timestamps: neither yes nor no'],
  ['consumer-of = web', 'consumer-of: a service cannot read its own output'],
  ['consumer-of = .x', "consumer-of: not a service name: it begins with '.'"],
  ['ready-notification = fd:3', 'ready-notification: unknown way of reporting readiness'],
  ['ready-notification = pipefd:x', 'ready-notification: not a descriptor number'],
  ['ready-notification = pipevar:', 'ready-notification: not the name of a variable'],
  ['ready-notification = pipevar:A=B', 'ready-notification: not the name of a variable'],
  ['socket-listen = tcp:localhost:80', 'socket-listen: not a TCP address'],
  ['socket-listen = tcp:127.0.0.1:0', 'socket-listen: not a TCP address'],
  ['socket-listen = tcp:127.0.0.256:80', 'socket-listen: not a TCP address'],
  ['socket-listen = tcp:[1:2:3:4::5:6:7:8]:80', 'socket-listen: not a TCP address'],
  ['socket-listen = tcp:[1:2]:80', 'socket-listen: not a TCP address'],
  [`socket-listen = /${'x'.repeat(107)}`, 'socket-listen: too long for a socket: 108 bytes'],
  ['term-signal = SIGTERM', 'term-signal: not a signal that can be sent to stop a service'],
  ['inittab-id = 12345', 'inittab-id: too long: 5 bytes'],
  ['options = runs-on-console frob', 'options: unknown option'],
  ['load-options = no-sub-vars', 'load-options: unknown load option'],
  ['depends-on = .x', "depends-on: not a service name: it begins with '.'"],
  ['depends-on =', 'depends-on: not a service name: it is empty'],
  ['waits-for = a b', 'waits-for: not a service name: it contains a space'],
  ['before = @x', "before: not a service name: it begins with '@'"],
  ['chain-to = a/b', "chain-to: not a service name: it contains '/'"],
  ['waits-for.d =', 'waits-for.d: is empty'],
  ['env-file =', 'env-file: is empty'],
  ['logfile = $NO', 'logfile: nothing is left after substitution'],
  ['working-dir = $NO', 'working-dir: nothing is left after substitution'],
];

describe('settings', () => {
  test.each(good)('%j sets %s', (text, field, value) => {
    const actual = described(process + text)[field];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) expect(actual).toMatchObject(value);
    else expect(actual).toEqual(value);
  });

  test.each(bad)('%j is refused', (text, message) => {
    expect(problems(process + text)[0]).toContain(`: ${message}`);
  });

  test('every setting of the table is tried above or has a test of its own', () => {
    const tried = [...good, ...bad].flatMap(([text]) => text.split('\n').map((line) => /^[-a-z.]+/.exec(line)?.[0]));
    const elsewhere = [
      'pid-file',
      'prepared-by',
      'depends-ms',
      'after',
      'depends-on.d',
      'depends-ms.d',
      'inittab-line',
    ];
    expect([...settings.keys()].filter((name) => !tried.includes(name) && !elsewhere.includes(name))).toEqual([]);
  });

  test('a file that says nothing is an internal service with every default', () => {
    expect(described('')).toEqual({
      name: 'web',
      base: 'web',
      directory: '/sd',
      file: '/sd/web',
      modified: '1000000000',
      type: 'internal',
      command: [],
      stopCommand: [],
      workingDirectory: '/sd',
      environment: [],
      dependencies: [],
      restart: { mode: 'yes', smoothRecovery: false, delay: 200, limitInterval: 10_000, limitCount: 3 },
      startTimeout: 60_000,
      stopTimeout: 10_000,
      limits: [],
      securebits: [],
      log: { type: 'none', mode: 0o600, bufferSize: 4096, rotateSize: 0, rotateCount: 5, timestamps: false },
      termSignal: 15,
      console: 'none',
      options: {
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
      },
      waitsForDirectories: [],
      origins: {},
    });
  });

  test('origins tell where the present value was given', () => {
    const { origins } = described('type = internal\n  type = triggered\noptions: always-chain \\\n starts-log\n');
    expect(origins).toEqual({
      type: { file: '/sd/web', line: 2, column: 3 },
      options: { file: '/sd/web', line: 3, column: 1 },
      'options:always-chain': { file: '/sd/web', line: 3, column: 10 },
      'options:starts-log': { file: '/sd/web', line: 4, column: 2 },
    });
  });

  test('settings without effect on the type are accepted and forgotten', () => {
    const text =
      'command = /x\nstop-command = /x\nrun-as = 7\nlogfile = /x\nsocket-listen = /s\nready-notification = pipefd:3\n' +
      'pid-file = /x\nrlimit-core = 0\nrun-in-cgroup = x\ncapabilities = cap_chown\ninittab-id = x\n' +
      'options = skippable pass-cs-fd runs-on-console\n';
    const { origins, ...rest } = described(text);
    const { origins: none, ...plain } = described('');
    expect(rest).toEqual(plain);
    expect(Object.keys(origins)).toContain('options:pass-cs-fd');
    expect(none).toEqual({});
  });

  test.each([
    ['type = process', "a process service needs the setting 'command'"],
    ['type = scripted\ncommand =', "a scripted service needs the setting 'command'"],
    ['type = process\ncommand = ""', "a process service needs the setting 'command'"],
    ['type = process\ncommand = $/NO', 'nothing to run is left after substitution'],
    ['type = process\ncommand = $NO x', 'nothing to run is left after substitution'],
    [`${process}stop-command = $/NO`, 'nothing to run is left after substitution'],
    ['type = bgprocess\ncommand = x', "a bgprocess service needs the setting 'pid-file'"],
    [`${bgprocess}pid-file = ""`, "a bgprocess service needs the setting 'pid-file'"],
    [`${bgprocess}ready-notification = pipefd:3`, 'a bgprocess service cannot report readiness'],
    ['consumer-of = x', 'an internal service cannot read the output of another service'],
    ['type = scripted\ncommand = x\nconsumer-of = x', 'a scripted service cannot read the output of another service'],
    [`${process}options = kill-all-on-stop`, 'kill-all-on-stop cannot be used on a process service'],
    ['type = triggered\noptions = kill-all-on-stop', 'kill-all-on-stop cannot be used on a triggered service'],
  ])('%j lacks what its type needs', (text, message) => {
    expect(problems(text)[0]).toContain(message);
  });

  test('a bgprocess keeps its pid file', () => {
    expect(described(bgprocess).pidFile).toBe('/run/x');
  });

  test('a bgprocess has the console only while it starts', () => {
    expect(described(`${bgprocess}options: runs-on-console`).console).toBe('starts');
  });

  test("'log-type = file' without a log file discards the output", () => {
    expect(described(`${process}log-type = file`).log.type).toBe('none');
  });

  test.each([
    [`${process}run-in-cgroup = x`, 'run-in-cgroup', '3:1'],
    [`${process}capabilities = cap_chown\ncapabilities += ^cap_kill`, 'capabilities', '4:1'],
    [`${process}securebits = noroot-locked keep-caps`, 'securebits', '3:1'],
    [`${process}inittab-id = t1`, 'inittab-id', '3:1'],
    [`${process}inittab-line = tty1`, 'inittab-line', '3:1'],
    [`${process}options = no-new-privs pass-cs-fd`, "option 'pass-cs-fd'", '3:24'],
    ['options = kill-all-on-stop', "option 'kill-all-on-stop'", '1:11'],
  ])('%j is refused because it cannot be honoured yet', (text, what, place) => {
    expect(problems(text)).toEqual([
      `/sd/web:${place}: ${what} is not supported by this version of reeve\n` +
        '    the service would run without it, so it is not loaded; remove the setting to load it all the same',
    ]);
  });
});

describe('the environment of a service', () => {
  test('export-service-name and export-passwd-vars come before the environment file', () => {
    const options = { environment: { X: 'daemon' } };
    const { environment, command } = described(
      'type = scripted\ncommand = /bin/x $USER $DINIT_SERVICE $X\nload-options = export-passwd-vars export-service-name\nrun-as = alice\n',
      options,
    );
    expect(environment).toEqual([
      { kind: 'set', name: 'DINIT_SERVICE', value: 'web' },
      { kind: 'set', name: 'USER', value: 'alice' },
      { kind: 'set', name: 'LOGNAME', value: 'alice' },
      { kind: 'set', name: 'HOME', value: '/home/alice' },
      { kind: 'set', name: 'SHELL', value: '/bin/sh' },
      { kind: 'set', name: 'UID', value: '1000' },
      { kind: 'set', name: 'GID', value: '1000' },
    ]);
    expect(command).toEqual(['/bin/x', 'alice', 'web', 'daemon']);
  });

  test('export-passwd-vars takes the user that reeve runs as when there is no run-as', () => {
    const { environment } = described('load-options = export-passwd-vars\n', { effectiveUid: 65534 });
    expect(environment[0]).toEqual({ kind: 'set', name: 'USER', value: 'nobody' });
  });

  test('export-passwd-vars needs a user with an entry', () => {
    expect(problems('type = process\ncommand = x\nrun-as = 4242\nload-options = export-passwd-vars\n')[0]).toContain(
      'user 4242 has none',
    );
  });
});
