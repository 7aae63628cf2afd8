import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ReeveInstance } from '../support/reeve-instance.ts';

/** A service that notes its start and its end in `{DIR}/log`. */
const noting = (name: string, more = ''): string => `type = process
command = {DIR}/bin/note ${name}
${more}`;

const note = `#!/bin/sh
trap 'echo "$1 down" >> {DIR}/log; exit 0' TERM
echo "$1 up" >> {DIR}/log
while :; do sleep 1000 & wait $!; done
`;

test('reeve boots a tree in dependency order and takes it down in the reverse order', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'bin/note': note,
      'sd/boot': 'type = internal\ndepends-on: web\n',
      'sd/web': noting('web', 'depends-on: db\n'),
      'sd/db': noting('db', 'depends-on: disk\n'),
      'sd/disk':
        'type = scripted\ncommand = /bin/sh -c "echo disk up >> {DIR}/log"\nstop-command = /bin/sh -c "echo disk down >> {DIR}/log"\n',
    },
  });
  await reeve.untilStatus('boot', { state: 'started' });
  expect((await reeve.status('web')).state).toBe('started');
  await reeve.until(() => reeve.read('log').split('\n').length === 4, 'three starts');
  reeve.kill('SIGTERM');
  expect(await reeve.exit()).toBe(0);
  const lines = reeve.read('log').trim().split('\n');
  expect(lines[0]).toBe('disk up');
  expect(lines.slice(1, 3).toSorted()).toEqual(['db up', 'web up']);
  expect(lines.slice(3)).toEqual(['web down', 'db down', 'disk down']);
});

test('a service is started only when the service it depends on has reported ready', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\ndepends-on: late\ndepends-on: early\n',
      'sd/early':
        'type = process\ncommand = /bin/sh -c "until test -e {DIR}/go; do sleep 0.02; done; echo early ready >> {DIR}/log; echo >&4; exec sleep 1000"\nready-notification = pipefd:4\n',
      'sd/late': 'type = scripted\ncommand = /bin/sh -c "echo late >> {DIR}/log"\ndepends-on: early\n',
    },
  });
  await reeve.untilStatus('early', { state: 'starting' });
  expect((await reeve.status('late')).state).toBe('starting');
  expect(reeve.read('log')).toBe('');
  reeve.write('go', '');
  await reeve.untilStatus('boot', { state: 'started' });
  expect(reeve.read('log')).toBe('early ready\nlate\n');
});

test('readiness through a variable gives the service the number of its descriptor', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'bin/ready': '#!/bin/sh\neval "echo >&$READY_FD"\nexec sleep 1000\n',
      'sd/boot': 'type = process\ncommand = {DIR}/bin/ready\nready-notification = pipevar:READY_FD\n',
    },
  });
  await reeve.untilStatus('boot', { state: 'started' });
});

test('a process that ends before it is ready is a failed start with its exit status', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\n',
      'sd/fails': 'type = process\ncommand = /bin/sh -c "exit 3"\nready-notification = pipefd:3\n',
    },
  });
  const result = await reeve.ctl('start', 'fails');
  expect(result.code).toBe(1);
  expect(result.err + result.out).toContain('exit status 3');
  expect(await reeve.status('fails')).toMatchObject({ state: 'stopped', stopReason: 'failed', isFailed: true });
});

test('a step that fails is named with its reason and the line of the service file', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\n',
      'sd/web': 'type = process\ncommand = /bin/true\n\nworking-dir = {DIR}/nowhere\n',
      'sd/lost': 'type = process\ncommand = {DIR}/bin/missing\n',
    },
  });
  const web = await reeve.ctl('start', 'web');
  expect(web.code).toBe(1);
  expect(web.err + web.out).toContain(
    `web: start failed: cannot change directory to ${reeve.directory}/nowhere: no such file or directory (${reeve.directory}/sd/web:4)`,
  );
  const lost = await reeve.ctl('start', 'lost');
  expect(lost.err + lost.out).toContain(`cannot execute ${reeve.directory}/bin/missing: no such file or directory`);
  expect(await reeve.status('lost')).toMatchObject({ state: 'stopped', stopReason: 'exec-failed' });
});

test('a double-forking service is supervised by its pid file and restarted when it dies', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'bin/daemonize':
        "#!/bin/sh\n(setsid sh -c 'echo $$ > {DIR}/pid; exec sleep 1000' &) \nuntil test -s {DIR}/pid; do sleep 0.01; done\n",
      'sd/boot':
        'type = bgprocess\ncommand = {DIR}/bin/daemonize\npid-file = {DIR}/pid\nrestart = yes\nrestart-delay = 0\n',
    },
  });
  const first = await reeve.untilStatus('boot', { state: 'started' });
  expect(first.pid).toBe(Number(reeve.read('pid')));
  reeve.write('pid', '');
  // Number 0 would be the process group of the test itself.
  if (first.pid === undefined) throw new Error('boot has no process');
  process.kill(first.pid, 'SIGKILL');
  await reeve.until(async () => {
    const { pid, state } = await reeve.status('boot');
    return state === 'started' && pid !== undefined && pid !== first.pid;
  }, 'another process');
});

