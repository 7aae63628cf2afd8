import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameWriter } from '../../src/frame/fields.ts';
import { FrameError } from '../../src/frame/frame.ts';
import { decodePlan } from '../../src/plan/decode-plan.ts';
import { encodePlan, encodeService } from '../../src/plan/encode-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { opTypes, planRecords, serviceRecords } from '../../src/plan/records.ts';
import { arbitraryPlan, arbitraryService } from './arbitrary-plan.ts';

const encode = (plan: Plan) => encodePlan({ ...plan, services: plan.services.map(encodeService) });
const empty: Plan = { generation: 1, digest: new Uint8Array(32), identities: [], services: [], descriptions: '{}' };

/** A plan of one service whose record holds just these bytes after the name. */
function planWith(fill: (writer: FrameWriter) => void): Buffer {
  const service = new FrameWriter().frame(planRecords.service, (to) => {
    to.text('a');
    fill(to);
  });
  return encodePlan({ ...empty, services: [service.take()] });
}

const program = (writer: FrameWriter, fill: (to: FrameWriter) => void, role = 0) =>
  writer.frame(serviceRecords.program, (to) => {
    to.u8(role);
    fill(to);
  });

describe('decodePlan()', () => {
  it('decodePlan() gives back every plan that encodePlan() wrote', () => {
    fc.assert(
      fc.property(arbitraryPlan, (plan) => {
        expect(decodePlan(encode(plan))).toEqual(plan);
      }),
    );
  });

  it('decodePlan() puts the pieces of long descriptions together, even when a piece ends inside a character', () => {
    const descriptions = `"${'é'.repeat(100_000)}"`;
    expect(decodePlan(encode({ ...empty, descriptions })).descriptions).toBe(descriptions);
  });

  it('decodePlan() throws nothing but FrameError on damaged plans', () => {
    fc.assert(
      fc.property(arbitraryPlan, fc.nat(), fc.integer({ min: 1, max: 255 }), (plan, at, flip) => {
        const bytes = encode(plan);
        bytes.writeUInt8(bytes.readUInt8(at % bytes.length) ^ flip, at % bytes.length);
        try {
          decodePlan(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });

  it('decodePlan() refuses every plan that was cut short', () => {
    fc.assert(
      fc.property(arbitraryPlan, fc.nat(), (plan, cut) => {
        const bytes = encode(plan);
        expect(() => decodePlan(bytes.subarray(0, cut % bytes.length))).toThrow(FrameError);
      }),
    );
  });

  it.each<[string, Buffer]>([
    ['bytes after the end', Buffer.concat([encode(empty), new FrameWriter().frame(planRecords.end).take()])],
    ['a second PLAN', Buffer.concat([encode(empty).subarray(0, -7), encode(empty)])],
    ['a service too few', encodePlan({ ...empty, services: [Buffer.alloc(0)] })],
    ['an unknown record in a service', planWith((to) => to.frame(0x1f))],
    [
      'a record that comes twice',
      planWith((to) => to.frame(0x15, (flags) => flags.u32(1)).frame(0x15, (flags) => flags.u32(1))),
    ],
    [
      'two programs for one role',
      planWith((to) =>
        program(
          program(to, () => {}),
          () => {},
        ),
      ),
    ],
    ['an unknown role', planWith((to) => program(to, () => {}, 2))],
    ['an unknown op', planWith((to) => program(to, (ops) => ops.frame(0x3f)))],
    ['an op with a byte too many', planWith((to) => program(to, (ops) => ops.frame(opTypes.setsid, (op) => op.u8(0))))],
    ['an op with a byte too few', planWith((to) => program(to, (ops) => ops.frame(opTypes.umask, (op) => op.u16(0))))],
    [
      'STREAMS of an unknown kind',
      planWith((to) => program(to, (ops) => ops.frame(opTypes.streams, (op) => op.u8(2)))),
    ],
    ['a log of an unknown type', planWith((to) => to.frame(0x12, (log) => log.u8(4)))],
  ])('decodePlan() refuses %s', (_what, bytes) => {
    expect(() => decodePlan(bytes)).toThrow(FrameError);
  });
});

describe('encodeService()', () => {
  it('encodeService() refuses a service that is larger than the launcher accepts', () => {
    const name = 'x'.repeat(1 << 20);
    expect(() => encodeService({ name, programs: [], flags: 0 })).toThrow('at most 1048576 fit');
  });

  it('encodeService() refuses a NUL, which C could not carry', () => {
    expect(() => encodeService({ name: 'a', programs: [], flags: 0, consumes: 'b\0c' })).toThrow(RangeError);
  });

  it('encodeService() leaves out the flags when there are none', () => {
    fc.assert(
      fc.property(arbitraryService, (service) => {
        const [decoded] = decodePlan(encodePlan({ ...empty, services: [encodeService(service)] })).services;
        expect(decoded?.flags).toBe(service.flags);
      }),
      { numRuns: 20 },
    );
  });
});
