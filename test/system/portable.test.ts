import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type InstanceOptions, ReeveInstance } from '../support/reeve-instance.ts';

const boot = async (options: InstanceOptions): Promise<ReeveInstance> =>
  ReeveInstance.boot({ ...options, launcher: 'portable' });

const sleeper = (more = ''): string => `type = process\ncommand = /bin/sleep 1000\n${more}`;
const isRoot = process.geteuid?.() === 0;

test('reeve --portable refuses at load time what it cannot do, in one sentence, and runs the rest', async () => {
  await using reeve = await boot({
    files: {
      'sd/boot': 'type = internal\nwaits-for: plain\n',
      'sd/plain': sleeper(),
      'sd/limited': sleeper('rlimit-nofile = 100\n'),
      'sd/confined': sleeper('options = no-new-privs\n'),
      'sd/needs': sleeper('depends-on: limited\n'),
    },
  });
  await reeve.untilStatus('boot', { state: 'started' });
  const limited = await reeve.ctl('start', 'limited');
  expect(limited.code).not.toBe(0);
  expect(limited.err).toContain(
    `limited: ${reeve.directory}/sd/limited:3:1: rlimit-nofile: portable mode cannot set resource limits, the native launcher can\n`,
  );
  const confined = await reeve.ctl('start', 'confined');
  expect(confined.err).toContain(
    'no-new-privs: portable mode cannot keep a service from gaining privileges, the native launcher can\n',
  );
  expect((await reeve.ctl('start', 'needs')).err).toContain("could not load dependency 'limited'");
  expect((await reeve.status('plain')).state).toBe('started');
});

test('reeve --portable is one process with a socket for its owner alone, and leaves nothing behind', async () => {
  await using reeve = await boot({
    files: { 'sd/boot': 'type = internal\nwaits-for: web\n', 'sd/web': sleeper('log-type = buffer\n') },
  });
  const { pid } = await reeve.untilStatus('web', { state: 'started' });
  const children = spawnSync('ps', ['-o', 'pid=', '--ppid', String(reeve.pid)], { encoding: 'utf8' }).stdout;
  expect(children.trim().split(/\s+/)).toEqual([String(pid)]);
  expect(readdirSync(reeve.path('run'))).toEqual(['control']);
  expect(statSync(reeve.socket).mode & 0o777).toBe(0o600);
  reeve.kill('SIGTERM');
  expect(await reeve.exit()).toBe(0);
  expect(readdirSync(reeve.path('run'))).toEqual([]);
});

test('reeve --portable names who asked, but no process that it does not know', async () => {
  await using reeve = await boot({ files: { 'sd/boot': 'type = internal\nwaits-for: web\n', 'sd/web': sleeper() } });
  await reeve.untilStatus('web', { state: 'started' });
  expect((await reeve.ctl('restart', 'web')).code).toBe(0);
  const [uid, gid] = [process.geteuid?.(), process.getegid?.()];
  await reeve.untilOutput(`web: restart granted to uid ${uid}, gid ${gid}\n`);
  const why = await reeve.ctl('why', 'web');
  expect(why.out).toContain(`restart requested by uid ${uid}`);
  expect(why.out).not.toContain('process 0');
});

test('reeve --portable is never the instance of the machine', async () => {
  const refused = await boot({ files: { 'sd/boot': 'type = internal\n' }, mode: 'system' }).catch(String);
  expect(refused).toContain('reeve: --portable cannot be the instance of the machine');
});

test('reeve --portable does not take the place of an instance that runs', async () => {
  await using reeve = await boot({ files: { 'sd/boot': 'type = internal\nwaits-for: web\n', 'sd/web': sleeper() } });
  const second = spawnSync(
    process.execPath,
    ['build/lib/reeve.cjs', '--user', '--portable', '--services-dir', reeve.path('sd'), '--run-dir', reeve.path('run')],
    { encoding: 'utf8', cwd: `${import.meta.dirname}/../..` },
  );
  expect(second.status).toBe(1);
  expect(second.stderr).toBe(`reeve: cannot listen on ${reeve.socket}: another instance is running\n`);
  expect((await reeve.status('web')).state).toBe('started');
});

