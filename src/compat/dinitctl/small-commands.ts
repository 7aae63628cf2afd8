/** The commands of one request: pins, loading, dependencies, triggers, environment, logs, signals. */
import { longestRequestText } from '../../dinit/limits.ts';
import { linkKinds, type LinkKind, logFlags } from '../../dinit/words.ts';
import { type Context, inform } from './context.ts';
import { findService, loadService } from './services.ts';
import { failure } from './words.ts';

export async function runUnpin(context: Context, name: string): Promise<number> {
  const { session } = context;
  const { handle } = await loadService(session, name);
  const reply = await session.ask({ kind: 'unpin', handle });
  if (reply.kind !== 'ack') throw session.violation('unpin');
  inform(context, `Service '${name}' unpinned.\n`);
  return 0;
}

export async function runUnload(context: Context, name: string): Promise<number> {
  const { session } = context;
  const service = await findService(session, name);
  if (!service) throw failure('service not loaded.');
  const reply = await session.ask({ kind: 'unload', handle: service.handle });
  if (reply.kind === 'nak') {
    throw failure('could not unload service; service not stopped, or is a dependency of another service.');
  }
  if (reply.kind !== 'ack') throw session.violation('unload');
  inform(context, `Service '${name}' unloaded.\n`);
  return 0;
}

export async function runReload(context: Context, name: string): Promise<number> {
  const { session } = context;
  const service = await findService(session, name);
  if (service) {
    const reply = await session.ask({ kind: 'reload', handle: service.handle });
    if (reply.kind === 'nak') {
      throw failure(
        'could not reload service; service in wrong state, incompatible change, or bad service description.',
      );
    }
    if (reply.kind !== 'ack') throw session.violation('reload');
  } else {
    await loadService(session, name);
  }
  inform(context, `Service '${name}' reloaded.\n`);
  return 0;
}

export async function runShutdown(context: Context): Promise<number> {
  const { session } = context;
  const halt = 2;
  const reply = await session.ask({ kind: 'shutdown', type: halt });
  if (reply.kind !== 'ack') throw session.violation('shutdown');
  inform(context, 'Shutting down dinit...\n');
  await session.connection.ended();
  inform(context, 'Connection closed.\n');
  return 0;
}

export async function runDependency(
  context: Context,
  kind: 'add-dep' | 'rm-dep',
  dependency: LinkKind,
  names: { readonly from: string; readonly to: string },
): Promise<number> {
  const { session } = context;
  const from = await loadService(session, names.from);
  const to = await loadService(session, names.to);
  if (from.handle === to.handle) throw failure('can not add/remove a dependency from a service to itself');
  const request = kind === 'add-dep' ? 'add-dependency' : 'remove-dependency';
  const reply = await session.ask({
    kind: request,
    dependency: linkKinds[dependency],
    from: from.handle,
    to: to.handle,
  });
  if (reply.kind === 'nak') {
    throw failure(
      kind === 'add-dep'
        ? 'could not add dependency: circular dependency or wrong state'
        : 'no such dependency to remove',
    );
  }
  if (reply.kind !== 'ack') throw session.violation(request);
  inform(context, `Service '${names.from}': dependency '${names.to}' ${kind === 'add-dep' ? 'added' : 'removed'}\n`);
  return 0;
}

export async function runTrigger({ session }: Context, name: string, isSet: boolean): Promise<number> {
  session.requireVersion(2);
  const { handle } = await loadService(session, name);
  const reply = await session.ask({ kind: 'set-trigger', handle, value: isSet ? 1 : 0 });
  if (reply.kind === 'nak') throw failure("cannot trigger a service that is not of 'triggered' type.");
  if (reply.kind !== 'ack') throw session.violation('set-trigger');
  return 0;
}

/** One request each, in order; the first that fails ends it. */
export async function runSetEnvironment(context: Context, variables: readonly string[]): Promise<number> {
  for (const written of variables) {
    const equals = written.indexOf('=');
    const name = equals < 0 ? written : written.slice(0, equals);
    const value = equals < 0 ? (context.environment[name] ?? '') : written.slice(equals + 1);
    await change(context, name, `${name}=${value}`);
  }
  return 0;
}

export async function runUnsetEnvironment(context: Context, names: readonly string[]): Promise<number> {
  for (const name of names) {
    if (name.includes('=')) throw failure(`environment variable '${name}' must not contain the '=' sign.`);
    await change(context, name, name);
  }
  return 0;
}

async function change({ session }: Context, name: string, assignment: string): Promise<void> {
  const text = Buffer.from(assignment);
  if (text.length > longestRequestText) throw failure(`environment variable '${name}' too long.`);
  const reply = await session.ask({ kind: 'set-environment', text });
  if (reply.kind === 'bad-request' || reply.kind === 'nak') throw failure('failed to export environment.');
  if (reply.kind !== 'ack') throw session.violation('set-environment');
}

export async function runLog({ session, options, output }: Context, name: string): Promise<number> {
  session.requireVersion(2);
  const { handle } = await loadService(session, name);
  const reply = await session.ask({ kind: 'read-log', flags: options.clears ? logFlags.clear : 0, handle });
  if (reply.kind === 'nak') throw failure('cannot cat log for service not configured to buffer output.');
  if (reply.kind !== 'log') throw session.violation('read-log');
  output.out(reply.log);
  const newline = 10;
  if (reply.log.length > 0 && reply.log.at(-1) !== newline) {
    output.out('\n(last line is truncated or incomplete)\n');
  }
  return 0;
}

export async function runSignal({ session }: Context, signal: number, name: string): Promise<number> {
  session.requireVersion(2);
  const { handle } = await loadService(session, name);
  const reply = await session.ask({ kind: 'signal', signal, handle });
  switch (reply.kind) {
    case 'ack':
      return 0;
    case 'no-process':
      throw failure('could not get valid PID of service; service is not process-based or is in wrong state.');
    case 'bad-signal':
      throw failure('provided signal was invalid.');
    case 'kill-failed':
      throw failure('failed sending signal to service.');
    case 'nak':
    case 'bad-request':
    case 'out-of-memory':
      throw session.violation('signal');
    default:
      return reply satisfies never;
  }
}
