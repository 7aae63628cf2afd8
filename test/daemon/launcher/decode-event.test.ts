import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FieldReader, FrameWriter } from '../../../src/frame/fields.ts';
import { FrameError, FrameReader } from '../../../src/frame/frame.ts';
import { PlanAssembly, decodeEvent } from '../../../src/daemon/launcher/decode-event.ts';
import type { LauncherEvent } from '../../../src/daemon/launcher/launcher-event.ts';
import { fromLauncher, fromLauncherRules } from '../../../src/daemon/launcher/messages.ts';

function decode(type: number, fields: (writer: FrameWriter) => void): LauncherEvent | undefined {
  const bytes = new FrameWriter().frame(type, fields).take();
  const [frame] = [...new FrameReader(fromLauncherRules).feed(bytes)];
  if (!frame) throw new Error('no frame');
  return decodeEvent(frame, new PlanAssembly());
}

test('decodeEvent reads the end of a process with its status, time and use', () => {
  const event = decode(fromLauncher.exited, (w) =>
    w.u32(7).u8(0).u32(3).u32(4711).u8(2).i32(9).u64(5_000_000n).u64(1_000_000n).u64(2_000_000n).u64(4096n),
  );
  expect(event).toEqual({
    kind: 'exited',
    slot: 7,
    role: 'main',
    run: 3,
    pid: 4711,
    exit: { kind: 'killed', status: 9 },
    when: 5,
    usage: { userMs: 1, systemMs: 2, peakResidentBytes: 4096 },
  });
});

test('decodeEvent puts a plan together and refuses one that is not whole', () => {
  const frames = (size: number): Buffer =>
    new FrameWriter()
      .frame(fromLauncher.planBegin, (w) => w.u32(4).u32(0).u32(size))
      .frame(fromLauncher.planData, (w) => w.bytes(Buffer.from('{"a"')))
      .frame(fromLauncher.planData, (w) => w.bytes(Buffer.from(':1}')))
      .frame(fromLauncher.planEnd, (w) => w.u32(4).list([9, 8], (each, slot) => each.u32(slot).u8(slot - 8)))
      .take();
  const read = (bytes: Buffer): (LauncherEvent | undefined)[] => {
    const plans = new PlanAssembly();
    return [...new FrameReader(fromLauncherRules).feed(bytes)].map((frame) => decodeEvent(frame, plans));
  };
  expect(read(frames(7)).at(-1)).toEqual({
    kind: 'plan',
    generation: 4,
    request: 0,
    json: '{"a":1}',
    slots: [9, 8],
    used: [9],
  });
  expect(() => read(frames(8))).toThrow(FrameError);
});

test('decodeEvent refuses unknown words and other versions', () => {
  expect(() => decode(fromLauncher.ready, (w) => w.u32(1).u32(2).u8(0))).toThrow(FrameError);
  expect(() => decode(fromLauncher.signalFailed, (w) => w.u32(1).u8(9).u8(15).i32(3))).toThrow('unknown role 9');
  expect(() => decode(fromLauncher.welcome, (w) => w.u32(2).u32(1).u8(0).u32(1).u32(0).u8(0).text(''))).toThrow(
    'version 2',
  );
});

test('decodeEvent gives an event or a FrameError for any payload of a permitted size', () => {
  fc.assert(
    fc.property(fc.constantFrom(...fromLauncherRules), fc.uint8Array({ maxLength: 80 }), (rule, bytes) => {
      const payload = Buffer.from(bytes);
      try {
        decodeEvent({ type: rule.type, payload }, new PlanAssembly());
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
      }
    }),
    { numRuns: 2000 },
  );
  expect(() => new FieldReader(Buffer.alloc(0)).u8()).toThrow(FrameError);
});
