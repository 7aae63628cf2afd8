import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FrameWriter } from '../../src/frame/fields.ts';
import { decodePlan } from '../../src/plan/decode-plan.ts';
import { CompilerRun } from './compiler-run.ts';

const isRoot = process.getuid?.() === 0;

describe('the plan compiler', { timeout: 60_000 }, () => {
  it('the plan compiler plans one service and what it depends on', () => {
    using run = new CompilerRun({
      'sd/boot': 'type = internal\ndepends-on: web\n',
      'sd/web': 'type = process\ncommand = sleep $SECONDS\n',
    });
    const { plan, json } = run.compile({ generation: 4, environment: ['PATH=/usr/bin:/bin', 'SECONDS=5'] });
    expect(plan.generation).toBe(4);
    expect(plan.services.map(({ name }) => name)).toEqual(json.services.map(({ name }) => name));
    expect(json).toMatchObject({ version: 1, generation: 4, names: ['boot'], failures: [], warnings: [] });
    expect(json.services.find(({ name }) => name === 'web')).toMatchObject({
      type: 'process',
      command: ['sleep', '5'],
      workingDirectory: run.path('sd'),
      places: { command: `${run.path('sd/web')}:2` },
    });
    expect(plan.services.find(({ name }) => name === 'web')?.programs[0]?.ops.at(-1)).toEqual({
      kind: 'exec',
      candidates: ['/usr/bin/sleep', '/bin/sleep'],
      argv: ['sleep', '5'],
    });
  });

  it('the plan compiler reports broken services and plans the others', () => {
    using run = new CompilerRun({
      'sd/boot': 'type = internal\nwaits-for.d: boot.d\n',
      'sd/boot.d/fine': '',
      'sd/fine': 'type = process\ncommand = /bin/true\n',
      'sd/broken': 'type = process\ncomand = /bin/true\n',
      'sd/impossible': 'type = process\ncommand = /bin/true\nsocket-listen = /s\nsocket-permissions = 4666\n',
      'sd/above': 'type = internal\ndepends-on: impossible\n',
      'sd/ordered': 'type = internal\nafter: impossible\n',
    });
    const names = ['boot', 'broken', 'missing', 'above', 'ordered'];
    const { plan, json } = run.compile({ names });
    expect(plan.services.map(({ name }) => name).toSorted()).toEqual(['boot', 'fine', 'ordered']);
    const failures = Object.fromEntries(json.failures.map((failure) => [failure.name, failure]));
    expect(Object.keys(failures).toSorted()).toEqual(['above', 'broken', 'impossible', 'missing']);
    expect(failures['missing']?.class).toBe('not-found');
    expect(failures['broken']?.problems[0]).toMatchObject({ advice: "did you mean 'command'?" });
    expect(failures['impossible']?.problems[0]).toMatchObject({ setting: 'socket-permissions' });
    expect(failures['above']?.problems[0]).toMatchObject({ message: "could not load dependency 'impossible'" });
  });

  it('the plan compiler keeps environment values out of the part for the daemon', () => {
    using run = new CompilerRun({
      'sd/boot': 'type = process\ncommand = /bin/true\nenv-file = secrets\n',
      'sd/secrets': 'PASSWORD=hush\n!unset OTHER\n',
    });
    const { plan, json } = run.compile({});
    expect(plan.services[0]?.programs[0]?.ops.slice(0, 2)).toEqual([
      { kind: 'env-set', assignment: 'PASSWORD=hush' },
      { kind: 'env-unset', name: 'OTHER' },
    ]);
    expect(JSON.stringify(json)).not.toMatch(/hush|PASSWORD/);
  });

  it('the plan compiler remembers what every file was that it read, and what was not there', () => {
    using run = new CompilerRun({
      'sd/boot': 'type = internal\nwaits-for.d: boot.d\n',
      'sd/boot.d/web': '',
      'sd/web': 'type = process\ncommand = /bin/true\nrun-as = root\nenv-file = web.env\n',
      'sd/web.env': 'A=1\n',
      'empty/.keep': '',
    });
    const { plan } = run.compile({}, { serviceDirectories: [run.path('empty'), run.path('sd')] });
    const kindOf = new Map(plan.identities.map(({ path, kind }) => [path, kind]));
    expect(kindOf.get(run.path('empty/web'))).toBe('absent');
    expect(kindOf.get(run.path('sd/boot.d'))).toBe('directory');
    for (const path of ['sd/boot', 'sd/web', 'sd/web.env']) expect(kindOf.get(run.path(path))).toBe('file');
    expect(kindOf.get('/etc/passwd')).toBe('file');
    const about = fs.statSync(run.path('sd/web'), { bigint: true });
    expect(plan.identities.find(({ path }) => path === run.path('sd/web'))).toEqual({
      kind: 'file',
      path: run.path('sd/web'),
      device: about.dev,
      inode: about.ino,
      size: about.size,
      modified: about.mtimeNs,
      changed: about.ctimeNs,
    });
  });

  it('the plan compiler does not ask for users, nor depend on their files, when no service needs it', () => {
    using run = new CompilerRun({ 'sd/boot': 'type = process\ncommand = /bin/true\n' });
    expect(run.compile({}).plan.identities.map(({ path }) => path)).not.toContain('/etc/passwd');
  });

  it('the plan compiler keeps the boot plan, readable for nobody else, and no later one', () => {
    using run = new CompilerRun({ 'sd/boot': 'type = process\ncommand = /bin/true\n' });
    const planCache = run.path('plan-cache');
    // What changed only a moment ago is not kept, see plan-cache.ts: let the clock of the file system move on.
    settle(run.path('sd/boot'));
    run.compile({ generation: 2 }, { planCache });
    run.compile({ digest: new Uint8Array(32) }, { planCache });
    expect(fs.existsSync(planCache)).toBe(false);
    const { bytes } = run.run({}, { planCache });
    expect(fs.readFileSync(planCache)).toEqual(bytes);
    expect(fs.statSync(planCache).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(run.directory).filter((name) => name.startsWith('plan-cache'))).toEqual(['plan-cache']);
  });

  it('the plan compiler still succeeds when the plan cannot be kept', () => {
    using run = new CompilerRun({ 'sd/boot': 'type = process\ncommand = /bin/true\n' });
    settle(run.path('sd/boot'));
    const { status, stderr, bytes } = run.run({}, { planCache: run.path('no/such/directory') });
    expect(status).toBe(0);
    expect(stderr).toContain('cannot keep the plan for the next start');
    expect(decodePlan(bytes).services).toHaveLength(1);
  });

  it.each<[string, Uint8Array, string]>([
    ['a request without end', new FrameWriter().frame(1, (to) => to.u32(1).bytes(new Uint8Array(32))).take(), 'no end'],
    ['an empty request', new Uint8Array(), 'no end'],
    ['a request of the wrong kind', new FrameWriter().frame(9).take(), 'unknown frame type'],
  ])('the plan compiler refuses %s and writes nothing', (_what, request, text) => {
    using run = new CompilerRun();
    run.run({});
    const { status, stderr, bytes } = run.runRaw(request);
    expect(status).toBe(1);
    expect(stderr).toContain(text);
    expect(bytes).toHaveLength(0);
  });

  it('the plan compiler refuses settings that others can write, or that are a link', () => {
    using run = new CompilerRun();
    const { bytes } = run.run({});
    expect(bytes.length).toBeGreaterThan(0);
    const request = fs.readFileSync(run.path('request'));
    fs.symlinkSync(run.path('settings'), run.path('link'));
    expect(run.runRaw(request, [run.path('link')])).toMatchObject({ status: 1 });
    fs.chmodSync(run.path('settings'), 0o620);
    expect(run.runRaw(request)).toMatchObject({ status: 1, stderr: expect.stringContaining('nobody else can write') });
    expect(run.runRaw(request, [])).toMatchObject({ status: 1, stderr: expect.stringContaining('must be given') });
  });
});

