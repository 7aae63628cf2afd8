import { expect, test } from 'vitest';
import { verbs } from '../../../src/api/access/verb.ts';
import { readControlDefinition } from '../../../src/api/control-definition.ts';
import { parseInterface } from '../../../src/api/varlink/interface-parser.ts';
import { Parameters } from '../../../src/api/varlink/parameters.ts';
import { AccessRules } from '../../../src/daemon/access/access-rules.ts';
import { accessOf } from '../../../src/daemon/api/method-access.ts';
import { MemoryManager } from '../../support/memory-manager.ts';

const methods = [...parseInterface(readControlDefinition()).methods.keys()];
const peer = { uid: 1000, gid: 1000, pid: 0, groups: [] };
const context = { manager: new MemoryManager({}), rules: new AccessRules(0, []) };

/** Parameters enough for any method. */
function callOf(method: string, flags: Readonly<Record<string, boolean>> = {}) {
  const values = {
    name: 'a',
    from: 'a',
    to: 'b',
    kind: 'waits-for',
    value: 'v',
    verb: 'start',
    signal: 1,
    isSet: true,
  };
  return {
    method,
    parameters: new Parameters({ ...values, ...flags }),
    peer,
    stream: undefined,
    signal: new AbortController().signal,
  };
}

test('accessOf() knows every method of io.reeve.Control, and no others', () => {
  expect(methods.filter((method) => accessOf(method) === undefined)).toEqual([]);
  expect(accessOf('NoSuchMethod')).toBeUndefined();
  expect(accessOf('constructor')).toBeUndefined();
  expect(accessOf('__proto__')).toBeUndefined();
});

test('accessOf() has a method for every verb', () => {
  const needed = methods.flatMap((method) => {
    const access = accessOf(method);
    if (access?.kind === 'look') return [access.need(callOf(method)).verb];
    if (access?.kind !== 'change') return [];
    return [{}, { isSet: false, pin: true }].flatMap((flags) => {
      const request = access.request(callOf(method, flags), context);
      return [request.verb, ...(request.also ?? []).map(({ verb }) => verb)];
    });
  });
  // What others may do is asked inside of the method, which everybody may call about himself.
  expect(verbs.filter((verb) => !needed.includes(verb))).toEqual(['access']);
});

test('accessOf() needs the verb on both ends of a dependency', () => {
  for (const method of ['AddDependency', 'RemoveDependency', 'Enable', 'Disable']) {
    const access = accessOf(method);
    expect(access?.kind === 'change' && access.request(callOf(method), context).services).toEqual(['a', 'b']);
  }
});
