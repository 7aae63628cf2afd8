/** Where the output of services is read, whoever keeps it: the logger behind its socket, or this process itself. */
import type { LogOptions, LogPiece } from '../service-manager.ts';

export interface LogReader {
  /** The newest output of the service in this slot; with `follow` it goes on until the consumer returns. A slot that has no log gives nothing. */
  read(slot: number, options: LogOptions): AsyncGenerator<LogPiece>;
}
