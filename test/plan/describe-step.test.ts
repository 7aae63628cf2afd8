import { describe, expect, it } from 'vitest';
import { describeStep } from '../../src/plan/describe-step.ts';
import { plannedService } from '../../src/plan/plan-for-daemon.ts';
import { type OpKind, opTypes } from '../../src/plan/records.ts';
import { planService } from '../../src/plan/service-plan.ts';
import { sampleContext, sampleDescription } from './sample-description.ts';

const description = sampleDescription({
  workingDirectory: 'www',
  stopCommand: ['/bin/stop', 'now'],
  runAs: { kind: 'name', name: 'www' },
  log: { type: 'file', file: 'web.log' },
  socket: { address: { kind: 'tcp', host: '::1', port: 80 }, mode: 0o666 },
  readiness: { kind: 'descriptor', descriptor: 3 },
  environment: [{ kind: 'set', name: 'SECRET', value: 'hush' }],
  limits: [
    { resource: 'core', soft: 0, hard: 0 },
    { resource: 'data', soft: 'keep', hard: 'keep' },
    { resource: 'nofile', soft: 10, hard: 'keep' },
  ],
  options: { noNewPrivs: true },
  umask: 0o22,
  nice: 1,
  ioPriority: { class: 3, level: 0 },
  oomScoreAdjust: 1,
});
const result = planService(description, sampleContext());
if (result.kind !== 'planned') throw new Error('the sample cannot be planned');
const { plan } = result;
const service = plannedService(description, plan, '/base');

/** The step at the n-th op of that kind, as the launcher would report it. */
function step(kind: OpKind, role: 'main' | 'stop' = 'main', n = 0) {
  const ops = plan.programs.find((program) => program.role === role)?.ops ?? [];
  const index = ops.flatMap((op, i) => (op.kind === kind ? [i] : []))[n];
  if (index === undefined) throw new Error(`no ${kind} in the program`);
  return describeStep(service, role, index, opTypes[kind]);
}

describe('describeStep()', () => {
  it('describeStep() names the setting and the line it was written on', () => {
    expect(step('chdir')).toEqual({
      step: 'change directory to /base/www',
      setting: 'working-dir',
      place: 'services.d/web:4',
    });
    expect(step('exec')).toEqual({ step: 'execute /bin/web', setting: 'command', place: 'services.d/web:3' });
    expect(step('exec', 'stop')).toEqual({ step: 'execute /bin/stop', setting: 'stop-command' });
  });

  it('describeStep() tells the resource limits apart by their place in the program', () => {
    expect(step('rlimit', 'main', 0)).toMatchObject({ step: 'set the resource limit core', setting: 'rlimit-core' });
    expect(step('rlimit', 'main', 1)).toMatchObject({
      step: 'set the resource limit nofile',
      setting: 'rlimit-nofile',
    });
    expect(step('rlimit', 'stop', 1)).toMatchObject({ setting: 'rlimit-nofile' });
  });

  it.each<[OpKind, string]>([
    ['open-log', 'open log file /base/www/web.log'],
    ['open-socket', 'listen on [::1]:80'],
    ['uid', 'become user www'],
    ['gid', 'take on the group of user www'],
    ['groups', 'take on the supplementary groups of user www'],
    ['env-set', 'build the environment'],
  ])('describeStep() puts %s in words', (kind, words) => {
    expect(step(kind).step).toBe(words);
  });

  it('describeStep() has words for every op there is, and for a process that could not be made', () => {
    const words = Object.values(opTypes).map((type) => describeStep(service, 'main', 0, type).step);
    expect(new Set(words).size).toBeGreaterThan(words.length - 4);
    expect(words).not.toContain('create a process');
    expect(describeStep(service, 'main', 0, 0)).toEqual({ step: 'create a process' });
  });
});

describe('plannedService()', () => {
  it('plannedService() keeps environment values from the daemon', () => {
    expect(JSON.stringify(service)).not.toContain('hush');
    expect(JSON.stringify(service)).not.toContain('SECRET');
    expect(plan.programs[0]?.ops).toContainEqual({ kind: 'env-set', assignment: 'SECRET=hush' });
  });

  it('plannedService() shows paths as the launcher uses them', () => {
    expect(service.workingDirectory).toBe('/base/www');
    expect(service.log.file).toBe('/base/www/web.log');
  });
});
