import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameError } from '../../src/frame/frame.ts';
import { decodeSettings } from '../../src/plan/decode-settings.ts';
import { encodeSettings } from '../../src/plan/encode-settings.ts';
import { decodeRequest, encodeRequest } from '../../src/plan/request.ts';
import type { Settings } from '../../src/plan/settings.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((value) => !value.includes('\0'));
const texts = fc.array(text, { maxLength: 4 });
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const program = fc.record({ uid: u32, gid: u32, argv: texts });

const whole: fc.Arbitrary<Settings> = fc.record({
  mode: fc.constantFrom('user' as const, 'system' as const),
  digest,
  runDirectory: text,
  planCache: text,
  daemon: program,
  logger: program,
  compiler: program,
  controls: fc.array(
    fc.record({ path: text, mode: u32, purpose: fc.constantFrom('varlink' as const, 'dinit' as const) }),
    { maxLength: 2 },
  ),
  environment: texts,
  setenvAllow: texts,
  limits: fc.record({ acknowledge: u32, compile: u32, restartFirst: u32, restartLargest: u32 }),
  names: texts,
  serviceDirectories: texts,
  compilerOptions: texts,
  isForeground: fc.boolean(),
});
const former = fc.record({ formerDaemon: texts, formerLogger: texts }, { requiredKeys: [] });
const settings: fc.Arbitrary<Settings> = fc.tuple(whole, former).map(([all, some]) => ({ ...all, ...some }));

const request = fc.record({ generation: u32, digest, names: texts, environment: texts });

describe('decodeSettings()', () => {
  it('decodeSettings() gives back all settings that encodeSettings() wrote', () => {
    fc.assert(
      fc.property(settings, (value) => {
        expect(decodeSettings(encodeSettings(value))).toEqual(value);
      }),
    );
  });

  it('decodeSettings() refuses settings that are cut short, and throws nothing but FrameError on damaged ones', () => {
    fc.assert(
      fc.property(settings, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, flip) => {
        const bytes = encodeSettings(value);
        const place = at % bytes.length;
        expect(() => decodeSettings(bytes.subarray(0, place))).toThrow(FrameError);
        bytes.writeUInt8(bytes.readUInt8(place) ^ flip, place);
        try {
          decodeSettings(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });
});

describe('decodeRequest()', () => {
  it('decodeRequest() gives back each request that encodeRequest() wrote, and refuses every shorter one', () => {
    fc.assert(
      fc.property(request, fc.nat(), (value, cut) => {
        const bytes = encodeRequest(value);
        expect(decodeRequest(bytes)).toEqual(value);
        expect(() => decodeRequest(bytes.subarray(0, cut % bytes.length))).toThrow(FrameError);
      }),
    );
  });
});
