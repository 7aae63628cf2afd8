import { FieldReader } from '../frame/fields.ts';
import { FrameError, FrameReader } from '../frame/frame.ts';
import { settingsRecords, settingsRules } from './records.ts';
import type { ControlSocketSettings, ProgramSettings, Settings } from './settings.ts';

const version = 1;
const repeatable = new Set<number>([
  settingsRecords.control,
  settingsRecords.environment,
  settingsRecords.setenvAllow,
  settingsRecords.names,
  settingsRecords.serviceDirectory,
  settingsRecords.compilerOption,
]);

/** @throws {FrameError} unless the bytes are exactly one whole settings file. */
export function decodeSettings(bytes: Buffer): Settings {
  const payloads = recordPayloads(bytes);
  const all = <T>(type: number, decode: (from: FieldReader) => T): T[] => {
    return (payloads.get(type) ?? []).map((payload) => {
      const from = new FieldReader(payload);
      const value = decode(from);
      from.end();
      return value;
    });
  };
  const one = <T>(type: number, name: string, decode: (from: FieldReader) => T): T => {
    const [value] = all(type, decode);
    if (value === undefined) throw new FrameError(`the settings have no ${name}`, bytes.length);
    return value;
  };
  const text = (from: FieldReader) => from.text();
  const [formerDaemon] = all(settingsRecords.formerDaemon, (from) => from.list(() => from.text()));
  const [formerLogger] = all(settingsRecords.formerLogger, (from) => from.list(() => from.text()));
  return {
    ...one(settingsRecords.settings, 'SETTINGS', decodeHead),
    daemon: one(settingsRecords.daemon, 'DAEMON', decodeProgram),
    logger: one(settingsRecords.logger, 'LOGGER', decodeProgram),
    compiler: one(settingsRecords.compiler, 'COMPILER', decodeProgram),
    ...(formerDaemon && { formerDaemon }),
    ...(formerLogger && { formerLogger }),
    controls: all(settingsRecords.control, decodeControl),
    environment: all(settingsRecords.environment, text),
    setenvAllow: all(settingsRecords.setenvAllow, text),
    limits: one(settingsRecords.limits, 'LIMITS', (from) => ({
      acknowledge: from.u32(),
      compile: from.u32(),
      restartFirst: from.u32(),
      restartLargest: from.u32(),
    })),
    names: all(settingsRecords.names, text),
    serviceDirectories: all(settingsRecords.serviceDirectory, text),
    compilerOptions: all(settingsRecords.compilerOption, text),
    isForeground: payloads.has(settingsRecords.foreground),
  };
}

function recordPayloads(bytes: Buffer): Map<number, Buffer[]> {
  const reader = new FrameReader(settingsRules);
  const payloads = new Map<number, Buffer[]>();
  let last = 0;
  for (const { type, payload } of reader.feed(bytes)) {
    if (last === settingsRecords.end) throw new FrameError('the settings go on after END', bytes.length);
    const known = payloads.get(type) ?? [];
    if (known.length > 0 && !repeatable.has(type)) {
      throw new FrameError(`record 0x${type.toString(16)} comes twice in the settings`, bytes.length);
    }
    payloads.set(type, [...known, payload]);
    last = type;
  }
  if (last !== settingsRecords.end || reader.pending > 0)
    throw new FrameError('the settings have no end', bytes.length);
  return payloads;
}

function decodeHead(from: FieldReader) {
  if (from.u32() !== version) throw new FrameError('unknown version of the settings', 0);
  const mode = from.u8();
  if (mode > 1) throw new FrameError(`the mode must be 0 or 1, got ${mode}`, 4);
  const digest = Uint8Array.from({ length: 32 }, () => from.u8());
  return {
    mode: mode === 1 ? ('system' as const) : ('user' as const),
    digest,
    runDirectory: from.text(),
    planCache: from.text(),
  };
}

function decodeProgram(from: FieldReader): ProgramSettings {
  return { uid: from.u32(), gid: from.u32(), argv: from.list(() => from.text()) };
}

function decodeControl(from: FieldReader): ControlSocketSettings {
  const path = from.text();
  const mode = from.u32();
  const purpose = from.text();
  if (purpose !== 'varlink' && purpose !== 'dinit' && purpose !== 'metrics')
    throw new FrameError(`unknown purpose of a control socket: ${purpose}`, 0);
  return { path, mode, purpose };
}

/** The value of a `name=value` among the settings' compiler options. */
export function compilerOption(options: readonly string[], name: string): string | undefined {
  const prefix = `${name}=`;
  return options.find((option) => option.startsWith(prefix))?.slice(prefix.length);
}
