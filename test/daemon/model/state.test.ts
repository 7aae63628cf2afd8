import { describe, expect, test } from 'vitest';
import { linkId, serviceId } from '../../../src/daemon/model/ids.ts';
import { type Link, isHard, isOrdering } from '../../../src/daemon/model/link.ts';
import { createState, nameKey } from '../../../src/daemon/model/state.ts';
import { dependencyKinds } from '../../../src/service/description.ts';

const link = (kind: Link['kind'], isWaiting: boolean): Link => ({
  id: linkId(0),
  kind,
  from: serviceId(1),
  to: serviceId(2),
  isHolding: false,
  isWaiting,
});

describe('the model', () => {
  test('createState() is plain data that survives JSON and structuredClone', () => {
    const state = createState();
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(structuredClone(state)).toEqual(state);
    expect(state).not.toBe(createState());
  });

  test('nameKey() keeps names from meaning anything to JavaScript objects', () => {
    const keys = ['__proto__', 'constructor', ''].map((name) => nameKey(name));
    expect(keys.some((key) => key in {})).toBe(false);
    expect(new Set(keys).size).toBe(3);
  });

  test('isHard() takes a milestone for hard only while it is waited for', () => {
    const hard = (isWaiting: boolean): string[] => dependencyKinds.filter((kind) => isHard(link(kind, isWaiting)));
    expect(hard(true)).toEqual(['depends-on', 'prepared-by', 'depends-ms']);
    expect(hard(false)).toEqual(['depends-on', 'prepared-by']);
  });

  test('isOrdering() is true of before and after only', () => {
    expect(dependencyKinds.filter((kind) => isOrdering(link(kind, false)))).toEqual(['before', 'after']);
  });
});
