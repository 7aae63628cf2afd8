import { describe, expect, test } from 'vitest';
import { lintService, namedServices, type Examined } from '../../src/service/lint.ts';
import { renderProblem } from '../../src/service/problem-text.ts';
import { described } from '../support/load-tree.ts';

const things: Readonly<Record<string, Examined>> = {
  '/sd': { kind: 'directory', mode: 0o755, uid: 0 },
  '/sd/web': { kind: 'file', mode: 0o644, uid: 0 },
  '/var/log': { kind: 'directory', mode: 0o755, uid: 0 },
  '/bin/x': { kind: 'file', mode: 0o755, uid: 0 },
  '/bin/plain': { kind: 'file', mode: 0o644, uid: 0 },
  '/bin/open': { kind: 'file', mode: 0o777, uid: 0 },
  '/bin/group': { kind: 'file', mode: 0o775, uid: 0 },
  '/bin/own': { kind: 'file', mode: 0o775, uid: 1000 },
  '/bin/strange': { kind: 'file', mode: 0o755, uid: 1001 },
};

function lints(text: string, special: Readonly<Record<string, Examined>> = {}, effectiveUid = 1000): readonly string[] {
  const examine = (path: string): Examined =>
    special[path] ?? things[path] ?? { kind: 'failed', text: 'no such file or directory' };
  return lintService(described(text), { examine, effectiveUid }).map((problem) =>
    renderProblem('web', problem).slice(5),
  );
}

const process = 'type = process\ncommand = /bin/x\n';

describe('lintService()', () => {
  test('lintService() has nothing to say about a good service', () => {
    const text = `${process}stop-command = /bin/x stop\nlogfile = /var/log/web\nlogfile-permissions = 640\nsocket-listen = /run/s\nsocket-uid = alice\n`;
    expect(lints(text)).toEqual([]);
    expect(lints('options: always-chain starts-rwfs\nchain-to = x\nrestart = no\n')).toEqual([]);
  });

  test('lintService() names every setting and option without effect on the type', () => {
    const text =
      'command = /bin/true\nstop-command = /bin/true\nworking-dir = /tmp\nrun-as = 0\nsocket-listen = /run/x\n' +
      'options = signal-process-only skippable always-chain\nchain-to = y\nnice = 1\nlogfile = /x\n';
    expect(lints(text)).toEqual(
      [
        ["1:1: 'command'", 'process, bgprocess or scripted'],
        ["2:1: 'stop-command'", 'process, bgprocess or scripted'],
        ["3:1: 'working-dir'", 'process, bgprocess or scripted'],
        ["4:1: 'run-as'", 'process, bgprocess or scripted'],
        ["5:1: 'socket-listen'", 'process, bgprocess or scripted'],
        ["6:11: option 'signal-process-only'", 'process, bgprocess or scripted'],
        ["6:31: option 'skippable'", 'scripted'],
        ["8:1: 'nice'", 'process, bgprocess or scripted'],
        ["9:1: 'logfile'", 'process, bgprocess or scripted'],
      ].map(([what, types]) => `/sd/web:${what} has no effect on an internal service: expected type ${types}`),
    );
  });

  test.each([
    ['logfile = /x\nlog-type = buffer', "/sd/web:3:1: logfile: has no effect unless the log type is 'file'"],
    ['log-rotate-size = 1M', "/sd/web:3:1: log-rotate-size: has no effect unless the log type is 'file'"],
    ['log-buffer-size = 1', "/sd/web:3:1: log-buffer-size: has no effect unless the log type is 'buffer'"],
    ['log-timestamps = yes', "/sd/web:3:1: log-timestamps: has no effect unless the log type is 'file' or 'buffer'"],
    [
      'log-type = buffer\noptions = shares-console',
      '/sd/web:3:1: log-type: has no effect while the service uses the console',
    ],
    ['socket-permissions = 600', "/sd/web:3:1: socket-permissions: has no effect without 'socket-listen' and a path"],
    [
      'options = unmask-intr shares-console',
      "/sd/web:3:11: unmask-intr: has no effect without 'starts-on-console' or 'runs-on-console'",
    ],
    ['options = always-chain', "/sd/web:3:11: always-chain: has no effect without 'chain-to'"],
    ['rlimit-nofile = 5:4', "/sd/web:3:1: the soft limit is above the hard one: the service cannot start: found '5:4'"],
    [
      'rlimit-nofile = -:4',
      "/sd/web:3:1: the soft limit is above the hard one: the service cannot start: found 'unlimited:4'",
    ],
    [
      'command = x',
      "/sd/web:3:1: command: the program is looked for in the service's PATH: expected an absolute path, found 'x'",
    ],
    [
      'command = a/x',
      "/sd/web:3:1: command: the program is looked for in the working directory: expected an absolute path, found 'a/x'",
    ],
    ['command = /none', '/sd/web:3:1: command: the program /none: no such file or directory'],
    ['command = /var/log', '/sd/web:3:1: command: the program /var/log is not a regular file'],
    [
      'stop-command = /bin/plain',
      "/sd/web:3:1: stop-command: the program /bin/plain is not executable\n    chmod +x '/bin/plain'",
    ],
    [
      'command = /bin/open',
      "/sd/web:3:1: the program /bin/open can be changed by others (mode 777)\n    chmod go-w '/bin/open'",
    ],
    [
      'command = /bin/group',
      "/sd/web:3:1: the program /bin/group can be changed by others (mode 775)\n    chmod go-w '/bin/group'",
    ],
    ['command = /bin/strange', '/sd/web:3:1: the program /bin/strange belongs to user 1001, who can change it'],
    ['working-dir = /none', '/sd/web:3:1: the working directory /none: no such file or directory'],
    ['working-dir = /bin/x', '/sd/web:3:1: the working directory /bin/x: not a directory'],
    ['logfile = /none/log', '/sd/web:3:1: the directory of the log file /none: no such file or directory'],
    ['logfile = none/log', '/sd/web:3:1: the directory of the log file /sd/none: no such file or directory'],
  ])('lintService() says what is doubtful about %j', (text, expected) => {
    expect(lints(process + text)).toEqual([expected]);
  });

  test('lintService() lets the group of a user change the programs of that user', () => {
    expect(lints(`${process}command = /bin/own\n`)).toEqual([]);
  });

  test('lintService() warns of a service file that others can change', () => {
    expect(lints('', { '/sd/web': { kind: 'file', mode: 0o666, uid: 0 } })).toEqual([
      "the service file /sd/web can be changed by others (mode 666)\n    chmod go-w '/sd/web'",
    ]);
  });

  test.each([
    [
      'type = scripted\ncommand = /bin/x\nchain-to = y',
      "chain-to: never happens on this type without the option 'always-chain'",
    ],
    ['restart = on-failure', "restart: 'on-failure' means the same as 'no' on this type"],
  ])('lintService() knows what a type never does: %j', (text, message) => {
    expect(lints(text)[0]).toContain(message);
  });
});

test('namedServices() are those that are named without being loaded', () => {
  const text = `${process}before: a\nafter: b\nchain-to = d\nconsumer-of = e\n`;
  expect(namedServices(described(text))).toEqual(['a', 'b', 'd', 'e']);
});
