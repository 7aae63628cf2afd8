import { FrameWriter } from '../frame/fields.ts';
import { settingsRecords } from './records.ts';
import type { ProgramSettings, Settings } from './settings.ts';

const version = 1;

/** @throws {RangeError} if a text has a NUL. */
export function encodeSettings(settings: Settings): Buffer {
  const { limits } = settings;
  const writer = new FrameWriter();
  const texts = (type: number, values: readonly string[]) => {
    for (const value of values) writer.frame(type, (to) => to.text(value));
  };
  const program = (type: number, { uid, gid, argv }: ProgramSettings) => {
    writer.frame(type, (to) =>
      to
        .u32(uid)
        .u32(gid)
        .list(argv, (list, word) => list.text(word)),
    );
  };
  const words = (type: number, argv: readonly string[] | undefined) => {
    if (argv) writer.frame(type, (to) => to.list(argv, (list, word) => list.text(word)));
  };
  writer.frame(settingsRecords.settings, (to) => {
    to.u32(version)
      .u8(settings.mode === 'system' ? 1 : 0)
      .bytes(settings.digest)
      .text(settings.runDirectory)
      .text(settings.planCache);
  });
  program(settingsRecords.daemon, settings.daemon);
  program(settingsRecords.logger, settings.logger);
  program(settingsRecords.compiler, settings.compiler);
  words(settingsRecords.formerDaemon, settings.formerDaemon);
  words(settingsRecords.formerLogger, settings.formerLogger);
  for (const { path, mode, purpose } of settings.controls) {
    writer.frame(settingsRecords.control, (to) => to.text(path).u32(mode).text(purpose));
  }
  texts(settingsRecords.environment, settings.environment);
  texts(settingsRecords.setenvAllow, settings.setenvAllow);
  writer.frame(settingsRecords.limits, (to) => {
    to.u32(limits.acknowledge).u32(limits.compile).u32(limits.restartFirst).u32(limits.restartLargest);
  });
  texts(settingsRecords.names, settings.names);
  texts(settingsRecords.serviceDirectory, settings.serviceDirectories);
  texts(settingsRecords.compilerOption, settings.compilerOptions);
  if (settings.isForeground) writer.frame(settingsRecords.foreground);
  return writer.frame(settingsRecords.end).take();
}
