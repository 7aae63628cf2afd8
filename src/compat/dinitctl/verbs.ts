/** start, stop, restart, wake and release. */
import { commandFlags } from '../../dinit/words.ts';
import type { Reply } from '../../dinit/replies.ts';
import type { DinitStatus } from '../../dinit/service-status.ts';
import { Failure } from '../failure.ts';
import type { Verb } from './command-line.ts';
import { type Context, inform } from './context.ts';
import { modificationTime, queryDescriptionFile } from './description-file.ts';
import { eventOf, type SeenEvent } from './service-event.ts';
import { type LoadedService, loadService, queryName, queryShortStatus, queryStatus } from './services.ts';
import { type Awaited, deciding, report, waitForEvent } from './wait.ts';
import { failure } from './words.ts';

export async function runVerb(context: Context, verb: Verb, name: string): Promise<number> {
  const { session, options } = context;
  const service = await loadUnlessIgnored(context, verb, name);
  if (!service) return 0;
  const isStart = verb === 'start' || verb === 'wake' || verb === 'restart';
  if (isStart && session.version >= 6) await warnIfChanged(context, service);
  const reply = await give(context, verb, service.handle);
  const seen = session.connection.takeEarlier().flatMap((each) => eventOf(each, service.handle) ?? []);
  switch (reply.kind) {
    case 'already':
      inform(context, doneText(verb, service));
      return 0;
    case 'ack':
      break;
    case 'nak':
      if (verb === 'restart') {
        if (!options.ignoresUnstarted) throw failure('cannot restart service; service not started.');
        inform(context, `Service '${name}' is not currently started.\n`);
        return 0;
      }
      if (verb === 'wake') throw failure('service has no active dependents, cannot wake.');
      throw session.violation(verb);
    default:
      throw await refusal(context, verb, name, reply);
  }
  if (!options.isWaiting) {
    inform(context, `Issued ${isStart ? 'start' : 'stop'} command successfully for service '${name}'.\n`);
    return 0;
  }
  return await conclude(context, verb, service, seen);
}

async function loadUnlessIgnored(
  { session, options }: Context,
  verb: Verb,
  name: string,
): Promise<LoadedService | undefined> {
  const mayFail = options.ignoresUnstarted && (verb === 'stop' || verb === 'restart' || verb === 'release');
  try {
    return await loadService(session, name);
  } catch (error) {
    if (mayFail && error instanceof Failure) return undefined;
    throw error;
  }
}

async function warnIfChanged({ session, output }: Context, { name, handle }: LoadedService): Promise<void> {
  const modified = modificationTime(await queryDescriptionFile(session, name, handle));
  if (modified === undefined) return;
  const status = await queryStatus(session, handle);
  if (status.modified === modified) return;
  output.err(
    `dinitctl: warning: service description may have changed; use 'dinitctl reload ${name}' to apply changes.\n`,
  );
}

/** Sends the request. Events that come before it is acknowledged to be under way are not its own. */
async function give({ session, options }: Context, verb: Verb, handle: number): Promise<Reply> {
  const pin = options.isPinned ? commandFlags.pin : 0;
  const gentle = options.isForced ? 0 : commandFlags.gentle;
  switch (verb) {
    case 'start':
    case 'wake':
    case 'release':
      return await session.ask({ kind: verb, flags: pin, handle });
    case 'stop':
      return await session.ask({ kind: 'stop', flags: pin | gentle, handle });
    case 'restart': {
      const flags = gentle | commandFlags.restart | commandFlags.preAcknowledge;
      const reply = await session.ask({ kind: 'stop', flags, handle });
      if (reply.kind !== 'pre-acknowledged') return reply;
      session.connection.takeEarlier();
      return await session.next('stop');
    }
    default:
      return verb satisfies never;
  }
}

function doneText(verb: Verb, { state }: LoadedService): string {
  switch (verb) {
    case 'start':
    case 'wake':
      return state === 'started' ? 'Service (already) started.\n' : 'Service started.\n';
    case 'stop':
    case 'release':
      return state === 'stopped' ? 'Service (already) stopped.\n' : 'Service stopped.\n';
    case 'restart':
      return 'Service restarted.\n';
    default:
      return verb satisfies never;
  }
}

