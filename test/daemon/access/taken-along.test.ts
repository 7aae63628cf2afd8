import { expect, test } from 'vitest';
import { takenAlong } from '../../../src/daemon/access/taken-along.ts';
import { MemoryManager } from '../../support/memory-manager.ts';

test('takenAlong() finds the dependents that hold a service, and theirs, but not those that are down', async () => {
  const manager = new MemoryManager({
    db: {},
    web: { dependsOn: ['db'] },
    site: { dependsOn: ['web'] },
    idle: { dependsOn: ['db'] },
    other: {},
  });
  for (const name of ['db', 'web', 'site', 'idle', 'other']) await manager.load(name);
  const reply = manager.command('start', 'site', {});
  if (reply.kind === 'accepted') await reply.outcome;
  expect(takenAlong(manager, 'db')).toEqual(['web', 'site']);
  expect(takenAlong(manager, 'site')).toEqual([]);
  expect(takenAlong(manager, 'other')).toEqual([]);
  expect(takenAlong(manager, 'absent')).toEqual([]);
});

test('takenAlong() ends when services hold each other', () => {
  const ring = new Map([
    ['a', 'b'],
    ['b', 'a'],
  ]);
  const status = (name: string) => {
    const dependent = ring.get(name) ?? '';
    const link = { kind: 'depends-on', name: dependent, state: 'started', isHolding: true, isWaiting: false } as const;
    return { dependents: [link] };
  };
  expect(takenAlong({ status }, 'a')).toEqual(['b']);
});
