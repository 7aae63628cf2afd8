/** The daemon's command line. It is written by the `reeve` command, not by people: anything unexpected ends the daemon. */
import { parseArgs } from 'node:util';
import type { MetricsPlace } from '../metrics/metrics-server.ts';
import { parseStyle, styleOptions } from './console-style.ts';
import { metricsOption, parseMetrics } from './metrics-option.ts';
import { type LogLevel, isLogLevel } from '../logging/daemon-log.ts';
import type { DinitStyle } from '../narration/telling.ts';

export interface DaemonOptions {
  /** Standard output and error are a person's: print transitions in words. */
  readonly isForeground: boolean;
  /** Besides root, the uid that administrates this instance. */
  readonly ownerUid: number;
  /** Who else may do what; none: nobody. */
  readonly accessFile?: string;
  /** Where `logger.sock` is. */
  readonly runDirectory: string;
  readonly logLevel: LogLevel;
  /** The addon that asks for peer credentials. */
  readonly credentialsAddon: string;
  readonly version: string;
  /** Milliseconds without anything to do after which the daemon sleeps; 0 = never. */
  readonly idleExit: number;
  /** Absent: reeve's own. */
  readonly style?: DinitStyle;
  /** Where the metrics are served; absent: nowhere. */
  readonly metrics?: MetricsPlace;
  /** The second control listener is there. */
  readonly hasDinitSocket: boolean;
  /** What relative paths count from. */
  readonly directory: string;
  /** Shown to clients. */
  readonly serviceDirectories: readonly string[];
}

/** @throws {TypeError} naming the wrong option. */
export function parseDaemonOptions(args: readonly string[]): DaemonOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      foreground: { type: 'boolean', default: false },
      'owner-uid': { type: 'string' },
      'access-file': { type: 'string' },
      'run-dir': { type: 'string' },
      'log-level': { type: 'string', default: 'info' },
      'credentials-addon': { type: 'string' },
      'idle-exit': { type: 'string', default: '0' },
      'reeve-version': { type: 'string', default: '' },
      ...styleOptions,
      'dinit-socket': { type: 'boolean', default: false },
      ...metricsOption,
      directory: { type: 'string', default: '/' },
      'services-dir': { type: 'string', multiple: true, default: [] },
    },
  });
  const ownerUid = Number(values['owner-uid']);
  if (!Number.isSafeInteger(ownerUid) || ownerUid < 0) {
    throw new TypeError(`--owner-uid must be a number, got ${values['owner-uid']}`);
  }
  if (!values['run-dir']) throw new TypeError('--run-dir must be given');
  if (!values['credentials-addon']) throw new TypeError('--credentials-addon must be given');
  const metrics = parseMetrics(values.metrics);
  const idleExit = Number(values['idle-exit']);
  if (!(idleExit >= 0)) throw new TypeError(`--idle-exit must be milliseconds, got ${values['idle-exit']}`);
  const style = parseStyle(values);
  const logLevel = values['log-level'];
  if (!isLogLevel(logLevel)) throw new TypeError(`--log-level must be debug, info, warn or error, got ${logLevel}`);
  return {
    isForeground: values.foreground,
    ownerUid,
    ...(values['access-file'] !== undefined && { accessFile: values['access-file'] }),
    runDirectory: values['run-dir'],
    logLevel,
    credentialsAddon: values['credentials-addon'],
    version: values['reeve-version'],
    idleExit,
    ...(style && { style }),
    ...(metrics && { metrics }),
    hasDinitSocket: values['dinit-socket'],
    directory: values.directory,
    serviceDirectories: values['services-dir'],
  };
}
