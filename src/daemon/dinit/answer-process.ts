/** SIGNAL, CATLOG and SHUTDOWN. */
import type { Reply } from '../../dinit/replies.ts';
import type { RequestOf } from '../../dinit/requests.ts';
import { logFlags, shutdownTypeOf } from '../../dinit/words.ts';
import { ack, badRequest, nak, type RequestContext } from './client.ts';
import { badSignalText } from './log-text.ts';

const largestSignal = 64;

export function answerSignal(
  { signal, handle }: RequestOf<'signal'>,
  { manager, client, say }: RequestContext,
): Reply | Promise<Reply> {
  const name = client.handles.nameOf(handle);
  if (name === undefined) return nak;
  if (manager.facts(name)?.pid === undefined) return { kind: 'no-process' };
  if (signal < 0 || signal > largestSignal) {
    say(badSignalText);
    return { kind: 'bad-signal' };
  }
  return manager.signal(name, signal, client.caller).then((outcome): Reply => {
    if (outcome.kind === 'done') return ack;
    return { kind: outcome.refusal.kind === 'no-process' ? 'no-process' : 'kill-failed' };
  });
}

/** The most that is put into one reply; a ring buffer that is larger shows its newest part. */
const largestLog = 16 * 1024 * 1024;

export function answerLog(
  { flags, handle }: RequestOf<'read-log'>,
  { manager, client }: RequestContext,
): Reply | Promise<Reply> {
  const name = client.handles.nameOf(handle);
  const facts = name === undefined ? undefined : manager.facts(name);
  if (name === undefined || !facts || facts.logType !== 'buffer' || !hasOutput(facts.type)) return nak;
  return readLog(name, (flags & logFlags.clear) !== 0, { manager, client });
}

function hasOutput(type: string): boolean {
  return type === 'process' || type === 'bgprocess' || type === 'scripted';
}

async function readLog(
  name: string,
  clears: boolean,
  { manager, client }: Pick<RequestContext, 'manager' | 'client'>,
): Promise<Reply> {
  const pieces: Buffer[] = [];
  for await (const { bytes } of manager.readLog(name, { lastBytes: largestLog, follow: false })) pieces.push(bytes);
  if (clears) manager.clearLog(name, client.caller);
  return { kind: 'log', reserved: 0, log: withNotes(Buffer.concat(pieces)) };
}

/** What our logger notes between the runs of a service, as scripts that read dinit's log know it. */
function withNotes(log: Buffer): Buffer {
  const text = log.toString('latin1');
  return Buffer.from(
    text.replaceAll(/^\(reeve: note: service restarted\)$/gm, '(dinit: note: service restarted)'),
    'latin1',
  );
}

export function answerShutdown({ type: code }: RequestOf<'shutdown'>, { manager, client }: RequestContext): Reply {
  const type = shutdownTypeOf(code);
  if (type === undefined) return badRequest;
  return manager.shutdownAs(type, client.caller).kind === 'done' ? ack : nak;
}
