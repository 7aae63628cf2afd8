/**
 * One client of the control protocol. Requests are answered strictly in order, each once. Events go out as they happen, so those that a request causes at once
 * stand before its reply.
 *
 * A client that does not read its replies is not read either; one that lets events pile up is dropped. A request that makes no sense is answered by a
 * refusal, and nothing behind it is looked at.
 */
import type { Socket } from 'node:net';
import type { ServiceEventKind } from '../../api/service-status.ts';
import { ByteQueue } from '../../dinit/byte-queue.ts';
import { encodeInformation, type Information } from '../../dinit/information.ts';
import { encodeReply, type Reply } from '../../dinit/replies.ts';
import { decodeRequest, type Request } from '../../dinit/requests.ts';
import { type DinitStatus, toStatus1, toStatus5 } from '../../dinit/service-status.ts';
import { events } from '../../dinit/words.ts';
import type { AccessPeer } from '../access/access-gate.ts';
import { type Answer, badRequest, type Client, nak } from './client.ts';
import { Handles } from './handles.ts';
import type { DinitLimits } from './limits.ts';
import { permits, type Rights } from './rights.ts';

export interface ConnectionOwner {
  readonly limits: DinitLimits;
  hold(name: string, connection: Connection): Disposable;
  isHeldByOthers(name: string, connection: Connection): boolean;
  /** The grants of the caller cover the request. */
  isGranted(request: Request, connection: Connection): boolean;
  answer(request: Request, client: Client): Answer | Promise<Answer>;
  /** The connection is dropped for this reason. */
  dropped(connection: Connection, reason: string, error?: unknown): void;
  closed(connection: Connection): void;
}

/** Requests handled in one go before the others get their turn. */
const turn = 64;

export class Connection implements Client {
  readonly caller: AccessPeer;
  readonly handles: Handles;
  readonly #socket: Socket;
  readonly #rights: Rights;
  readonly #owner: ConnectionOwner;
  readonly #input = new ByteQueue();
  #output: Buffer[] = [];
  #outputSize = 0;
  /** Unread output that is no reason to drop the connection. */
  #allowance: number;
  #listensToEnvironment = false;
  #isProcessing = false;
  #isBusy = false;
  #isPaused = false;
  #hasEnded = false;
  #isClosing = false;

