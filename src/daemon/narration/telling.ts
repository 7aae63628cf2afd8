/** Log and narrator of a daemon, in one of the two styles. */
import { DinitLog, type DinitLogOptions } from '../dinit/dinit-log.ts';
import type { LogText } from '../dinit/log-text.ts';
import type { DaemonLog, LogLevel } from '../logging/daemon-log.ts';
import { DinitStyleLog } from './dinit-style-log.ts';
import { HumanLog } from '../logging/human-log.ts';
import { LineBatch } from '../logging/line-batch.ts';
import { JsonLog } from '../logging/json-log.ts';
import { fileSink, streamSink } from './line-sinks.ts';
import { DinitNarrator } from './dinit-narrator.ts';
import type { Narrator } from './narrator.ts';
import { ReeveNarrator } from './reeve-narrator.ts';

/** The log as dinit keeps it. */
export interface DinitStyle extends DinitLogOptions {
  /** Path of the main log; none: there is none. */
  readonly mainLog?: string;
}

export interface TellingOptions {
  /** Standard output is a person's. */
  readonly isForeground: boolean;
  readonly logLevel: LogLevel;
  readonly style?: DinitStyle;
  readonly serviceDirectories: readonly string[];
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export interface Telling {
  readonly log: DaemonLog;
  readonly narrator: Narrator;
  /** Takes what dinit would say about requests. */
  readonly say: (text: LogText) => void;
}

/** @throws {Error} of the system, when the main log cannot be opened. */
export function createTelling({ isForeground, logLevel, style, serviceDirectories, now }: TellingOptions): Telling {
  if (!style) {
    const log = isForeground ? new HumanLog(new LineBatch(process.stdout), logLevel, now) : new JsonLog(2, logLevel);
    return { log, narrator: new ReeveNarrator(log), say: () => {} };
  }
  const main = style.mainLog === undefined ? undefined : fileSink(style.mainLog);
  const dinitLog = new DinitLog(style, streamSink(process.stdout), main);
  return {
    log: new DinitStyleLog(dinitLog),
    narrator: new DinitNarrator({ log: dinitLog, serviceDirectories, now }),
    say: (text) => dinitLog.message(text),
  };
}
