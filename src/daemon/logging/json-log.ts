/** The daemon's log as NDJSON on standard error, for whoever collects it. */
import { type Logger, destination, pino } from 'pino';
import type { ServiceEvent } from '../../api/service-status.ts';
import type { DaemonLog, LogLevel } from './daemon-log.ts';
import { eventText } from '../../api/event-text.ts';

export class JsonLog implements DaemonLog {
  readonly #logger: Logger;

  constructor(descriptor: number, level: LogLevel) {
    this.#logger = pino({ level, base: { name: 'reeve' } }, destination({ dest: descriptor, sync: true }));
  }

  write(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#logger[level](fields, message);
  }

  event(event: ServiceEvent): void {
    const level = event.event === 'start-failed' ? 'error' : 'info';
    this.#logger[level]({ service: event.name, event: event.event, state: event.state }, eventText(event));
  }
}
