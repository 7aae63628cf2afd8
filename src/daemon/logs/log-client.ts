/** Readers of logs, as many as there are room for: each connection to the logger takes a bounded number, and the logger a bounded number of connections. */
import type { LogOptions, LogPiece } from '../service-manager.ts';
import { LogConnection } from './log-connection.ts';
import type { LogReader } from './log-reader.ts';

/** The logger takes eight; one is left for a daemon that is on its way out. */
const largestConnections = 7;

/** More logs are read at once than the logger allows. */
export class TooManyLogReadersError extends Error {
  override readonly name = 'TooManyLogReadersError';
  readonly code = 'REEVE_LOG_READERS';

  constructor() {
    super('too many logs are being read at the same time');
  }
}

export class LogClient implements LogReader, Disposable {
  readonly #path: string;
  readonly #connections: LogConnection[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws {TooManyLogReadersError} */
  async *read(slot: number, options: LogOptions): AsyncGenerator<LogPiece> {
    yield* this.#free().read(slot, options);
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections) connection[Symbol.dispose]();
  }

  /** A connection without readers has closed itself, and connects again for the next. */
  #free(): LogConnection {
    const free = this.#connections.find(({ isFull }) => !isFull);
    if (free) return free;
    if (this.#connections.length === largestConnections) throw new TooManyLogReadersError();
    const connection = new LogConnection(this.#path);
    this.#connections.push(connection);
    return connection;
  }
}
