/** `dinitctl enable` and `disable`, with a daemon and without one. */
import { linkKinds } from '../../dinit/words.ts';
import { type DinitStatus, fromStatus } from '../../dinit/service-status.ts';
import { systemText } from '../../dinit/description-text.ts';
import { DiskFiles } from '../../service/disk-files.ts';
import { applyEnvironment } from '../../service/environment-file.ts';
import { joinPath } from '../../service/paths.ts';
import { parseEnvironment, readEnvironmentFile } from '../environment-file.ts';
import { serviceDirectories, systemEnvironmentFile } from '../instance-defaults.ts';
import type { Output } from '../output.ts';
import type { Options } from './command-line.ts';
import { type Context, inform } from './context.ts';
import { baseName, queryDescriptionFile } from './description-file.ts';
import {
  chooseFrom,
  type DescriptionPlace,
  type EnableLink,
  findLink,
  isLinked,
  type LinkOptions,
  makeLink,
  removeLink,
} from './enable-link.ts';
import { eventOf, type SeenEvent } from './service-event.ts';
import { type LoadedService, loadService, queryShortStatus } from './services.ts';
import { deciding, report, waitForEvent } from './wait.ts';
import { failure } from './words.ts';

export interface EnableCommand {
  readonly kind: 'enable' | 'disable';
  readonly from: string | undefined;
  readonly to: string;
}

function checkFrom({ from }: EnableCommand): void {
  if (from?.includes('@')) throw failure('cannot enable/disable from a service with argument (service@arg).');
}

function doneText({ kind, to }: EnableCommand): string {
  return `Service '${to}' has been ${kind}d.\n`;
}

// Without a daemon

interface OfflineSurroundings {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
}

export function runEnableOffline(
  command: EnableCommand,
  options: Options,
  { output, environment, uid }: OfflineSurroundings,
): number {
  checkFrom(command);
  const files = new DiskFiles();
  const isUser = options.isUser ?? uid !== 0;
  const directories =
    options.serviceDirectories.length > 0 ? options.serviceDirectories : serviceDirectories(isUser, environment);
  const linkOptions: LinkOptions = { files, environment: offlineEnvironment(options, files) };
  const to = locate(command.to, directories, files, `target service '${command.to}'`);
  const fromName = chooseFrom(command.from, to, linkOptions);
  const from = locate(fromName, directories, files, `service '${fromName}'`);
  const link = findLink(from, to, linkOptions);
  if (command.kind === 'enable' && isLinked(link)) throw failure('service already enabled.');
  const complaint = command.kind === 'enable' ? makeLink(link) : removeLink(link);
  if (complaint !== undefined) throw failure(complaint);
  inform({ options, output }, doneText(command));
  return 0;
}

/** Only what the environment file says: our own variables are not the daemon's. */
function offlineEnvironment({ isUser }: Options, files: DiskFiles): ReadonlyMap<string, string> {
  if (isUser === true) return new Map();
  const reading = readEnvironmentFile(systemEnvironmentFile, files);
  if (reading.kind === 'refused') {
    throw failure(`cannot read environment file '${systemEnvironmentFile}' :${systemText(reading.why)}`);
  }
  return reading.kind === 'read' ? applyEnvironment(reading.steps, new Map()) : new Map();
}

function locate(name: string, directories: readonly string[], files: DiskFiles, what: string): DescriptionPlace {
  for (const directory of directories) {
    const file = joinPath(directory, baseName(name));
    const content = files.readRegularFile(file);
    if (content.kind === 'absent') continue;
    if (content.kind === 'file') return { name, file };
    if (content.isThere) {
      throw failure(`could not read service description file '${file}': ${systemText(content.text)}`);
    }
  }
  throw failure(`could not locate service file for ${what}`);
}

// With a daemon

