/**
 * The channel to reeve-launcher on an inherited descriptor.
 *
 * Requests are collected and written once at the end of the turn, with the acknowledgement of every event handled in it: the launcher takes an event that
 * stays unacknowledged too long for a wedged daemon. Anything malformed from the launcher ends this process: a daemon that no longer
 * understands its launcher must not go on deciding.
 */
import { Socket } from 'node:net';
import { FrameReader } from '../../frame/frame.ts';
import { FrameWriter } from '../../frame/fields.ts';
import { PlanAssembly, decodeEvent } from './decode-event.ts';
import type { Role } from '../model/service.ts';
import type { LauncherEvent } from './launcher-event.ts';
import { fromLauncherRules, protocolVersion, toLauncher } from './messages.ts';
import type { ConsoleGrant, LauncherConnection, RenewedComponent, SignalScope } from './process-launcher.ts';

const roleNumbers = { main: 0, stop: 1 } as const;
const scopeNumbers = { process: 0, 'process-group': 1, everything: 2 } as const;
const renewBits = { daemon: 1, logger: 2 } as const;
const consoleNumbers = { none: 0, shared: 1, exclusive: 2 } as const;

export class NativeLauncher implements LauncherConnection {
  readonly #socket: Socket;
  readonly #reader = new FrameReader(fromLauncherRules);
  readonly #plans = new PlanAssembly();
  readonly #writer = new FrameWriter(65_536);
  #handled = 0;
  #acknowledged = 0;
  #isFlushPlanned = false;
  /** To be called when the next write has gone out. */
  #sent: (() => void) | undefined;

  constructor(descriptor: number) {
    this.#socket = new Socket({ fd: descriptor, readable: true, writable: true });
  }

  open(listener: (event: LauncherEvent) => void, handled: () => void, lost: (reason: Error) => void): void {
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of this.#reader.feed(chunk)) {
          const event = decodeEvent(frame, this.#plans);
          this.#handled = (this.#handled + 1) >>> 0;
          if (event) listener(event);
        }
        handled();
      } catch (error) {
        lost(error instanceof Error ? error : new Error(String(error)));
      }
      this.#planFlush();
    });
    this.#socket.on('error', lost);
    this.#socket.on('close', () => lost(new Error('the launcher closed the channel')));
    this.#writer.frame(toLauncher.hello, (w) => w.u32(protocolVersion).u32(process.pid));
    this.#planFlush();
  }

  compile(request: number, names: readonly string[]): void {
    this.#send(toLauncher.compile, (w) => w.u32(request).list(names, (each, name) => each.text(name)));
  }

  use(generation: number, slots: readonly number[]): void {
    if (slots.length === 0) return;
    this.#send(toLauncher.use, (w) => w.u32(generation).list(slots, (each, slot) => each.u32(slot)));
  }

  discard(generation: number): void {
    this.#send(toLauncher.discard, (w) => w.u32(generation));
  }

  forget(slot: number): void {
    this.#send(toLauncher.forget, (w) => w.u32(slot));
  }

  launch(slot: number, role: Role, run: number, console: ConsoleGrant): void {
    this.#send(toLauncher.start, (w) => w.u32(slot).u8(roleNumbers[role]).u32(run).u8(consoleNumbers[console]));
  }

  signal(slot: number, role: Role, signal: number, scope: SignalScope): void {
    this.#send(toLauncher.signal, (w) => w.u32(slot).u8(roleNumbers[role]).u8(signal).u8(scopeNumbers[scope]));
  }

  readPidFile(slot: number, run: number): void {
    this.#send(toLauncher.readPidFile, (w) => w.u32(slot).u32(run));
  }

  closeSocket(slot: number): void {
    this.#send(toLauncher.closeSocket, (w) => w.u32(slot));
  }

  setEnvironment(name: string, value: string | undefined): void {
    if (value === undefined) this.#send(toLauncher.unsetenv, (w) => w.text(name));
    else this.#send(toLauncher.setenv, (w) => w.text(`${name}=${value}`));
  }

  clearLog(slot: number): void {
    this.#send(toLauncher.logClear, (w) => w.u32(slot));
  }

  sleepUntil(deadline: number | undefined, sent: () => void): void {
    const nanoseconds = deadline === undefined ? 0n : BigInt(Math.max(1, Math.floor(deadline * 1e6)));
    this.#send(toLauncher.timer, (w) => w.u64(nanoseconds));
    this.#sent = sent;
    // What comes from now on is for the next daemon: it stays unacknowledged.
    this.#socket.pause();
  }

  renew(components: readonly RenewedComponent[], sent: () => void): void {
    const bits = components.reduce((sum, component) => sum | renewBits[component], 0);
    this.#send(toLauncher.renew, (w) => w.u8(bits));
    this.#sent = sent;
    // What comes from now on is for the next daemon: it stays unacknowledged.
    this.#socket.pause();
  }

  exit(status: number): void {
    this.#send(toLauncher.exit, (w) => w.u8(status));
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #send(type: number, fields: (writer: FrameWriter) => void): void {
    this.#writer.frame(type, fields);
    this.#planFlush();
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    setImmediate(() => {
      this.#isFlushPlanned = false;
      if (this.#handled !== this.#acknowledged) {
        this.#writer.frame(toLauncher.ack, (w) => w.u32(this.#handled));
        this.#acknowledged = this.#handled;
      }
      if (this.#writer.size > 0 && !this.#socket.destroyed) this.#socket.write(this.#writer.take(), this.#sent);
    });
  }
}
