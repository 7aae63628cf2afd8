/**
 * From a description back to a service file that says the same.
 *
 * Only what differs from the default is printed. The environment is not part of the format, so it goes into an environment file of its own, which
 * the caller puts where it names it. A dependency that came from a directory is printed as that directory.
 */
import type { Dependency, Identity, LimitValue, LogRules, ServiceDescription, SocketRules } from './description.ts';
import { defaults } from './describe.ts';
import { termSignals } from './forms.ts';
import { formatSeconds } from './numbers.ts';
import { directoryPart } from './paths.ts';
import { quoteText, quoteWords } from './quoting.ts';

/**
 * @param environmentFile where the result of `printEnvironment` will be; needed when the description has environment steps
 * @throws {UnprintableError} when a value holds a newline in a place where the format has no way to write one
 */
export function printDescription(description: ServiceDescription, environmentFile?: string): string {
  const lines = [
    ...identityLines(description, environmentFile),
    ...dependencyLines(description),
    ...restartLines(description),
    ...processLines(description),
    ...logLines(description.log),
    ...socketLines(description.socket),
    ...optionLines(description),
  ];
  return `${lines.join('\n')}\n`;
}

function identityLines(description: ServiceDescription, environmentFile: string | undefined): readonly string[] {
  const { type, command, stopCommand, workingDirectory, directory, pidFile, chainTo, consumerOf, enableVia } =
    description;
  return [
    ...(enableVia === undefined ? [] : [`@meta enable-via ${enableVia}`]),
    `type = ${type}`,
    ...(command.length === 0 ? [] : [`command = ${quoteWords(command)}`]),
    ...(stopCommand.length === 0 ? [] : [`stop-command = ${quoteWords(stopCommand)}`]),
    ...(workingDirectory === directory ? [] : [substituted('working-dir', workingDirectory)]),
    ...(environmentFile === undefined || description.environment.length === 0
      ? []
      : [substituted('env-file', environmentFile)]),
    ...(pidFile === undefined ? [] : [substituted('pid-file', pidFile)]),
    ...(chainTo === undefined ? [] : [substituted('chain-to', chainTo)]),
    ...(consumerOf === undefined ? [] : [substituted('consumer-of', consumerOf)]),
  ];
}

/** A run of entries of one directory becomes one line; directories without entries stand where the list of directories has them. */
function dependencyLines(description: ServiceDescription): readonly string[] {
  const lines: string[] = [];
  const pending = [...description.waitsForDirectories];
  const takeDirectories = (upTo: string | undefined): void => {
    while (pending.length > 0 && (upTo === undefined || pending.includes(upTo))) {
      const directory = pending.shift() ?? '';
      if (directory === upTo) return;
      lines.push(directoryLine('waits-for', directory, description.directory));
    }
  };
  let before: Dependency | undefined;
  for (const dependency of description.dependencies) {
    const { kind, name, directoryEntry } = dependency;
    if (directoryEntry === undefined) lines.push(`${kind}: ${quoteText(name, true)}`);
    else if (!isSameRun(before, dependency)) {
      const directory = directoryPart(directoryEntry);
      if (kind === 'waits-for') takeDirectories(directory);
      lines.push(directoryLine(kind, directory, description.directory));
    }
    before = dependency;
  }
  takeDirectories(undefined);
  return lines;
}

/** Entries of one reading of a directory are in order: a name that is not behind the one before begins a second reading. */
function isSameRun(before: Dependency | undefined, dependency: Dependency): boolean {
  if (before?.directoryEntry === undefined || dependency.directoryEntry === undefined) return false;
  return (
    before.kind === dependency.kind &&
    directoryPart(before.directoryEntry) === directoryPart(dependency.directoryEntry) &&
    before.name < dependency.name
  );
}

function directoryLine(kind: string, directory: string, base: string): string {
  const path = directory.startsWith(`${base}/`) ? directory.slice(base.length + 1) : directory;
  return `${kind}.d: ${quoteText(path, true)}`;
}

function restartLines({ restart, startTimeout, stopTimeout }: ServiceDescription): readonly string[] {
  const { mode, smoothRecovery, delay, limitInterval, limitCount } = restart;
  return [
    ...(mode === defaults.restart ? [] : [`restart = ${mode}`]),
    ...(smoothRecovery ? ['smooth-recovery = yes'] : []),
    ...seconds('restart-delay', delay, defaults.restartDelay),
    ...seconds('restart-limit-interval', limitInterval, defaults.restartLimitInterval),
    ...number('restart-limit-count', limitCount, defaults.restartLimitCount),
    ...seconds('start-timeout', startTimeout, defaults.startTimeout),
    ...seconds('stop-timeout', stopTimeout, defaults.stopTimeout),
  ];
}