export async function runEnableOnline(context: Context, command: EnableCommand): Promise<number> {
  checkFrom(command);
  const { session } = context;
  session.requireVersion(3);
  const reply = await session.ask({ kind: 'get-environment', reserved: 0 });
  if (reply.kind !== 'environment') throw session.violation('get-environment');
  const options: LinkOptions = { files: new DiskFiles(), environment: parseEnvironment(reply.environment) };
  const to = await load(context, command.to);
  const from = await load(context, chooseFrom(command.from, to.place, options));
  const link = findLink(from.place, to.place, options);
  return command.kind === 'enable'
    ? await enable(context, command, { from: from.service, to: to.service, link })
    : await disable(context, command, { from: from.service, to: to.service, link });
}

interface Pair {
  readonly from: LoadedService;
  readonly to: LoadedService;
  readonly link: EnableLink;
}

async function load(
  { session }: Context,
  name: string,
): Promise<{ readonly service: LoadedService; readonly place: DescriptionPlace }> {
  const service = await loadService(session, name);
  return { service, place: { name, file: await queryDescriptionFile(session, name, service.handle) } };
}

async function enable(context: Context, command: EnableCommand, { from, to, link }: Pair): Promise<number> {
  const { session, options, output } = context;
  if (isLinked(link)) throw failure('service already enabled.');
  if (from.state !== 'started' && !options.isQuiet) {
    output.err('dinitctl: warning: enabling dependency for non-started service\n');
  }
  const kind = session.version >= 7 ? 'enable-7' : 'enable';
  const reply = await session.ask({ kind, dependency: linkKinds['waits-for'], from: from.handle, to: to.handle });
  if (reply.kind === 'nak') throw failure('could not enable service: possible circular dependency');
  if (reply.kind !== 'ack' && reply.kind !== 'status-6') throw session.violation(kind);
  const seen = eventsSeen(context, to.handle);
  finish(makeLink(link), 'enable');
  let status: DinitStatus | undefined;
  if (reply.kind === 'status-6') {
    status = fromStatus(reply);
    if (!status) throw session.violation(kind);
  } else {
    status = await queryShortStatus(session, to.handle);
    seen.push(...eventsSeen(context, to.handle));
  }
  inform(context, doneText(command));
  return await started(context, to, status, seen);
}

/** Waits for the start that the link has caused, if any. */
async function started(
  { session, options, output }: Context,
  { name, handle }: LoadedService,
  { state, target }: DinitStatus,
  seen: readonly SeenEvent[],
): Promise<number> {
  if (state === 'started' || !options.isWaiting) return 0;
  if (target === 'started') {
    const event = await waitForEvent(session, handle, 'start');
    return report(output, options.isQuiet, name, 'start', event) ? 0 : 1;
  }
  const failed = deciding('start', seen.toReversed());
  if (!failed || failed.event === 'started') return 0;
  return report(output, options.isQuiet, name, 'start', failed) ? 0 : 1;
}

async function disable(context: Context, command: EnableCommand, { from, to, link }: Pair): Promise<number> {
  const { session, options, output } = context;
  const reply = await session.ask({
    kind: 'remove-dependency',
    dependency: linkKinds['waits-for'],
    from: from.handle,
    to: to.handle,
  });
  if (reply.kind === 'nak') throw failure('service not currently enabled');
  if (reply.kind !== 'ack') throw session.violation('remove-dependency');
  finish(removeLink(link), 'disable');
  const { target } = await queryShortStatus(session, to.handle);
  inform(context, doneText(command));
  if (target === 'started' && !options.isQuiet) {
    output.err('dinitctl: note: disabled service may have other dependents\n');
  }
  return 0;
}

function eventsSeen({ session }: Context, handle: number): SeenEvent[] {
  return session.connection.takeEarlier().flatMap((each) => eventOf(each, handle) ?? []);
}

/** The daemon has done its part; only the link on disk is missing, or is still there. */
function finish(complaint: string | undefined, what: 'enable' | 'disable'): void {
  if (complaint === undefined) return;
  throw failure(complaint, `note: service was ${what}d for now; persistent ${what} failed.`);
}
