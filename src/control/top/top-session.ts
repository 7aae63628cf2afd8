/** `top` while it runs: looks again and again, shows, takes keys, gives commands. */
import { connect, type ReeveClient } from '../../api/client.ts';
import { mergeSteps } from '../history/merge-steps.ts';
import { moveCells } from '../history/step-cells.ts';
import { statusText } from '../status/status-text.ts';
import { exactMomentText } from '../output/moment.ts';
import { stateWord } from '../output/service-words.ts';
import { renderTable } from '../output/table.ts';
import { oneLine, plural } from '../output/text.ts';
import { isDaemonAway } from '../session/away.ts';
import type { Context } from '../session/context.ts';
import { lastOutput } from '../session/explain.ts';
import { toFailure } from '../session/failure.ts';
import type { Keyboard } from '../session/surroundings.ts';
import { decodeKeys } from './keys.ts';
import { Screen } from './screen.ts';
import { type Effect, initialState, type Order, press, type TopState } from './top-model.ts';
import { pageSize, screenLines, type Size } from './top-view.ts';
import { UsageSampler } from './usage-sampler.ts';

const shownOutput = 200;

export class TopSession implements AsyncDisposable {
  readonly #context: Context;
  readonly #interval: number;
  readonly #screen: Screen;
  readonly #sampler: UsageSampler;
  readonly #ended = Promise.withResolvers<void>();
  readonly #owned = new DisposableStack();
  #reeve: ReeveClient | undefined;
  #state: TopState;
  #head = '';
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  /** @param interval Milliseconds between two looks. */
  constructor(context: Context, keyboard: Keyboard, interval: number, order: Order) {
    const { out, processes, onInterrupt } = context.surroundings;
    this.#context = context;
    this.#interval = interval;
    this.#state = { ...initialState, order };
    this.#sampler = new UsageSampler(processes);
    this.#screen = this.#owned.use(new Screen(out));
    this.#owned.use(keyboard.listen((keys) => this.#typed(keys)));
    this.#owned.use(onInterrupt(() => this.#ended.resolve()));
    const resizing = out.onResize?.(() => {
      this.#screen.forget();
      this.#draw();
    });
    if (resizing) this.#owned.use(resizing);
  }

  /** Resolves when the user wants to leave. */
  async run(): Promise<void> {
    void this.#look();
    await this.#ended.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    this.#ended.resolve();
    this.#owned[Symbol.dispose]();
    this.#reeve?.[Symbol.dispose]();
  }

  #typed(keys: string): void {
    for (const key of decodeKeys(keys)) {
      const { state, effect } = press(this.#state, key);
      this.#state = state;
      if (effect) this.#perform(effect);
    }
    this.#draw();
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'quit':
        return this.#ended.resolve();
      case 'refresh':
        return void this.#look();
      case 'command':
        return void this.#command(effect);
      case 'read':
        return void this.#read(effect);
      default:
        return effect satisfies never;
    }
  }

  async #connected(): Promise<ReeveClient> {
    return (this.#reeve ??= await connect(this.#context.socket.path));
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    clearTimeout(this.#timer);
    try {
      const reeve = await this.#connected();
      const services = await reeve.list();
      const { now } = this.#context.surroundings;
      const usages = this.#sampler.sample(services, now());
      this.#head = headText(services);
      const rows = services.map((service) => ({ service, usage: usages.get(service.name) }));
      this.#state = { ...this.#state, rows };
    } catch (error) {
      this.#lost(error);
    }
    this.#isLooking = false;
    this.#draw();
    this.#timer = setTimeout(() => void this.#look(), this.#interval);
  }

  /** The next look tries again: a daemon that has ended is replaced. */
  #lost(error: unknown): void {
    this.#reeve?.[Symbol.dispose]();
    this.#reeve = undefined;
    const message = isDaemonAway(error) ? 'the daemon is away, waiting for the next one' : toFailure(error).message;
    this.#state = { ...this.#state, message };
  }

  async #command({ verb, name, isForced }: Extract<Effect, { kind: 'command' }>): Promise<void> {
    this.#say(`${name}: ${verb}…`);
    const force = isForced && { force: true };
    try {
      const reeve = await this.#connected();
      const { outcome } = await (verb === 'start' ? reeve.start(name) : reeve[verb](name, { ...force }));
      this.#say(`${name}: ${outcome}`);
    } catch (error) {
      this.#say(toFailure(error).message);
    }
    void this.#look();
  }

  async #read({ what, name }: Extract<Effect, { kind: 'read' }>): Promise<void> {
    try {
      const lines = await this.#textOf(what, name);
      const title = `${name}: ${what}`;
      this.#state = { ...this.#state, mode: { kind: 'text', title, lines, top: 0 } };
    } catch (error) {
      this.#say(toFailure(error).message);
    }
    this.#draw();
  }

  async #textOf(what: 'status' | 'why' | 'output', name: string): Promise<readonly string[]> {
    const reeve = await this.#connected();
    const { out, now } = this.#context.surroundings;
    switch (what) {
      case 'status':
        return statusText(this.#context, reeve, name, 10);
      case 'output':
        return lastOutput(reeve, name, shownOutput);
      case 'why': {
        const titles = ['WHEN', 'SERVICE', 'STEP', 'BECAUSE'].map((title, index) => ({ title, expendable: index }));
        const rows = mergeSteps(await reeve.why(name)).map((step) => [
          { text: exactMomentText(step.time, now()) },
          ...moveCells(step),
        ]);
        return renderTable(titles, rows, out);
      }
      default:
        return what satisfies never;
    }
  }

  #say(message: string): void {
    this.#state = { ...this.#state, message };
    this.#draw();
  }

  #draw(): void {
    const { out, now } = this.#context.surroundings;
    const size: Size = { columns: out.columns ?? 80, rows: out.rows ?? 24 };
    this.#state = { ...this.#state, pageSize: pageSize(size) };
    this.#screen.draw(screenLines(this.#state, this.#head, size, out.hasColours, now()));
  }
}

function headText(services: Parameters<UsageSampler['sample']>[0]): string {
  const counts = Map.groupBy(services, stateWord);
  const words = ['failed', 'starting', 'stopping', 'stopped', 'started'].flatMap((word) => {
    const count = counts.get(word)?.length ?? 0;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return oneLine(`reeve: ${plural(services.length, 'service')}${words.length === 0 ? '' : `: ${words.join(', ')}`}`);
}
