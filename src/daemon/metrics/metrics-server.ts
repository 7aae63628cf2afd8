/**
 * Serves the metrics by HTTP. Whoever reaches the socket may read them: they hold names and states of services, never output or environment. What a client
 * can cost is bounded: few connections, small requests, no bodies, little time.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as NetServer } from 'node:net';
import { once } from 'node:events';
import { contentType } from './exposition.ts';

/** An inherited Unix listener, a path for one of our own, or a loopback address. */
export type MetricsPlace =
  { readonly fd: number } | { readonly path: string } | { readonly host: string; readonly port: number };

export interface MetricsServerOptions {
  /** The whole text, as of now. */
  readonly collect: () => string;
  /** Called when a connection has gone. */
  readonly onDisconnect?: () => void;
}

const largestConnections = 16;
const requestTime = 5_000;
const localNames = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)(:\d+)?$/;

export class MetricsServer implements AsyncDisposable {
  readonly #options: MetricsServerOptions;
  #opened: Server | undefined;
  #connections = 0;

  constructor(options: MetricsServerOptions) {
    this.#options = options;
  }

  get connectionCount(): number {
    return this.#connections;
  }

  /** Where it listens, when that was chosen by the system. */
  get port(): number | undefined {
    const address = this.#opened?.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  }

  /** @throws when the place is taken. */
  async listen(place: MetricsPlace): Promise<void> {
    this.#server.listen(place);
    await once(this.#server, 'listening');
  }

  /** Serves what comes in on a listener of somebody else. */
  serve(listener: NetServer): void {
    listener.on('connection', (socket) => this.#server.emit('connection', socket));
  }

  /** What takes connections, once it listens. Closing it leaves an inherited socket file to its owner. */
  get listener(): NetServer {
    return this.#server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#opened;
    const closed = server?.listening ? once(server, 'close') : undefined;
    server?.close();
    server?.closeAllConnections();
    await closed;
  }

  /** Made when there is something to listen to: metrics are seldom wanted, and loading HTTP is a sixth of the time in which a daemon starts. */
  get #server(): Server {
    if (this.#opened) return this.#opened;
    const limits = {
      maxHeaderSize: 8 * 1024,
      headersTimeout: requestTime,
      requestTimeout: requestTime,
      keepAliveTimeout: requestTime,
      connectionsCheckingInterval: requestTime,
    };
    const { createServer } = process.getBuiltinModule('node:http');
    const server = createServer(limits, (request, response) => this.#answer(request, response));
    server.maxConnections = largestConnections;
    server.on('connection', (socket) => {
      this.#connections += 1;
      socket.on('close', () => {
        this.#connections -= 1;
        this.#options.onDisconnect?.();
      });
    });
    this.#opened = server;
    return server;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { method, url } = request;
    request.resume();
    if (method !== 'GET' && method !== 'HEAD')
      return refuse(response, 405, 'only GET is answered', { Allow: 'GET, HEAD' });
    if (url?.split('?')[0] !== '/metrics') return refuse(response, 404, 'there is /metrics');
    if (!isLocal(request)) return refuse(response, 421, 'only local names are answered');
    const text = this.#options.collect();
    response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) });
    response.end(method === 'HEAD' ? undefined : text);
  }
}

/** A web page that has its own name lead to this address is told nothing. */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const isUnix = socket.remoteAddress === undefined;
  return isUnix || localNames.test(headers.host ?? '');
}

function refuse(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...headers, 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(`${text}\n`);
}
