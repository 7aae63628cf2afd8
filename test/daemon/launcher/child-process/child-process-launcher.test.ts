import { constants } from 'node:os';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LauncherEvent } from '../../../../src/daemon/launcher/launcher-event.ts';
import { toLauncher } from '../../../../src/daemon/launcher/messages.ts';
import { opTypes } from '../../../../src/plan/records.ts';
import { LauncherRig } from './launcher-rig.ts';

const { EACCES, EBUSY, EEXIST, ENOENT, ENOTDIR, ESRCH } = constants.errno;
const kinds = (events: readonly LauncherEvent[]): readonly string[] => events.map(({ kind }) => kind);

describe('ChildProcessLauncher', { timeout: 30_000 }, () => {
  it('ChildProcessLauncher tells who it is, the environment, and only then the boot plan', async () => {
    await using rig = await LauncherRig.open({ 'sd/boot': 'type = internal\n' }, ['A=1', 'B=2']);
    expect(kinds(rig.events)).toEqual(['welcome', 'environment', 'environment', 'synced', 'plan']);
    expect(rig.events[1]).toEqual({ kind: 'environment', result: 'set', text: 'A=1' });
    expect(rig.events[4]).toMatchObject({ generation: 1, request: 0, slots: [0] });
  });

  it('ChildProcessLauncher tells the end of each process with its status', async () => {
    await using rig = await LauncherRig.open({
      'sd/good': 'type = scripted\ncommand = /bin/true\n',
      'sd/bad': 'type = scripted\ncommand = /bin/sh -c "exit 7"\n',
      'sd/killed': 'type = scripted\ncommand = /bin/sh -c "kill -9 $$$$"\n',
    });
    const exits = { good: ['exited', 0], bad: ['exited', 7], killed: ['killed', 9] } as const;
    for (const [name, [kind, status]] of Object.entries(exits)) {
      const [executed, exited] = await rig.story(name);
      if (executed?.kind !== 'executed') throw new Error(`not executed: ${JSON.stringify(executed)}`);
      expect(executed.pid).toBeGreaterThan(1);
      expect(exited).toMatchObject({ kind: 'exited', pid: executed.pid, exit: { kind, status } });
    }
  });

  it.each([
    ['a byte before a quick end', 'echo >&3', ['executed', 'ready', 'exited']],
    ['an end without a byte', ':', ['executed', 'ready-closed', 'exited']],
    ['a closed descriptor', 'exec 3>&-; read -r line < {DIR}/fifo', ['executed', 'ready-closed', 'exited']],
    ['a byte, and more of them', 'echo >&3; echo >&3; echo >&3', ['executed', 'ready', 'exited']],
  ])('ChildProcessLauncher tells readiness between start and end: %s', async (_, script, story) => {
    await using rig = await LauncherRig.open({
      fifo: 'a line\n',
      'sd/web': `type = process\ncommand = /bin/sh -c "${script}"\nready-notification = pipefd:3\n`,
    });
    expect(kinds(await rig.story('web'))).toEqual(story);
  });

  it('ChildProcessLauncher tells which step of a start failed, and why', async () => {
    await using rig = await LauncherRig.open({
      file: 'not a directory',
      'bin/closed': '#!/bin/sh\n',
      'sd/nowhere': 'type = scripted\ncommand = /bin/true\nworking-dir = {DIR}/nowhere\n',
      'sd/file': 'type = scripted\ncommand = /bin/true\nworking-dir = {DIR}/file\n',
      'sd/missing': 'type = scripted\ncommand = {DIR}/bin/missing\n',
      'sd/below': 'type = scripted\ncommand = {DIR}/file/program\n',
      'sd/directory': 'type = scripted\ncommand = {DIR}/bin\n',
      'sd/log': 'type = scripted\ncommand = /bin/true\nlogfile = {DIR}/none/log\n',
      'sd/socket': 'type = process\ncommand = /bin/true\nsocket-listen = {DIR}/file\n',
      'sd/served': 'type = process\ncommand = {DIR}/bin/missing\nsocket-listen = {DIR}/web.sock\n',
      'sd/searched': 'type = scripted\ncommand = no-such-command\n',
    });
    const failures = {
      nowhere: ['chdir', ENOENT],
      file: ['chdir', ENOTDIR],
      missing: ['exec', ENOENT],
      below: ['exec', ENOTDIR],
      directory: ['exec', EACCES],
      log: ['open-log', ENOENT],
      socket: ['open-socket', EEXIST],
      served: ['exec', ENOENT],
      searched: ['exec', ENOENT],
    } as const;
    for (const [name, [op, errno]] of Object.entries(failures)) {
      const [failed, ...more] = await rig.story(name);
      expect(failed).toMatchObject({ kind: 'start-failed', opType: opTypes[op], errno });
      expect(more).toEqual([]);
    }
  });

  it('ChildProcessLauncher remembers a program that must not be executed when there is no other', async () => {
    await using rig = await LauncherRig.open(
      {
        'plain/tool': 'no program\n',
        'bin/other': '#!/bin/sh\necho other > {DIR}/log\n',
        'sd/tool': 'type = scripted\ncommand = tool\n',
        'sd/other': 'type = scripted\ncommand = other\nworking-dir = {DIR}\n',
      },
      ['PATH=plain:nowhere:bin'],
    );
    expect((await rig.story('other')).at(-1)).toMatchObject({ exit: { status: 0 } });
    expect(rig.read('log')).toBe('other\n');
    const [failed] = await rig.story('tool');
    expect(failed).toMatchObject({ kind: 'start-failed', errno: ENOENT });
    rig.launcher.setEnvironment('PATH', `${rig.path('plain')}:nowhere`);
    rig.launcher.compile(5, ['tool']);
    await rig.until((event) => event.kind === 'plan' && event.request === 5);
    const [denied] = await rig.story('tool');
    expect(denied).toMatchObject({ kind: 'start-failed', errno: EACCES });
  });

  it('ChildProcessLauncher gives a service its environment, mask and directory, and takes nothing of it on itself', async () => {
    const before = { mask: process.umask(), directory: process.cwd() };
    await using rig = await LauncherRig.open(
      {
        env: '!clear\nKEPT=yes\n!import PASSED\n',
        'sd/show':
          'type = scripted\ncommand = /bin/sh -c "umask; pwd; /usr/bin/env"\nenv-file = ../env\numask = 027\nworking-dir = {DIR}/sd\nlogfile = {DIR}/out\n',
      },
      ['PASSED=on', 'LOST=off'],
    );
    await rig.story('show');
    rig.launcher.forget(rig.slot('show'));
    const [mask, directory, ...variables] = rig.read('out').trim().split('\n');
    expect(mask).toBe('0027');
    expect(directory).toBe(rig.path('sd'));
    // The shell adds these by itself.
    const own = ['PWD', 'OLDPWD', 'SHLVL', '_'];
    expect(variables.filter((each) => !own.includes(each.split('=')[0] ?? '')).toSorted()).toEqual([
      'KEPT=yes',
      'PASSED=on',
    ]);
    expect({ mask: process.umask(), directory: process.cwd() }).toEqual(before);
  });

  it('ChildProcessLauncher sets the nice value of a service', async () => {
    await using rig = await LauncherRig.open({
      'sd/nice': 'type = process\ncommand = /bin/sleep 1000\nnice = 7\n',
    });
    rig.launch('nice');
    const { pid } = await rig.until('executed');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    expect(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]).toBe('7');
  });

  it('ChildProcessLauncher signals a process or its group', async () => {
    const script =
      "trap 'echo leader >> {DIR}/log' USR1; (trap 'echo other >> {DIR}/log' USR1; echo >&3; while :; do sleep 1000 & wait; done) & while :; do wait; done";
    await using rig = await LauncherRig.open({
      'bin/pair': `#!/bin/sh\n${script}\n`,
      'sd/pair': 'type = process\ncommand = {DIR}/bin/pair\nready-notification = pipefd:3\n',
      'sd/done': 'type = scripted\ncommand = /bin/true\n',
    });
    rig.launch('pair');
    await rig.until('ready');
    const untilLogged = async (lines: readonly string[]): Promise<void> => {
      await expect.poll(() => rig.read('log').trim().split('\n').toSorted(), { timeout: 10_000 }).toEqual(lines);
    };
    rig.launcher.signal(rig.slot('pair'), 'main', constants.signals.SIGUSR1, 'process');
    await untilLogged(['leader']);
    rig.launcher.signal(rig.slot('pair'), 'main', constants.signals.SIGUSR1, 'process-group');
    await untilLogged(['leader', 'leader', 'other']);
    rig.launcher.signal(rig.slot('done'), 'main', constants.signals.SIGUSR1, 'process');
    expect(await rig.until('signal-failed')).toMatchObject({ slot: rig.slot('done'), errno: ESRCH });
  });

  it('ChildProcessLauncher kills everything of a service, also what has left its session', async () => {
    await using rig = await LauncherRig.open({
      'bin/family': "#!/bin/sh\nsetsid sh -c 'echo $$ > {DIR}/pid; echo >&3; exec sleep 1000' &\nwait\n",
      'sd/family': 'type = process\ncommand = {DIR}/bin/family\nready-notification = pipefd:3\n',
    });
    rig.launch('family');
    await rig.until('ready');
    const grandchild = Number(rig.read('pid'));
    expect(grandchild).toBeGreaterThan(1);
    rig.launcher.signal(rig.slot('family'), 'main', 9, 'everything');
    expect(await rig.until('exited')).toMatchObject({ exit: { kind: 'killed', status: 9 } });
    const isThere = (): boolean => {
      try {
        return process.kill(grandchild, 0) && !readFileSync(`/proc/${grandchild}/stat`, 'utf8').includes(') Z ');
      } catch {
        return false;
      }
    };
    await expect.poll(isThere, { timeout: 10_000 }).toBe(false);
  });

  it('ChildProcessLauncher keeps a signal for a process that is being made', async () => {
    await using rig = await LauncherRig.open({
      'sd/web': 'type = process\ncommand = /bin/sleep 1000\nsocket-listen = {DIR}/web.sock\n',
    });
    rig.launch('web');
    rig.launcher.signal(rig.slot('web'), 'main', constants.signals.SIGTERM, 'process');
    expect(await rig.until('exited')).toMatchObject({ exit: { kind: 'killed', status: constants.signals.SIGTERM } });
  });

  it('ChildProcessLauncher refuses what cannot be done now', async () => {
    await using rig = await LauncherRig.open({
      'sd/web': 'type = process\ncommand = /bin/sleep 1000\n',
      'sd/mark': 'type = internal\n',
    });
    const web = rig.slot('web');
    rig.launch('web');
    await rig.until('executed');
    const refusals: [() => void, number, number][] = [
      [() => void rig.launch('web'), toLauncher.start, EBUSY],
      [() => void rig.launch('mark'), toLauncher.start, ENOENT],
      [() => rig.launcher.forget(web), toLauncher.forget, EBUSY],
      [() => rig.launcher.forget(99), toLauncher.forget, ENOENT],
      [() => rig.launcher.readPidFile(web, 1), toLauncher.readPidFile, ENOENT],
      [() => rig.launcher.use(7, [web]), toLauncher.use, ENOENT],
    ];
    for (const [request, messageType, errno] of refusals) {
      const before = rig.events.length;
      request();
      await rig.until(() => rig.events.length > before);
      expect(rig.events.at(-1)).toMatchObject({ kind: 'refused', messageType, errno });
    }
  });

  it('ChildProcessLauncher never tells anything from inside of a request', async () => {
    await using rig = await LauncherRig.open({ 'sd/bad': 'type = scripted\ncommand = /nowhere\n' });
    const before = rig.events.length;
    rig.launch('bad');
    rig.launcher.setEnvironment('A', '1');
    rig.launcher.signal(rig.slot('bad'), 'stop', 15, 'process');
    expect(rig.events.length).toBe(before);
    await rig.until('start-failed');
  });
});
