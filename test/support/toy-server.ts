/** A Varlink server with one small interface that shows every form of call. */
import { once } from 'node:events';
import { join } from 'node:path';
import { parseInterface } from '../../src/api/varlink/interface-parser.ts';
import type { ServerLimits } from '../../src/api/varlink/limits.ts';
import type { Method, Peer } from '../../src/api/varlink/method.ts';
import { VarlinkServer } from '../../src/api/varlink/server.ts';
import { serviceErrors, VarlinkError } from '../../src/api/varlink/varlink-error.ts';
import { makeListener } from '../../src/daemon/api/listen.ts';
import { descriptorOf } from '../../src/daemon/api/peer-credentials.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

const definition = parseInterface(`# A toy.
interface org.example.toy

type Item (name: string, state: (stopped, running), note: ?string)

method Ping(text: string) -> (text: string)

method Types(item: Item) -> (item: Item)

# [Supports 'more' flag]
method Watch(count: ?int) -> (index: ?int, done: ?bool)

# [Requires 'more' flag]
method List(how: ?string) -> (name: string)

method Fail(kind: string) -> ()

method Take(text: string) -> ()

method Slow(text: string) -> (text: string)

# Replies for as long as there are any to send.
# [Requires 'more' flag]
method Flood(push: ?bool) -> (text: string)

method Absent() -> ()

method Blob(size: int) -> (text: string)

error NoSuchItem ()
error Broken (reason: string, code: ?int)
`);

export interface ToyServer extends AsyncDisposable {
  readonly path: string;
  readonly server: VarlinkServer;
  readonly taken: readonly string[];
  readonly log: readonly string[];
  /** Ends every Slow call that is waiting. */
  release(): void;
  logged(text: string): Promise<string>;
}

export interface ToyOptions {
  readonly limits?: Partial<ServerLimits>;
  readonly peer?: Partial<Peer>;
  readonly isPrivileged?: boolean;
  readonly mayCall?: (method: string) => boolean;
  /** What every connection's descriptor is said to be; `own`: what it is. */
  readonly descriptor?: number | 'own';
}

export async function startToyServer(options: ToyOptions = {}): Promise<ToyServer> {
  const directory = makeTemporaryDirectory();
  const taken: string[] = [];
  const slow: (() => void)[] = [];
  const log: string[] = [];
  const waiters: { text: string; resolve: (line: string) => void }[] = [];
  const methods: Record<string, Method> = {
    Ping: ({ parameters }) => ({ text: parameters.text('text') }),
    Types: () => ({ item: { name: 'web', state: 'stopped' } }),
    Watch: async ({ parameters, stream }) => {
      if (!stream) return { index: 0 };
      for (let index = 0; index < (parameters.optionalInteger('count') ?? 3); index++) await stream.send({ index });
      return { done: true };
    },
    List: async ({ parameters, stream }) => {
      const how = parameters.optionalText('how');
      if (!stream) throw serviceErrors.expectedMore();
      if (how === 'empty') throw new VarlinkError('org.example.toy.NoSuchItem');
      await stream.send({ name: 'a' });
      if (how === 'midfail') throw new VarlinkError('org.example.toy.Broken', { reason: 'disk' });
      await stream.send({ name: 'b' });
      return { name: 'c' };
    },
    Fail: ({ parameters }) => {
      const kind = parameters.text('kind');
      if (kind === 'broken') throw new VarlinkError('org.example.toy.Broken', { reason: 'because', code: 7 });
      if (kind === 'invalid') throw serviceErrors.invalidParameter('kind');
      throw new RangeError('a mistake of the server');
    },
    Take: ({ parameters }) => {
      taken.push(parameters.text('text'));
    },
    Slow: async ({ parameters }) => {
      await new Promise<void>((resolve) => slow.push(resolve));
      return { text: parameters.text('text') };
    },
    Flood: async ({ parameters, stream, signal }) => {
      if (!stream) throw serviceErrors.expectedMore();
      const text = 'x'.repeat(16 * 1024);
      while (!signal.aborted) {
        if (parameters.flag('push')) {
          stream.push({ text });
          await new Promise((resolve) => setImmediate(resolve));
        } else {
          await stream.send({ text });
        }
      }
      return { text: '' };
    },
    Blob: ({ parameters }) => ({ text: 'x'.repeat(parameters.integer('size')) }),
  };
  const server = new VarlinkServer({
    identity: { vendor: 'Example', product: 'Toy', version: '1', url: 'https://example.org/' },
    interfaces: [{ definition, methods: new Map(Object.entries(methods)) }],
    identify: () => ({ uid: 1000, gid: 1000, pid: 1, groups: [], ...options.peer }),
    descriptor: (socket) => (options.descriptor === 'own' ? descriptorOf(socket) : options.descriptor),
    isPrivileged: () => options.isPrivileged ?? true,
    mayCall: (_peer, method) => options.mayCall?.(method) ?? true,
    log: {
      write: (_level, message) => {
        log.push(message);
        for (const waiter of waiters) if (message.includes(waiter.text)) waiter.resolve(message);
      },
    },
    ...(options.limits && { limits: options.limits }),
  });
  const path = join(directory.path, 'toy');
  const listener = await makeListener(path, 0o600);
  server.serve(listener);
  return {
    path,
    server,
    taken,
    log,
    release: () => {
      for (const resolve of slow.splice(0)) resolve();
    },
    logged: (text) => {
      const line = log.find((message) => message.includes(text));
      return line === undefined ? new Promise((resolve) => waiters.push({ text, resolve })) : Promise.resolve(line);
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(listener, 'close');
      listener.close();
      await server[Symbol.asyncDispose]();
      await closed;
      directory[Symbol.dispose]();
    },
  };
}
