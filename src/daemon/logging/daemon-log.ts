/** What the daemon says about itself and its services: in words on a terminal, as NDJSON otherwise. */
import type { ServiceEvent } from '../../api/service-status.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof levels)[number];

export function isLogLevel(text: string): text is LogLevel {
  return (levels as readonly string[]).includes(text);
}

export interface DaemonLog {
  /** `service` is the service that the message is about, if any. */
  write(
    level: LogLevel,
    message: string,
    fields?: { readonly service?: string } & Readonly<Record<string, unknown>>,
  ): void;
  event(event: ServiceEvent): void;
}

/** True if a message of `level` is to be shown when `threshold` is the least important level wanted. */
export function isShown(level: LogLevel, threshold: LogLevel): boolean {
  return levels.indexOf(level) >= levels.indexOf(threshold);
}
