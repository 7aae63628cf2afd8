import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Handles } from '../../../src/daemon/dinit/handles.ts';

/** How often each service is held at the moment. */
class Counted {
  readonly counts = new Map<string, number>();

  readonly hold = (name: string): Disposable => {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    return { [Symbol.dispose]: () => this.counts.set(name, (this.counts.get(name) ?? 0) - 1) };
  };
}

const names = ['a', 'b', 'c'] as const;
const step = fc.oneof(
  fc.record({ kind: fc.constant('open' as const), name: fc.constantFrom(...names) }),
  fc.record({ kind: fc.constant('close' as const), handle: fc.nat(12) }),
  fc.record({ kind: fc.constant('closeAll' as const), name: fc.constantFrom(...names) }),
);

describe('Handles', () => {
  it('gives the smallest unused number, and holds each service once as long as it has a handle', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const held = new Counted();
        const handles = new Handles(held.hold, 10);
        const model: (string | undefined)[] = [];
        for (const each of steps) {
          switch (each.kind) {
            case 'open': {
              const smallest = Array.from({ length: 11 }).findIndex((_, index) => model[index] === undefined);
              const expected = smallest < 10 ? smallest : undefined;
              expect(handles.open(each.name)).toBe(expected);
              if (expected !== undefined) model[expected] = each.name;
              break;
            }
            case 'close':
              expect(handles.close(each.handle)).toBe(model[each.handle] !== undefined);
              model[each.handle] = undefined;
              break;
            case 'closeAll':
              handles.closeAll(each.name);
              for (const [index, name] of model.entries()) if (name === each.name) model[index] = undefined;
              break;
            default:
              return each satisfies never;
          }
          for (const name of names) {
            const own = model.flatMap((other, index) => (other === name ? [index] : []));
            expect(handles.of(name).toSorted((a, b) => a - b)).toEqual(own);
            expect(held.counts.get(name) ?? 0).toBe(own.length > 0 ? 1 : 0);
          }
        }
        handles[Symbol.dispose]();
        for (const name of names) expect(held.counts.get(name) ?? 0).toBe(0);
        return undefined;
      }),
    );
  });

  it('of() gives the youngest first', () => {
    const handles = new Handles(new Counted().hold, 10);
    for (const name of ['a', 'b', 'a', 'a']) handles.open(name);
    handles.close(0);
    handles.open('a');
    expect(handles.of('a')).toEqual([0, 3, 2]);
  });

  it('released() lets the service go only while the action runs', () => {
    const held = new Counted();
    const handles = new Handles(held.hold, 10);
    handles.open('a');
    handles.released('a', () => expect(held.counts.get('a')).toBe(0));
    expect(held.counts.get('a')).toBe(1);
    handles.released('a', () => handles.closeAll('a'));
    expect(held.counts.get('a')).toBe(0);
  });

  it('open() holds nothing once the connection has ended', () => {
    const held = new Counted();
    const handles = new Handles(held.hold, 10);
    handles[Symbol.dispose]();
    expect(handles.open('a')).toBeUndefined();
    expect(held.counts.get('a')).toBeUndefined();
  });
});
