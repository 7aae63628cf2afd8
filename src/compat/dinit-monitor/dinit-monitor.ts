/** Runs a command for each event of some services, or for each change of some environment variables. */
import { errorText } from '../../dinit/error-text.ts';
import type { Information } from '../../dinit/information.ts';
import { longestRequestText } from '../../dinit/limits.ts';
import { events, states } from '../../dinit/words.ts';
import { DaemonSession, readFailure, type SessionWords } from '../daemon-session.ts';
import { parseEnvironment } from '../environment-file.ts';
import { Failure } from '../failure.ts';
import type { Output } from '../output.ts';
import { socketPath } from '../socket-path.ts';
import { versionText } from '../version.ts';
import { type MonitorOptions, parseCommandLine, program, type Words } from './command-line.ts';
import { fillIn, type Happening } from './command-template.ts';
import { helpText } from './help.ts';
import { runCommand } from './run-command.ts';

const sessionWords: SessionWords = {
  program,
  peer: 'server',
  connectFailed: (path, errno) => Failure.of(program, `connecting to socket ${path}: ${errorText(errno)}`),
  violated: (request) => (request === 'query-version' ? readFailure : 'protocol error'),
};

export interface Surroundings {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
}

/** @returns the exit status. @throws {Failure} also when the daemon goes away. */
export async function runMonitor(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { output } = surroundings;
  const options = parseCommandLine(args);
  switch (options.kind) {
    case 'help':
      output.out(helpText);
      return 1;
    case 'version':
      output.out(versionText);
      return 0;
    case 'monitor':
      break;
    default:
      return options satisfies never;
  }
  using session = await connect(options, surroundings);
  const happenings = options.isEnvironment ? variableChanges(session, options) : serviceEvents(session, options);
  for await (const happening of happenings) {
    runCommand(fillIn(options.command, happening), output);
    if (options.endsAfterFirst) return 0;
  }
  return 0;
}

async function connect(options: MonitorOptions, { environment, uid }: Surroundings): Promise<DaemonSession> {
  const path = socketPath({ path: options.socketPath, isUser: options.isUser ?? uid !== 0 }, environment);
  if (path !== undefined) return await DaemonSession.open(path, sessionWords);
  throw Failure.of(
    program,
    'cannot locate user home directory (set XDG_RUNTIME_DIR, HOME, check /etc/passwd file, or specify socket path via -p)',
  );
}

async function* serviceEvents(session: DaemonSession, options: MonitorOptions): AsyncGenerator<Happening> {
  const { names, words, showsInitial } = options;
  const byHandle = new Map<number, string>();
  const initial: Happening[] = [];
  const earlier: Information[] = [];
  for (const name of names) {
    const bytes = Buffer.from(name);
    if (bytes.length === 0 || bytes.length > longestRequestText) throw session.violation('load');
    const reply = await session.ask({ kind: 'load', name: bytes });
    if (reply.kind === 'no-service') throw session.failure(`cannot load service: ${name}`);
    if (reply.kind !== 'service-record') throw session.violation('load');
    earlier.push(...session.connection.takeEarlier());
    byHandle.set(reply.handle, name);
    const state = states[reply.state];
    if (state === 'started') initial.push({ name, status: words.started, value: '' });
    if (state === 'stopped') initial.push({ name, status: words.stopped, value: '' });
  }
  if (showsInitial) yield* initial;
  for await (const information of informationAfter(session, earlier)) {
    // Each event comes in two forms; this is the one that every server sends.
    if (information.kind !== 'service-event' && information.kind !== 'service-event-old') continue;
    const name = byHandle.get(information.handle);
    const status = eventWord(information.event, words);
    if (name !== undefined && status !== undefined) yield { name, status, value: '' };
  }
}

function eventWord(code: number, words: Words): string | undefined {
  switch (events[code]) {
    case 'started':
      return words.started;
    case 'stopped':
      return words.stopped;
    case 'start-failed':
      return words.failed;
    case 'start-cancelled':
    case 'stop-cancelled':
    case undefined:
      return undefined;
  }
}

async function* variableChanges(session: DaemonSession, options: MonitorOptions): AsyncGenerator<Happening> {
  const { names, words, showsInitial } = options;
  const isWatched = (name: string): boolean => names.length === 0 || names.includes(name);
  session.requireVersion(5);
  const listening = await session.ask({ kind: 'listen-environment' });
  if (listening.kind !== 'ack') throw session.violation('listen-environment');
  const earlier = [...session.connection.takeEarlier()];
  if (showsInitial) {
    const reply = await session.ask({ kind: 'get-environment', reserved: 0 });
    if (reply.kind !== 'environment') throw session.violation('get-environment');
    // What was told before is in the answer already.
    earlier.length = 0;
    for (const [name, value] of parseEnvironment(reply.environment)) {
      if (isWatched(name)) yield { name, status: words.set, value };
    }
  }
  for await (const information of informationAfter(session, earlier)) {
    if (information.kind !== 'environment-event') continue;
    const text = information.text.toString().replace(/\0$/, '');
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    if (!isWatched(name)) continue;
    yield equals < 0
      ? { name, status: words.unset, value: '' }
      : { name, status: words.set, value: text.slice(equals + 1) };
  }
}

async function* informationAfter(
  session: DaemonSession,
  earlier: readonly Information[],
): AsyncGenerator<Information, never> {
  yield* earlier;
  for (;;) yield await session.information('connection closed by server');
}
