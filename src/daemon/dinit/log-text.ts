/** Lines of dinit's log that no notice of the engine stands behind. Pure. */
import { errorText } from '../../dinit/error-text.ts';
import { type LoadPurpose, loadFailureLine, reloadFailureText } from '../../dinit/load-failure-text.ts';
import type { LoadFailure } from '../../service/description.ts';
import type { NoticeLevel } from '../engine/action.ts';
import type { Refusal } from '../service-manager.ts';

export interface LogText {
  readonly level: NoticeLevel;
  readonly text: string;
}

/**
 * What could not be loaded, and why: what was needed first, then what needed it, the service that was asked for last.
 * @param directories The service directories.
 */
export function loadFailureTexts(
  asked: string,
  failures: readonly LoadFailure[],
  purpose: LoadPurpose,
  directories: readonly string[],
): readonly LogText[] {
  const line = (failure: LoadFailure): LogText => ({
    level: 'error',
    text: loadFailureLine(failure, failure.name === asked ? purpose : 'request', directoryOf(failure, directories)),
  });
  const others = failures.filter(({ name }) => name !== asked);
  return [...others, ...failures.filter(({ name }) => name === asked)].map(line);
}

/** The service directory that the description is in, as far as its first problem tells. */
function directoryOf({ problems }: LoadFailure, directories: readonly string[]): string | undefined {
  const [first] = problems;
  return directories.find(
    (directory) => first?.origin?.file.startsWith(`${directory}/`) ?? first?.message.includes(` ${directory}/`),
  );
}

export function reloadRefusedText(name: string, refusal: Refusal): LogText {
  return { level: 'error', text: `Could not reload service ${name}: ${refusalText(refusal)}` };
}

const cycleText = 'has cyclic dependency.';
const dependencyText = 'could not load dependency.';

export function reloadFailedText(name: string, failures: readonly LoadFailure[]): LogText {
  const own = failures.find((failure) => failure.name === name) ?? { name, problems: [] };
  const text = reloadFailureText(own);
  // dinit, which has the others loaded, meets a cycle in the service that it reloads, wherever it is closed.
  const cycle = failures.map(reloadFailureText).find((each) => each === cycleText);
  return {
    level: 'error',
    text: `Could not reload service ${name}: ${text === dependencyText ? (cycle ?? text) : text}`,
  };
}

export function chainFailedText(target: string, failures: readonly LoadFailure[]): LogText {
  const own = failures.find((failure) => failure.name === target) ?? { name: target, problems: [] };
  return {
    level: 'error',
    text: `Couldn't chain to service ${target}: couldn't load ${target}: ${reloadFailureText(own)}`,
  };
}

export const badSignalText: LogText = { level: 'error', text: 'Requested signal not in valid signal range.' };

export function signalFailedText(errno: number): LogText {
  return { level: 'error', text: `Error sending signal to process: ${errorText(errno)}` };
}

/** What the engine says, as dinit says it. */
const incompatibilities: readonly (readonly [part: string, text: string])[] = [
  ['cannot change its type', 'cannot change type of non-stopped service.'],
  [
    'cannot change its use of the console',
    'cannot change starts_on_console/shares_console flags for a running service.',
  ],
  ['cannot change its pid file', 'cannot change pid_file for running service.'],
  ['cannot change inittab', 'cannot change inittab-id or inittab-line settings for running service.'],
  ['cannot change its log-type', 'cannot change log-type for running service.'],
  [
    'is consumer of its output, but it has no process',
    'service has output consumer; service type must correspond to output-producing service (process, bgprocess, or scripted)',
  ],
  [
    "is consumer of its output, but it does not have 'log-type = pipe'",
    "service has output consumer; log type must be set to 'pipe'",
  ],
  ['cannot change whose output', "cannot change consumed service ('consumer-of') when not stopped"],
];

function refusalText(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'wrong-state':
      return 'cannot alter settings for service which is currently starting/stopping.';
    case 'cycle':
      return cycleText;
    case 'incompatible': {
      const dependency = /^cannot depend on '(.*)', which is not started$/.exec(refusal.text)?.[1];
      if (dependency !== undefined) return `cannot add non-started dependency '${dependency}'.`;
      return incompatibilities.find(([part]) => refusal.text.includes(part))?.[1] ?? refusal.text;
    }
    case 'in-use':
    case 'not-allowed':
      return refusal.text;
    case 'not-loaded':
    case 'pinned-stopped':
    case 'pinned-started':
    case 'dependents':
    case 'not-started':
    case 'no-active-dependents':
    case 'shutting-down':
    case 'not-triggered':
    case 'no-such-dependency':
    case 'no-process':
      return refusal.kind;
    default:
      return refusal satisfies never;
  }
}
