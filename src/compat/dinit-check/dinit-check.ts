/** The check as a whole: which services, in which order, and what they say about each other. */
import { systemText } from '../../dinit/description-text.ts';
import { applyEnvironment } from '../../service/environment-file.ts';
import { DiskFiles } from '../../service/disk-files.ts';
import type { UserDatabase } from '../../service/users.ts';
import { processEnvironment, readEnvironmentFile } from '../environment-file.ts';
import { Failure } from '../failure.ts';
import { serviceDirectories, systemEnvironmentFile } from '../instance-defaults.ts';
import type { Output } from '../output.ts';
import { socketPath } from '../socket-path.ts';
import type { CheckedService } from './checked-service.ts';
import { type CheckOptions, parseCommandLine, program } from './command-line.ts';
import { findCycle, linkTable } from './cycle.ts';
import { helpText } from './help.ts';
import { askDaemon, type DaemonFacts } from './online.ts';
import { type ReadOptions, readService } from './read-service.ts';
import { Report } from './report.ts';

export interface Surroundings {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly users: UserDatabase;
}

/** @returns the exit status. @throws {Failure} */
export async function runCheck(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const options = parseCommandLine(args);
  if (options.kind === 'help') {
    surroundings.output.out(helpText);
    return 0;
  }
  const report = new Report(surroundings.output);
  const files = new DiskFiles();
  const facts = options.isOnline
    ? await askRunning(options, surroundings)
    : assumed(options, surroundings, files, report);
  const named = options.services.length > 0 ? options.services : ['boot'];
  const readOptions = {
    ...facts,
    files,
    users: surroundings.users,
    effectiveUid: surroundings.uid,
    isOnline: options.isOnline,
  };
  const { services, tooDeep } = readClosure(named, readOptions, report);
  report.say('Performing secondary checks...');
  checkConsumers(services, report);
  for (const name of tooDeep) {
    report.note(`Service '${name}' exceeds maximum allowed dependency depth (${largestDepth}).`);
  }
  const cycle = findCycle(named, linkTable(services));
  if (cycle) report.finding(['Found dependency cycle:', ...cycle].join('\n'));
  report.note('Secondary checks complete.');
  report.say(report.hasFindings ? 'One or more errors/warnings issued.' : 'No problems found.');
  return report.hasFindings ? 1 : 0;
}

/** What dinit's daemon would load. */
const largestDepth = 32;

interface Closure {
  readonly services: ReadonlyMap<string, CheckedService>;
  /** Services beyond the largest depth; what they need is not looked at. */
  readonly tooDeep: readonly string[];
}

/** The services named and all they need, breadth first. */
function readClosure(named: readonly string[], options: ReadOptions, report: Report): Closure {
  const services = new Map<string, CheckedService>();
  const tooDeep: string[] = [];
  const depths = new Map(named.map((name) => [name, 0]));
  const queue = [...named];
  for (const name of queue) {
    report.say(`Checking service: ${name}...`);
    const service = readService(name, options, report);
    if (!service) continue;
    services.set(name, service);
    const depth = (depths.get(name) ?? 0) + 1;
    if (depth > largestDepth + 1) {
      tooDeep.push(name);
      continue;
    }
    const { links, consumerOf } = service;
    for (const other of [...links.map((link) => link.name), ...(consumerOf === undefined ? [] : [consumerOf])]) {
      if (depths.has(other)) continue;
      depths.set(other, depth);
      queue.push(other);
    }
  }
  return { services, tooDeep };
}

async function askRunning(options: CheckOptions, { environment, uid }: Surroundings): Promise<DaemonFacts> {
  const path = socketPath({ path: options.socketPath, isUser: options.isUser ?? uid !== 0 }, environment);
  if (path === undefined) {
    throw Failure.of(
      program,
      'cannot locate user home directory (set XDG_RUNTIME_DIR, HOME, check /etc/passwd file, or specify socket path via -p)',
    );
  }
  return await askDaemon(path);
}

/** Without a daemon: the directories given or the usual ones, and our own environment changed by the file. */
function assumed(
  options: CheckOptions,
  { environment, uid }: Surroundings,
  files: DiskFiles,
  report: Report,
): DaemonFacts {
  const isUser = options.isUser ?? uid !== 0;
  const directories =
    options.serviceDirectories.length > 0 ? options.serviceDirectories : serviceDirectories(isUser, environment);
  const own = processEnvironment(environment);
  const path = options.environmentFile ?? (isUser ? undefined : systemEnvironmentFile);
  if (path === undefined) return { directories, environment: own };
  const reading = readEnvironmentFile(path, files);
  switch (reading.kind) {
    case 'absent':
      return { directories, environment: own };
    case 'refused':
      throw Failure.of(program, `error reading environment file ${path}: ${systemText(reading.why)}`);
    case 'read':
      for (const { message, origin } of reading.warnings) {
        const what = message.startsWith('unknown command') ? 'bad command' : 'invalid environment variable setting';
        report.note(`${program}: warning: ${what} in environment file ${path} (line ${origin?.line ?? 0})`);
      }
      return { directories, environment: applyEnvironment(reading.steps, own) };
    default:
      return reading satisfies never;
  }
}

function checkConsumers(services: ReadonlyMap<string, CheckedService>, report: Report): void {
  for (const { name, consumerOf } of services.values()) {
    if (consumerOf === undefined) continue;
    const producer = services.get(consumerOf);
    const about = `specified as consumer of service '${consumerOf}' which`;
    if (!producer) {
      report.note(`Warning: Service '${name}' ${about} was not found.`);
    } else if (producer.type === 'internal' || producer.type === 'triggered') {
      report.finding(`Service '${name}': ${about} is not a process-based service.`);
    } else if (producer.logType !== 'pipe') {
      report.finding(`Service '${name}': ${about} has log-type that is not 'pipe'.`);
    }
  }
}