test('reeve --portable keeps output in memory while the disk is full, and writes it when there is space again', async () => {
  const count = 2000;
  const lines = Array.from({ length: count }, (_, index) => `line ${index}\n`).join('');
  await using reeve = await boot({
    files: {
      'bin/talk': `#!/bin/sh\ni=0\nwhile test $i -lt ${count}; do echo line $i; i=$((i+1)); done\n`,
      'sd/boot': 'type = internal\n',
      'sd/talk': 'type = scripted\ncommand = {DIR}/bin/talk\nlogfile = {DIR}/out.log\nlog-buffer-size = 100000\n',
    },
  });
  const limitFiles = (size: string): void => {
    expect(spawnSync('prlimit', [`--pid=${reeve.pid}`, `--fsize=${size}:`]).status).toBe(0);
  };
  limitFiles('10000');
  expect((await reeve.ctl('start', 'talk')).code).toBe(0);
  await reeve.untilOutput('talk: cannot write its log file: file too large; keeping output in memory');
  await reeve.until(async () => (await reeve.ctl('catlog', 'talk')).out === lines, 'the whole output in memory');
  expect(reeve.read('out.log')).toBe(lines.slice(0, 10_000));
  limitFiles('1000000');
  await reeve.untilOutput('talk: its log file can be written again');
  expect(reeve.read('out.log')).toBe(lines);
  expect(reeve.output).not.toContain('lost');
});

test('reeve --portable counts output that could not be kept', async () => {
  await using reeve = await boot({
    files: {
      'sd/boot': 'type = internal\n',
      'sd/talk':
        'type = scripted\ncommand = /bin/sh -c "head -c 30000 /dev/zero"\nlogfile = {DIR}/out.log\nlog-buffer-size = 4096\n',
    },
  });
  expect(spawnSync('prlimit', [`--pid=${reeve.pid}`, '--fsize=10000:']).status).toBe(0);
  expect((await reeve.ctl('start', 'talk')).code).toBe(0);
  await reeve.untilOutput('talk: cannot write its log file');
  await reeve.until(async () => (await reeve.ctl('catlog', 'talk')).out.length >= 4096, 'the newest bytes');
  expect(spawnSync('prlimit', [`--pid=${reeve.pid}`, '--fsize=1000000:']).status).toBe(0);
  await reeve.untilOutput(`talk: ${30_000 - 10_000 - 4096} bytes of its output were lost`);
  expect(reeve.read('out.log').length).toBe(10_000 + 4096);
});

test.skipIf(!isRoot)('reeve --portable run by root starts a service as another user', async () => {
  await using reeve = await boot({
    files: {
      'sd/boot': 'type = internal\n',
      'sd/show': 'type = scripted\ncommand = /bin/cat /proc/self/status\nrun-as = 12345\nlogfile = {DIR}/out.log\n',
      'sd/stranger': sleeper('run-as = no-such-user\n'),
    },
  });
  expect((await reeve.ctl('start', 'show')).code).toBe(0);
  await reeve.until(() => reeve.read('out.log').includes('Groups:'), 'the status');
  expect(reeve.read('out.log')).toMatch(/^Uid:\t12345\t12345\t12345\t12345$/m);
  expect(reeve.read('out.log')).toMatch(/^Groups:\t?\s*$/m);
  expect((await reeve.ctl('start', 'stranger')).err).toContain(
    'portable mode only looks into /etc/passwd and /etc/group',
  );
});

test('reeve --portable stops a service that has put itself into the background, and notices its end', async () => {
  await using reeve = await boot({
    files: {
      'bin/daemonize':
        "#!/bin/sh\n(setsid sh -c 'echo $$ > {DIR}/pid; exec sleep 1000' &) \nuntil test -s {DIR}/pid; do sleep 0.01; done\n",
      'sd/boot': 'type = internal\nwaits-for: old\n',
      'sd/old': 'type = bgprocess\ncommand = {DIR}/bin/daemonize\npid-file = {DIR}/pid\nrestart = no\n',
    },
  });
  await reeve.untilStatus('old', { state: 'started' });
  expect((await reeve.ctl('stop', 'old')).code).toBe(0);
  reeve.write('pid', '');
  expect((await reeve.ctl('start', 'old')).code).toBe(0);
  const { pid } = await reeve.status('old');
  if (pid === undefined) throw new Error('old has no process');
  process.kill(pid, 'SIGKILL');
  await reeve.untilStatus('old', { state: 'stopped', stopReason: 'terminated' });
});

test('reeve --portable shares its console, explains at the second SIGINT and kills at the third', async () => {
  await using reeve = await boot({
    files: {
      'sd/boot': 'type = internal\nwaits-for: hello\nwaits-for: stubborn\n',
      'sd/hello': 'type = scripted\ncommand = /bin/echo hello from a service\noptions = shares-console\n',
      'sd/stubborn':
        'type = process\ncommand = /bin/sh -c "trap \'\' TERM; echo >&3; while :; do sleep 1; done"\nready-notification = pipefd:3\nstop-timeout = 0\n',
    },
  });
  await reeve.untilStatus('stubborn', { state: 'started' });
  await reeve.untilOutput('hello from a service');
  reeve.kill('SIGINT');
  await reeve.untilOutput('SIGINT: stopping everything');
  reeve.kill('SIGINT');
  await reeve.untilOutput('stubborn: stopping');
  reeve.kill('SIGINT');
  expect(await reeve.exit()).toBe(0);
  expect(reeve.output).toContain('killing everything');
});