describe.runIf(isRoot)('the plan compiler in system mode', { timeout: 60_000 }, () => {
  const tree = { 'sd/boot': 'type = process\ncommand = /bin/true\nenv-file = env\n', 'sd/env': 'A=1\n' };
  const problems = (run: CompilerRun) =>
    run.compile({}, { mode: 'system' }).json.failures.flatMap((one) => one.problems);

  it('the plan compiler in system mode takes what only root can write', () => {
    using run = new CompilerRun(tree);
    expect(problems(run)).toEqual([]);
  });

  it.each<[string, (run: CompilerRun) => void]>([
    ['a service file of another user', (run) => fs.chownSync(run.path('sd/boot'), 4321, 0)],
    ['a service file that its group can write', (run) => fs.chmodSync(run.path('sd/boot'), 0o664)],
    ['a service directory that everybody can write', (run) => fs.chmodSync(run.path('sd'), 0o777)],
    ['a service directory of another user', (run) => fs.chownSync(run.path('sd'), 4321, 0)],
    ['an environment file that everybody can write', (run) => fs.chmodSync(run.path('sd/env'), 0o646)],
    ['a parent directory of another user', (run) => fs.chownSync(run.directory, 4321, 0)],
  ])('the plan compiler in system mode refuses %s', (_what, spoil) => {
    using run = new CompilerRun(tree);
    spoil(run);
    expect(problems(run)).toHaveLength(1);
  });

  it.each([...new Set(['daemon', 'nobody', 'root', ...someMember()])])(
    'the plan compiler as root gives %s exactly the groups that id(1) tells',
    (user) => {
      using run = new CompilerRun({
        'sd/boot': `type = internal\ndepends-on: before\ndepends-on: after\n`,
        'sd/before': `type = process\ncommand = /bin/true\nrun-as = ${user}\n`,
        'sd/after': `type = process\ncommand = /bin/true\nrun-as = ${user}\nlogfile = /x\n`,
      });
      const id = (option: string) =>
        spawnSync('id', [option, user], { encoding: 'utf8' }).stdout.trim().split(' ').map(Number);
      const { plan } = run.compile({});
      const programs = plan.services.flatMap(({ programs }) => programs);
      expect(programs).toHaveLength(2);
      for (const { ops } of programs) {
        const groups = ops.flatMap((op) => (op.kind === 'groups' ? [...op.gids].toSorted((a, b) => a - b) : []));
        expect(groups).toEqual(id('-G').toSorted((a, b) => a - b));
        expect(ops).toContainEqual({ kind: 'gid', gid: id('-g')[0] });
        expect(ops).toContainEqual({ kind: 'uid', uid: id('-u')[0] });
      }
    },
  );
});

/** A user of this machine who is in more groups than one, if there is any. */
function someMember(): readonly string[] {
  const members = fs
    .readFileSync('/etc/group', 'utf8')
    .split('\n')
    .map((line) => line.split(':')[3]?.split(',')[0] ?? '');
  return members.filter((name) => name !== '').slice(0, 1);
}

/** Waits until the file's last change lies further back than the grain of the clock. */
function settle(path: string): void {
  const changed = fs.statSync(path, { bigint: true }).ctimeNs;
  while (BigInt(Date.now()) * 1_000_000n < changed + 20_000_000n);
}
