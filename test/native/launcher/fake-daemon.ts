/** The daemon as the test plays it: the other end of a relay (native/test/relay.c) that the launcher started as its daemon. */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { FrameWriter } from '../../../src/frame/fields.ts';
import { FrameReader } from '../../../src/frame/frame.ts';
import { PlanAssembly, decodeEvent } from '../../../src/daemon/launcher/decode-event.ts';
import type { LauncherEvent } from '../../../src/daemon/launcher/launcher-event.ts';
import { fromLauncherRules, toLauncher } from '../../../src/daemon/launcher/messages.ts';

const patience = 20_000;

export type EventOf<K extends LauncherEvent['kind']> = Extract<LauncherEvent, { kind: K }>;

export class FakeDaemon {
  readonly pid: number;
  /** Everything that came, in order. */
  readonly events: LauncherEvent[] = [];
  /** Every process that was told of, the launcher too, and when it began, so that its number can't be mistaken for another's. */
  readonly processes = new Map<number, string>();
  /** What was set when this daemon came; later changes are events. */
  readonly variables: string[] = [];
  isAcknowledging = true;
  handled = 0;
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #reader = new FrameReader(fromLauncherRules);
  readonly #plans = new PlanAssembly();
  #seen = 0;
  #isClosed = false;
  #isSynced = false;
  #wake = () => {};

  constructor(socket: Socket, pid: number, rest: Buffer) {
    this.pid = pid;
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isClosed = true;
        this.#wake();
        resolve();
      });
    });
    if (rest.length > 0) this.#take(rest);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** After what was sent; the launcher then sees its daemon end with status 0. */
  close(): void {
    this.#socket.end();
  }

  /** All that was sent before has been handled, acknowledgements too. */
  async roundTrip(): Promise<void> {
    this.send(toLauncher.unsetenv, (w) => w.text('ROUND_TRIP'));
    await this.until('environment');
    this.send(toLauncher.unsetenv, (w) => w.text('ROUND_TRIP'));
    await this.until('environment');
  }

  /** Nothing more is read from the launcher. */
  pause(): void {
    this.#socket.pause();
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  send(type: number, fields: (writer: FrameWriter) => void = () => {}): void {
    this.write(new FrameWriter().frame(type, fields).take());
  }

  async hello(): Promise<EventOf<'welcome'>> {
    this.send(toLauncher.hello, (w) => w.u32(1).u32(this.pid));
    return await this.until('welcome');
  }

  async synced(): Promise<this> {
    await this.hello();
    await this.until('synced');
    return this;
  }

  launch(slot: number, run: number, { role = 0, console = 0 }: { role?: number; console?: number } = {}): void {
    this.send(toLauncher.start, (w) => w.u32(slot).u8(role).u32(run).u8(console));
  }

  signal(slot: number, signal: number, { role = 0, scope = 0 }: { role?: number; scope?: number } = {}): void {
    this.send(toLauncher.signal, (w) => w.u32(slot).u8(role).u8(signal).u8(scope));
  }

  acknowledge(count = this.handled): void {
    this.send(toLauncher.ack, (w) => w.u32(count));
  }

  /** The next event of a kind (and that the test means) after the last one asked for; those between are passed over. */
  async until<K extends LauncherEvent['kind']>(
    kind: K,
    isMeant: (event: EventOf<K>) => boolean = () => true,
  ): Promise<EventOf<K>> {
    const isWanted = (event: LauncherEvent): event is EventOf<K> => event.kind === kind && isMeant(event as EventOf<K>);
    return await this.first(isWanted, `'${kind}'`);
  }

  /** The same for whatever the test means. */
  async first<E extends LauncherEvent>(isMeant: (event: LauncherEvent) => event is E, what: string): Promise<E> {
    const deadline = setTimeout(() => this.#wake(), patience);
    const end = Date.now() + patience;
    try {
      for (;;) {
        while (this.#seen < this.events.length) {
          const event = this.events[this.#seen++];
          if (event && isMeant(event)) return event;
        }
        if (this.#isClosed || Date.now() >= end) {
          const kinds = this.events
            .slice(-40)
            .map((event) => event.kind)
            .join(' ');
          throw new Error(
            `${this.#isClosed ? 'the channel closed' : 'nothing came'} before ${what}; came last: ${kinds}`,
          );
        }
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Whether the last that was heard of a slot's process is its end. */
  isGone(slot: number): boolean {
    const about = new Set(['executed', 'process', 'exited', 'pid-file']);
    return (
      this.events.findLast((event) => 'slot' in event && event.slot === slot && about.has(event.kind))?.kind ===
      'exited'
    );
  }

  /** What came, by kind, of one slot. */
  kindsOf(slot: number): string[] {
    return this.events.filter((event) => 'slot' in event && event.slot === slot).map((event) => event.kind);
  }

  #take(chunk: Buffer): void {
    for (const frame of this.#reader.feed(chunk)) {
      const event = decodeEvent(frame, this.#plans);
      this.handled++;
      if (event?.kind === 'synced') this.#isSynced = true;
      if (event?.kind === 'environment' && !this.#isSynced) this.variables.push(event.text);
      else if (event) this.events.push(event);
      if (event?.kind === 'welcome') this.processes.set(event.launcherPid, beginOf(event.launcherPid));
      if (event?.kind === 'executed' || (event?.kind === 'pid-file' && event.result === 'supervised')) {
        this.processes.set(event.pid, beginOf(event.pid));
      }
    }
    if (this.isAcknowledging && !this.#isClosed) this.acknowledge();
    this.#wake();
  }
}

/** When a process began, in the kernel's words; empty if it is gone. */
export function beginOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
