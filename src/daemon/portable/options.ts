/** The command line of portable mode's one process. It is written by the `reeve` command, not by people. */
import { parseArgs } from 'node:util';
import type { MetricsPlace } from '../metrics/metrics-server.ts';
import { parseStyle, styleOptions } from '../options/console-style.ts';
import { metricsOption, parseMetrics } from '../options/metrics-option.ts';
import { type LogLevel, isLogLevel } from '../logging/daemon-log.ts';
import type { DinitStyle } from '../narration/telling.ts';

export interface PortableOptions {
  readonly settingsFile: string;
  readonly logLevel: LogLevel;
  /** Absent: reeve's own. */
  readonly style?: DinitStyle;
  /** A loopback address for the metrics; a socket for them is in the settings. */
  readonly metrics?: MetricsPlace;
  readonly version: string;
}

/** @throws {TypeError} naming the wrong option. */
export function parsePortableOptions(args: readonly string[]): PortableOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      settings: { type: 'string' },
      'log-level': { type: 'string', default: 'info' },
      ...styleOptions,
      ...metricsOption,
      'reeve-version': { type: 'string', default: '' },
    },
  });
  const { settings, 'log-level': logLevel, 'reeve-version': version } = values;
  if (!settings) throw new TypeError('--settings must be given');
  if (!isLogLevel(logLevel)) throw new TypeError(`--log-level must be debug, info, warn or error, got ${logLevel}`);
  const style = parseStyle(values);
  const metrics = parseMetrics(values.metrics);
  return { settingsFile: settings, logLevel, ...(style && { style }), ...(metrics && { metrics }), version };
}
