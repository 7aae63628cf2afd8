import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodePlan } from '../../src/plan/decode-plan.ts';
import { planVectors } from './plan-vectors.ts';

const directory = join(import.meta.dirname, 'vectors');
const vectors = [...planVectors()].map(([name, vector]) => ({ name, ...vector }));
const good = vectors.flatMap(({ plan, ...vector }) => (plan ? [{ ...vector, plan }] : []));

describe('encodePlan()', () => {
  it.each(vectors)('encodePlan() still writes the vector: $title', ({ name, bytes }) => {
    expect(fs.readFileSync(join(directory, `${name}.bin`)).equals(bytes)).toBe(true);
  });

  it('encodePlan() has no vector that nobody makes any more', () => {
    const files = fs.readdirSync(directory).filter((name) => name.endsWith('.bin'));
    expect(files.toSorted()).toEqual(vectors.map(({ name }) => `${name}.bin`).toSorted());
  });
});

describe('decodePlan()', () => {
  it.each(good)('decodePlan() reads the vector: $title', ({ bytes, plan }) => {
    expect(decodePlan(bytes)).toEqual(plan);
  });
});