  constructor(socket: Socket, caller: AccessPeer, rights: Rights, owner: ConnectionOwner) {
    this.#socket = socket;
    this.caller = caller;
    this.#rights = rights;
    this.#owner = owner;
    this.#allowance = owner.limits.unreadEvents;
    this.handles = new Handles((name) => owner.hold(name, this), owner.limits.handles);
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('end', () => this.#ended());
    // A reset by the peer is an end like any other: `close` follows.
    socket.on('error', () => {});
    socket.on('close', () => this.#closed());
  }

  isHeldByOthers(name: string): boolean {
    return this.#owner.isHeldByOthers(name, this);
  }

  listenToEnvironment(): void {
    this.#listensToEnvironment = true;
  }

  send(reply: Reply): void {
    this.#put(encodeReply(reply));
  }

  /** Both forms for each handle, youngest first. */
  sendEvent(name: string, kind: ServiceEventKind, status: DinitStatus): void {
    const event = events.indexOf(kind);
    const [form5, form1] = [toStatus5(status), toStatus1(status)];
    for (const handle of this.handles.of(name)) {
      this.#inform({ kind: 'service-event-5', handle, event, ...form5 });
      this.#inform({ kind: 'service-event', handle, event, ...form1 });
    }
    this.#informed();
  }

  sendEnvironmentEvent(information: Information): void {
    if (!this.#listensToEnvironment) return;
    this.#inform(information);
    this.#informed();
  }

  /** Sends what is on its way, then closes; a client that does not take it is not waited for long. */
  async end(): Promise<void> {
    if (this.#socket.destroyed) return;
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#close();
    await closed;
  }

  #received(chunk: Buffer): void {
    if (this.#isClosing) return;
    this.#input.append(chunk);
    this.#process();
  }

  #ended(): void {
    this.#hasEnded = true;
    this.#process();
  }

  readonly #process = (): void => {
    if (this.#isProcessing) return;
    this.#isProcessing = true;
    let count = 0;
    while (!this.#isBusy && !this.#isClosing && this.#unread <= this.#owner.limits.unread && count < turn) {
      if (!this.#handleNext()) break;
      count += 1;
    }
    this.#isProcessing = false;
    this.#flush();
    this.#regulate();
    if (count === turn) setImmediate(this.#process);
    else if (this.#hasEnded && !this.#isBusy && this.#unread <= this.#owner.limits.unread) this.#close();
  };

  /** @returns false when there is no complete request. */
  #handleNext(): boolean {
    const decoding = decodeRequest(this.#input.bytes);
    switch (decoding.kind) {
      case 'incomplete':
        return false;
      case 'refused':
        this.#finish(badRequest);
        return false;
      case 'request':
        this.#input.consume(decoding.size);
        this.#handle(decoding.request);
        return true;
      default:
        return decoding satisfies never;
    }
  }

  #handle(request: Request): void {
    if (!permits(this.#rights, request) || (this.#rights === 'all' && !this.#owner.isGranted(request, this))) {
      this.#finish(nak);
      return;
    }
    try {
      const result = this.#owner.answer(request, this);
      if (!(result instanceof Promise)) {
        this.#finish(result);
        return;
      }
      this.#isBusy = true;
      result.then(
        (later) => this.#finishLater(() => this.#finish(later)),
        (error: unknown) => this.#finishLater(() => this.#drop(`${request.kind} failed`, error)),
      );
    } catch (error) {
      this.#drop(`${request.kind} failed`, error);
    }
  }

  #finishLater(finish: () => void): void {
    this.#isBusy = false;
    if (this.#socket.destroyed) return;
    finish();
    this.#process();
  }

  #finish(answer: Answer): void {
    if (isList(answer)) {
      for (const reply of answer) this.send(reply);
    } else {
      this.send(answer);
    }
    this.#allowance = this.#unread + this.#owner.limits.unreadEvents;
    if (!isList(answer) && (answer.kind === 'bad-request' || answer.kind === 'out-of-memory')) this.#close();
  }

  #inform(information: Information): void {
    this.#put(encodeInformation(information));
  }

  #informed(): void {
    if (this.#unread > this.#allowance) {
      this.#drop(`reads too slowly: ${this.#unread} bytes are unread`);
    } else if (!this.#isProcessing) {
      this.#flush();
    }
  }

  get #unread(): number {
    return this.#socket.writableLength + this.#outputSize;
  }

  #put(bytes: Buffer): void {
    if (this.#isClosing || this.#socket.destroyed) return;
    this.#output.push(bytes);
    this.#outputSize += bytes.length;
  }

  #flush(): void {
    if (this.#outputSize === 0 || this.#socket.destroyed) return;
    const [first = Buffer.alloc(0)] = this.#output;
    const bytes = this.#output.length === 1 ? first : Buffer.concat(this.#output, this.#outputSize);
    this.#output = [];
    this.#outputSize = 0;
    this.#socket.write(bytes, this.#written);
  }

  /** After each write: the client's side has taken it. */
  readonly #written = (): void => {
    if (this.#socket.writableLength === 0) this.#allowance = this.#owner.limits.unreadEvents;
    if (this.#input.length > 0 || this.#hasEnded || this.#isPaused) this.#process();
  };

  #regulate(): void {
    if (this.#socket.destroyed || this.#isClosing) return;
    const isFull = this.#input.length > this.#owner.limits.queued;
    if (isFull && !this.#isPaused) {
      this.#isPaused = true;
      this.#socket.pause();
    } else if (!isFull && this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
  }

  #close(): void {
    if (this.#isClosing || this.#socket.destroyed) return;
    this.#flush();
    this.#isClosing = true;
    this.#socket.pause();
    const deadline = setTimeout(() => this.#socket.destroy(), this.#owner.limits.farewellTime);
    this.#socket.once('close', () => clearTimeout(deadline));
    this.#socket.end(() => this.#socket.destroy());
  }

  #drop(reason: string, error?: unknown): void {
    if (this.#isClosing || this.#socket.destroyed) return;
    this.#isClosing = true;
    this.#owner.dropped(this, reason, error);
    this.#socket.destroy();
  }

  #closed(): void {
    this.#isClosing = true;
    this.#output = [];
    this.#outputSize = 0;
    this.handles[Symbol.dispose]();
    this.#owner.closed(this);
  }
}

function isList(answer: Answer): answer is readonly Reply[] {
  return Array.isArray(answer);
}