test('a pid file that names a foreign process fails the start', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\n',
      'sd/thief': `type = bgprocess\ncommand = /bin/sh -c "echo ${process.pid} > {DIR}/pid"\npid-file = {DIR}/pid\n`,
      'sd/init': 'type = bgprocess\ncommand = /bin/sh -c "echo 1 > {DIR}/pid1"\npid-file = {DIR}/pid1\n',
    },
  });
  for (const name of ['thief', 'init']) {
    expect((await reeve.ctl('start', name)).code).toBe(1);
    expect(await reeve.status(name)).toMatchObject({ state: 'stopped', isFailed: true });
  }
  expect(reeve.output).toContain('not a descendant');
});

test('a triggered service waits for its trigger', async () => {
  await using reeve = await ReeveInstance.boot({
    files: { 'sd/boot': 'type = internal\nwaits-for: gate\n', 'sd/gate': 'type = triggered\n' },
  });
  await reeve.untilStatus('gate', { state: 'starting' });
  expect((await reeve.ctl('trigger', 'gate')).code).toBe(0);
  await reeve.untilStatus('gate', { state: 'started' });
  await reeve.untilStatus('boot', { state: 'started' });
});

test('a process that ignores TERM is killed after its stop timeout', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\nwaits-for: stubborn\n',
      'sd/stubborn':
        'type = process\ncommand = /bin/sh -c "trap \'\' TERM; echo >&3; while :; do sleep 1; done"\nready-notification = pipefd:3\nstop-timeout = 0.3\n',
    },
  });
  await reeve.untilStatus('stubborn', { state: 'started' });
  expect((await reeve.ctl('stop', 'stubborn')).code).toBe(0);
  expect(await reeve.status('stubborn')).toMatchObject({
    state: 'stopped',
    stopReason: 'normal',
    exit: { kind: 'killed', status: 9 },
  });
  expect(reeve.output).toContain('killing it');
});

test('a start that takes too long is interrupted and reported as timed out', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\n',
      'sd/slow': 'type = scripted\ncommand = /bin/sleep 1000\nstart-timeout = 0.2\nstop-timeout = 2\n',
    },
  });
  const result = await reeve.ctl('start', 'slow');
  expect(result.code).toBe(1);
  await reeve.untilStatus('slow', { state: 'stopped', stopReason: 'timed-out' });
});

test('a service that always dies is restarted until its limit and then given up', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\nwaits-for: flapping\n',
      'sd/flapping':
        'type = process\ncommand = /bin/sh -c "echo x >> {DIR}/log; exit 1"\nrestart = yes\nrestart-delay = 0.01\nrestart-limit-count = 3\nrestart-limit-interval = 10\n',
    },
  });
  await reeve.untilOutput('giving up');
  await reeve.untilStatus('flapping', { state: 'stopped', stopReason: 'terminated' });
  expect(reeve.read('log')).toBe('x\n'.repeat(4));
});

test('services get default signals, an empty mask, their own session and no descriptor but theirs', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'bin/look':
        '#!/bin/sh\ncat /proc/self/status > {DIR}/status; ls /proc/self/fd > {DIR}/fds; cut -d" " -f5,6 /proc/$$/stat > {DIR}/ids; echo $$ >> {DIR}/ids\n',
      'sd/boot': 'type = scripted\ncommand = {DIR}/bin/look\n',
    },
  });
  await reeve.untilStatus('boot', { state: 'started' });
  const status = reeve.read('status');
  expect(status).toMatch(/^SigBlk:\s0+$/m);
  expect(status).toMatch(/^SigIgn:\s0+$/m);
  // `ls` itself has one more for the directory.
  expect(reeve.read('fds').trim().split('\n')).toEqual(['0', '1', '2', '3']);
  const [ids, pid] = reeve.read('ids').trim().split('\n');
  expect(ids).toBe(`${pid} ${pid}`);
});

test('five hundred services come up at once and go down again', async () => {
  const names = Array.from({ length: 500 }, (_, index) => `s${index}`);
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': `type = internal\n${names.map((name) => `depends-on: ${name}\n`).join('')}`,
      ...Object.fromEntries(names.map((name) => [`sd/${name}`, 'type = process\ncommand = /bin/sleep 1000\n'])),
    },
  });
  await reeve.untilStatus('boot', { state: 'started' });
  const list = (await reeve.json('list')) as readonly { readonly pid?: number; readonly state: string }[];
  const pids = list.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  expect(new Set(pids).size).toBe(500);
  expect(readFileSync(`/proc/${pids[0]}/comm`, 'utf8')).toBe('sleep\n');
  reeve.kill('SIGINT');
  expect(await reeve.exit()).toBe(0);
});
