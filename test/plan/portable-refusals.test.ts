import { describe, expect, it } from 'vitest';
import { portableRefusals, portableTable, type PortablePlatform } from '../../src/plan/portable-refusals.ts';
import { planService } from '../../src/plan/service-plan.ts';
import type { Problem, ServiceDescription } from '../../src/service/description.ts';
import { renderProblem } from '../../src/service/problem-text.ts';
import { sampleContext, sampleDescription } from './sample-description.ts';

const linux: PortablePlatform = { hasProcessTable: true };
const other: PortablePlatform = { hasProcessTable: false };

const refusalsOf = (description: ServiceDescription, platform = linux): readonly Problem[] => {
  const result = planService(
    description,
    sampleContext({ refusals: (each, plan) => portableRefusals(each, plan, platform) }),
  );
  return result.kind === 'refused' ? result.problems : [];
};

const at = (line: number) => ({ file: 'services.d/web', line, column: 1 });
const limit = (resource: ServiceDescription['limits'][number]['resource']) =>
  sampleDescription({
    limits: [{ resource, soft: 10, hard: 'keep' }],
    origins: { [`rlimit-${resource}`]: at(7) },
  });

interface Case {
  readonly setting: string;
  readonly description: ServiceDescription;
  readonly platform?: PortablePlatform;
}

/** One for each row of the table. */
const cases: readonly Case[] = [
  { setting: 'rlimit-nofile', description: limit('nofile') },
  { setting: 'rlimit-core', description: limit('core') },
  { setting: 'rlimit-data', description: limit('data') },
  { setting: 'rlimit-addrspace', description: limit('addrspace') },
  {
    setting: 'ioprio',
    description: sampleDescription({ ioPriority: { class: 3, level: 0 }, origins: { ioprio: at(7) } }),
  },
  {
    setting: 'oom-score-adj',
    description: sampleDescription({ oomScoreAdjust: 100, origins: { 'oom-score-adj': at(7) } }),
  },
  {
    setting: 'options:no-new-privs',
    description: sampleDescription({ options: { noNewPrivs: true }, origins: { 'options:no-new-privs': at(7) } }),
  },
  {
    setting: 'options:starts-on-console',
    description: sampleDescription({ console: 'starts', origins: { 'options:starts-on-console': at(7) } }),
  },
  {
    setting: 'options:runs-on-console',
    description: sampleDescription({ console: 'runs', origins: { 'options:runs-on-console': at(7) } }),
  },
  {
    setting: 'run-as',
    description: sampleDescription({ runAs: { kind: 'name', name: 'www' }, origins: { 'run-as': at(7) } }),
  },
  {
    setting: 'stop-command',
    description: sampleDescription({
      socket: { address: { kind: 'unix', path: '/run/web' }, mode: 0o600 },
      stopCommand: ['/bin/true'],
      origins: { 'stop-command': at(7) },
    }),
  },
  {
    setting: 'type',
    description: sampleDescription({ type: 'bgprocess', pidFile: '/run/web.pid', origins: { type: at(7) } }),
    platform: other,
  },
];

describe('portableRefusals()', () => {
  it.each(cases)('portableRefusals() refuses $setting in one sentence that says where it can be done', (each) => {
    const problems = refusalsOf(each.description, each.platform);
    expect(problems).toHaveLength(1);
    const [problem] = problems;
    if (!problem) throw new Error('unreachable');
    const word = each.setting.replace('options:', '');
    expect(renderProblem('web', problem)).toMatch(
      new RegExp(`^web: services\\.d/web:7:1: ${word}: portable mode cannot [^\n]*, the native launcher can$`),
    );
  });

  it('portableRefusals() has a case here for each row of its table', () => {
    expect(cases.map(({ setting }) => setting)).toEqual(portableTable.map(({ setting }) => setting));
  });

  it.each([
    ['a plain service', sampleDescription()],
    [
      'umask, nice and a user without supplementary groups',
      sampleDescription({ umask: 0o77, nice: 5, runAs: { kind: 'name', name: 'joe' } }),
    ],
    ['a user by number', sampleDescription({ runAs: { kind: 'number', id: 1234 } })],
    ['a shared console', sampleDescription({ console: 'shares' })],
    ['a limit that changes nothing', sampleDescription({ limits: [{ resource: 'core', soft: 'keep', hard: 'keep' }] })],
    [
      'an activation socket',
      sampleDescription({ socket: { address: { kind: 'unix', path: '/run/web' }, mode: 0o600 } }),
    ],
    ['a pid file', sampleDescription({ type: 'bgprocess', pidFile: '/run/web.pid' })],
    [
      'a limit without effect on the type',
      sampleDescription({ type: 'internal', limits: [{ resource: 'core', soft: 0, hard: 0 }] }),
    ],
  ])('portableRefusals() lets %s pass', (_, description) => {
    expect(refusalsOf(description)).toEqual([]);
  });

  it('planService() refuses none of it for the native launcher', () => {
    for (const { description } of cases) expect(planService(description, sampleContext()).kind).toBe('planned');
  });
});
