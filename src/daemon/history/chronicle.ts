/** All that is kept of the past: the steps and their causes, the newest events, the totals. It is shown every turn of the engine, and goes into the journal. */
import type { ServiceEvent } from '../../api/service-status.ts';
import type { EngineState } from '../model/state.ts';
import { EventLog } from './event-log.ts';
import { type EngineTurn, History } from './history.ts';
import { readHistory, writeHistory, type WrittenHistory } from './history-codec.ts';
import type { DescribeFailure } from './root-cause.ts';
import { serviceEvent } from './service-event.ts';
import { Totals } from './totals.ts';

interface WrittenChronicle {
  readonly version: 1;
  readonly history: WrittenHistory;
  readonly events: readonly ServiceEvent[];
  readonly totals: readonly (readonly number[])[];
  readonly loggerStarts: number;
}

export class Chronicle {
  readonly history: History;
  readonly events = new EventLog();
  readonly totals = new Totals();
  readonly #describe: DescribeFailure;

  constructor(describe: DescribeFailure) {
    this.#describe = describe;
    this.history = new History(describe);
  }

  record(turn: EngineTurn): void {
    this.history.record(turn);
    this.totals.record(turn);
    for (const action of turn.actions) {
      if (action.kind !== 'event') continue;
      const { event, id } = action;
      if (event.launchFailure) this.events.add(serviceEvent(event, id, turn.now, this.#describe));
      else this.events.addFacts(event, turn.now);
    }
    const { event, state } = turn;
    if (event.kind === 'unload' && !state.services[event.id]) this.totals.forget(event.id);
  }

  write(state: EngineState): WrittenChronicle {
    const { history, events, totals } = this;
    return {
      version: 1,
      history: writeHistory(history, state),
      events: events.events,
      totals: totals.write(),
      loggerStarts: totals.loggerStarts,
    };
  }

  /** What `write` has written, by this program or by another version of it, which may write differently: then the past is forgotten. */
  restore(written: unknown, state: EngineState): void {
    if (!isWritten(written)) return;
    readHistory(this.history, written.history, state);
    this.events.restore(written.events);
    this.totals.restore(written.totals);
    this.totals.loggerStarts = written.loggerStarts;
  }
}

function isWritten(value: unknown): value is WrittenChronicle {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1;
}