function processLines(description: ServiceDescription): readonly string[] {
  const { runAs, umask, nice, ioPriority, oomScoreAdjust, limits, readiness, termSignal } = description;
  const { cgroup, capabilities, securebits, inittabId, inittabLine } = description;
  return [
    ...identity('run-as', runAs),
    ...(umask === undefined ? [] : [`umask = ${octal(umask)}`]),
    ...number('nice', nice),
    ...(ioPriority === undefined ? [] : [`ioprio = ${ioPriorityText(ioPriority)}`]),
    ...number('oom-score-adj', oomScoreAdjust),
    ...limits.map(({ resource, soft, hard }) => `rlimit-${resource} = ${limit(soft)}:${limit(hard)}`),
    ...(cgroup === undefined ? [] : [`run-in-cgroup = ${quoteText(cgroup)}`]),
    ...(capabilities === undefined ? [] : [`capabilities = ${capabilities}`]),
    ...(securebits.length === 0 ? [] : [`securebits = ${securebits.join(' ')}`]),
    ...(readiness === undefined
      ? []
      : [
          readiness.kind === 'descriptor'
            ? `ready-notification = pipefd:${readiness.descriptor}`
            : `ready-notification = ${quoteText(`pipevar:${readiness.variable}`)}`,
        ]),
    ...(termSignal === defaults.termSignal ? [] : [`term-signal = ${signalName(termSignal)}`]),
    ...(inittabId === undefined ? [] : [`inittab-id = ${quoteText(inittabId)}`]),
    ...(inittabLine === undefined ? [] : [`inittab-line = ${quoteText(inittabLine)}`]),
  ];
}

function logLines(log: LogRules): readonly string[] {
  return [
    ...(log.type === 'none' ? [] : [`log-type = ${log.type}`]),
    ...(log.file === undefined ? [] : [substituted('logfile', log.file)]),
    ...(log.mode === defaults.logPermissions ? [] : [`logfile-permissions = ${octal(log.mode)}`]),
    ...identity('logfile-uid', log.owner),
    ...identity('logfile-gid', log.group),
    ...number('log-buffer-size', log.bufferSize, defaults.logBufferSize),
    ...number('log-rotate-size', log.rotateSize, defaults.logRotateSize),
    ...number('log-rotate-count', log.rotateCount, defaults.logRotateCount),
    ...(log.timestamps ? ['log-timestamps = yes'] : []),
  ];
}

function socketLines(socket: SocketRules | undefined): readonly string[] {
  if (!socket) return [];
  const { address, mode, owner, group } = socket;
  const host = address.kind === 'tcp' && address.host.includes(':') ? `[${address.host}]` : '';
  return [
    address.kind === 'unix'
      ? substituted('socket-listen', address.path)
      : `socket-listen = tcp:${host === '' ? address.host : host}:${address.port}`,
    ...(mode === defaults.socketPermissions ? [] : [`socket-permissions = ${octal(mode)}`]),
    ...identity('socket-uid', owner),
    ...identity('socket-gid', group),
  ];
}

function optionLines({ console: use, options }: ServiceDescription): readonly string[] {
  const words = [
    ...{ none: [], shares: ['shares-console'], starts: ['starts-on-console'], runs: ['runs-on-console'] }[use],
    ...(options.unmaskInterrupt ? ['unmask-intr'] : []),
    ...(options.startsRwfs ? ['starts-rwfs'] : []),
    ...(options.startsLog ? ['starts-log'] : []),
    ...(options.passControlSocket ? ['pass-cs-fd'] : []),
    ...(options.startInterruptible ? ['start-interruptible'] : []),
    ...(options.skippable ? ['skippable'] : []),
    ...(options.signalProcessOnly ? ['signal-process-only'] : []),
    ...(options.alwaysChain ? ['always-chain'] : []),
    ...(options.killAllOnStop ? ['kill-all-on-stop'] : []),
    ...(options.noNewPrivs ? ['no-new-privs'] : []),
  ];
  return words.length === 0 ? [] : [`options: ${words.join(' ')}`];
}

/** A setting in which variables are replaced, so a dollar is written twice. */
function substituted(name: string, text: string): string {
  return `${name} = ${quoteText(text, true)}`;
}

function seconds(name: string, value: number, standard: number): readonly string[] {
  return value === standard ? [] : [`${name} = ${formatSeconds(value)}`];
}

function number(name: string, value: number | undefined, standard?: number): readonly string[] {
  return value === undefined || value === standard ? [] : [`${name} = ${value}`];
}

function identity(name: string, value: Identity | undefined): readonly string[] {
  if (value === undefined) return [];
  return [`${name} = ${value.kind === 'name' ? quoteText(value.name) : value.id}`];
}

function limit(value: LimitValue): string {
  if (value === 'keep') return '';
  return value === 'unlimited' ? '-' : String(value);
}

function ioPriorityText({ class: ioClass, level }: NonNullable<ServiceDescription['ioPriority']>): string {
  return { 0: 'none', 1: `realtime:${level}`, 2: `best-effort:${level}`, 3: 'idle' }[ioClass];
}

function signalName(signal: number | null): string {
  for (const [name, number] of termSignals) if (number === signal) return name;
  return 'none';
}

function octal(value: number): string {
  return value.toString(8).padStart(3, '0');
}
