import { describe, expect, it } from 'vitest';
import { showPlan } from '../../src/reeve/show-plan.ts';
import { planVectors } from '../plan/plan-vectors.ts';

const { plan } = planVectors().get('good-every-record') ?? {};

describe('showPlan()', () => {
  it('showPlan() has a line for each file and each op, with its place in the program', () => {
    if (!plan) throw new Error('the vector is gone');
    const lines = showPlan(plan).split('\n');
    expect(lines).toContain('  absent "/etc/dinit.d/web"');
    expect(lines).toContain('web@eins');
    expect(lines).toContain('    7 chdir "/srv/größe"');
    expect(lines).toContain('    10 rlimit 7 "both" "1024" "18446744073709551615"');
    expect(lines).toContain('    20 exec ["/usr/bin/web","./web"] ["web","","a b"]');
    expect(lines.filter((line) => /^ {4}\d/.test(line))).toHaveLength(
      plan.services[0]?.programs.flatMap(({ ops }) => ops).length ?? -1,
    );
  });
});
