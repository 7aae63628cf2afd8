/** The pipe of each service that writes anywhere, and its file if it has one. */
import fs from 'node:fs';
import type { PlanLog } from '../../../plan/plan.ts';
import type { LocalLogs } from '../../logs/in-process/local-logs.ts';
import type { Fifo, FifoSource } from './fifo.ts';
import type { OutputPipe, Slot } from './slot.ts';

export class OutputPipes implements Disposable {
  readonly #logs: LocalLogs;
  readonly #fifos: FifoSource;

  constructor(logs: LocalLogs, fifos: FifoSource) {
    this.#logs = logs;
    this.#fifos = fifos;
  }

  /** Where a process of the service writes to from now on. @throws {Error} with `errno`. */
  forProcess(slot: Slot, rules: PlanLog): number {
    if (rules.type === 'pipe') return this.forConsumer(slot).write;
    const log = this.#logs.of(slot.number, rules);
    log.prepare(rules);
    const isNew = slot.output?.use !== 'log';
    const { fifo } = this.#pipe(slot, 'log');
    if (isNew) log.attach(fifo.read);
    log.started();
    return fifo.write;
  }

  /** What the service writes, for the one that consumes it. @throws {Error} with `errno`. */
  forConsumer(producer: Slot): Fifo {
    return this.#pipe(producer, 'consumer').fifo;
  }

  close(slot: Slot): void {
    this.#closeEnds(slot);
    this.#logs.close(slot.number);
  }

  [Symbol.dispose](): void {
    this.#fifos[Symbol.dispose]();
  }

  #pipe(slot: Slot, use: OutputPipe['use']): OutputPipe {
    if (slot.output?.use === use) return slot.output;
    const fifo = this.#fifos.take();
    this.#closeEnds(slot);
    slot.output = { use, fifo };
    return slot.output;
  }

  /** The read end of a log's pipe belongs to the log. */
  #closeEnds(slot: Slot): void {
    const { output } = slot;
    slot.output = undefined;
    if (!output) return;
    if (output.use === 'log') this.#logs.find(slot.number)?.detach();
    else fs.closeSync(output.fifo.read);
    fs.closeSync(output.fifo.write);
  }
}
