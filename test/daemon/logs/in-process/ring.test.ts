import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ring } from '../../../../src/daemon/logs/in-process/ring.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ kind: fc.constant('resize' as const), size: fc.nat(30) }),
);

describe('Ring', () => {
  it('Ring holds the newest bytes over any appends and changes of its size', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.array(step, { maxLength: 30 }), (first, steps) => {
        const ring = new Ring(first);
        let size = first;
        let all = Buffer.alloc(0);
        let held = 0;
        for (const each of steps) {
          if (each.kind === 'append') {
            ring.append(Buffer.from(each.bytes));
            all = Buffer.concat([all, each.bytes]);
            held = Math.min(size, held + each.bytes.length);
          } else {
            ring.resize(each.size);
            size = each.size;
            held = Math.min(size, held);
          }
          expect(ring.end).toBe(all.length);
          expect(ring.begin).toBe(all.length - held);
          expect(ring.from(0)).toEqual(all.subarray(all.length - held));
          const middle = ring.begin + Math.floor(held / 2);
          expect(ring.from(middle)).toEqual(all.subarray(middle));
        }
      }),
    );
  });
});