async function refusal({ session }: Context, verb: Verb, name: string, reply: Reply): Promise<Failure> {
  switch (reply.kind) {
    case 'pinned-stopped':
      return failure(`cannot start service '${name}' as it is pinned stopped`);
    case 'pinned-started':
      return failure(`cannot stop service '${name}' as it is pinned started`);
    case 'shutting-down':
      return failure('cannot start/restart/wake service, shutdown is in progress.');
    case 'dependents': {
      const names: string[] = [];
      for (const handle of reply.handles) names.push(await queryName(session, handle));
      const hint =
        verb === 'restart' ? '' : "(only direct dependents are listed. Exercise caution before using '--force' !!)\n";
      const list = names.map((each) => ` ${each}`).join('');
      return new Failure(`dinitctl: cannot stop service '${name}' due to the following dependents:\n${hint} ${list}\n`);
    }
    default:
      return session.violation(verb === 'restart' ? 'stop' : verb);
  }
}

async function conclude(
  context: Context,
  verb: Verb,
  { name, handle }: LoadedService,
  seen: readonly SeenEvent[],
): Promise<number> {
  const { session, options, output } = context;
  const tell = (awaited: Awaited, event: SeenEvent): boolean => report(output, options.isQuiet, name, awaited, event);
  switch (verb) {
    case 'start':
    case 'wake':
      return tell(
        'start',
        (await failedBeforeReply(context, handle, seen)) ?? (await waitForEvent(session, handle, 'start')),
      )
        ? 0
        : 1;
    case 'stop':
      return tell('stop', await waitForEvent(session, handle, 'stop')) ? 0 : 1;
    case 'release':
      return await concludeRelease(context, name, handle);
    case 'restart': {
      const stopped = deciding('stop', seen) ?? (await waitForEvent(session, handle, 'stop'));
      if (!tell('stop', stopped)) return 1;
      return tell('start', await waitForEvent(session, handle, 'start')) ? 0 : 1;
    }
    default:
      return verb satisfies never;
  }
}

/**
 * A start may fail before it is acknowledged; then no further event comes. An event in that place may also be left over from before, so what counts is what the
 * service is now. @returns what decides already, if anything does.
 */
export async function failedBeforeReply(
  context: Context,
  handle: number,
  seen: readonly SeenEvent[],
): Promise<SeenEvent | undefined> {
  const failed = seen.findLast(({ event }) => event === 'start-failed' || event === 'start-cancelled');
  if (!failed) return undefined;
  const { status, meanwhile } = await look(context, handle);
  const isDown = status.state === 'stopped' && status.target === 'stopped';
  return deciding('start', meanwhile) ?? (isDown ? failed : undefined);
}

/** No event comes when the service has reasons to stay up. What is here already shows that one does. */
async function concludeRelease(context: Context, name: string, handle: number): Promise<number> {
  const { session, options, output } = context;
  let decided: SeenEvent | undefined;
  if (!session.connection.hasInput) {
    const { status, meanwhile } = await look(context, handle);
    decided = deciding('stop', meanwhile);
    if (!decided && staysUp(status)) {
      inform(context, `Service '${name}' released; it stays up because something requires it or it is pinned.\n`);
      return 0;
    }
  }
  decided ??= await waitForEvent(session, handle, 'stop');
  return report(output, options.isQuiet, name, 'stop', decided) ? 0 : 1;
}

function staysUp({ state, target }: DinitStatus): boolean {
  return state === 'started' || (state === 'starting' && target === 'started');
}

/** The status now, and the events that came before it. */
async function look(
  { session }: Context,
  handle: number,
): Promise<{ readonly status: DinitStatus; readonly meanwhile: readonly SeenEvent[] }> {
  const status = await queryShortStatus(session, handle);
  const meanwhile = session.connection.takeEarlier().flatMap((each) => eventOf(each, handle) ?? []);
  return { status, meanwhile };
}
