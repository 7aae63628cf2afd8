import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { FrameError, FrameReader } from '../../src/frame/frame.ts';

const File = v.object({
  rules: v.array(v.object({ type: v.number(), name: v.string(), smallest: v.number(), largest: v.number() })),
  vectors: v.array(
    v.object({
      title: v.string(),
      hex: v.string(),
      frames: v.array(v.object({ type: v.number(), payload: v.string() })),
      error: v.optional(v.number()),
      pending: v.optional(v.number()),
    }),
  ),
});
const { rules, vectors } = v.parse(File, JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')));

/** What a reader makes of the bytes when they come in chunks of at most `size`. */
function read(bytes: Buffer, size: number) {
  const reader = new FrameReader(rules);
  const frames: { type: number; payload: string }[] = [];
  try {
    for (let at = 0; at < bytes.length; at += size) {
      for (const frame of reader.feed(bytes.subarray(at, at + size))) {
        frames.push({ type: frame.type, payload: frame.payload.toString('hex') });
      }
    }
    return { frames, pending: reader.pending };
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    return { frames, error: error.offset };
  }
}

describe('FrameReader', () => {
  it.each(vectors)('FrameReader reads the shared vector: $title', ({ hex, frames, error, pending }) => {
    const bytes = Buffer.from(hex, 'hex');
    const expected = error === undefined ? { frames, pending } : { frames, error };
    for (const size of [1, 2, 3, 5, 7, bytes.length + 1]) expect(read(bytes, size)).toEqual(expected);
  });

  it('FrameReader has vectors for success, for errors and for unfinished frames', () => {
    expect(vectors.filter((vector) => vector.error !== undefined).length).toBeGreaterThan(10);
    expect(vectors.filter((vector) => (vector.pending ?? 0) > 0).length).toBeGreaterThan(5);
    expect(vectors.filter((vector) => vector.pending === 0 && vector.frames.length > 0).length).toBeGreaterThan(5);
  });
});
