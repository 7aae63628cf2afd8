/** A compiled plan for people to read: what the launcher's child does for each service, op by op. Pure. */
import type { Op, Plan, ServicePlan } from '../plan/plan.ts';

export function showPlan(plan: Plan): string {
  const files = plan.identities.map(({ kind, path }) => `  ${kind} ${shown(path)}`);
  return [
    `generation ${plan.generation}, ${plan.services.length} services, digest ${Buffer.from(plan.digest).toString('hex')}`,
    `depends on ${plan.identities.length} files`,
    ...files,
    ...plan.services.flatMap(serviceLines),
    '',
  ].join('\n');
}

function serviceLines({ name, programs, ...records }: ServicePlan): string[] {
  return [
    '',
    name,
    ...Object.entries(records).map(([record, value]) => `  ${record} ${shown(value)}`),
    ...programs.flatMap(({ role, ops }) => [`  ${role}:`, ...ops.map((op, index) => `    ${index} ${opText(op)}`)]),
  ];
}

function opText({ kind, ...fields }: Op): string {
  return [kind, ...Object.values(fields).map(shown)].join(' ');
}

/** On one line, with control characters visible. */
function shown(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return String(part);
    return part instanceof Uint8Array ? [...part] : part;
  });
}
