/**
 * Why a service failed, beyond the first line: the way from the service that was asked for to the one that is at fault, what that one printed last,
 * and where to look further.
 */
import type { ReeveClient } from '../../api/client.ts';
import { ControlError } from '../../api/control-error.ts';
import { reasonText } from '../../api/event-text.ts';
import type { ServiceEvent, ServiceStatus } from '../../api/service-status.ts';
import { renderProblem } from '../../service/problem-text.ts';
import { suggest } from '../../service/suggestion.ts';
import { oneLine, quotedOutput } from '../output/text.ts';

const shownLines = 10;
const shownBytes = 4 * 1024;
const longestChain = 16;

/** Indented lines; none when there is nothing to add. */
export async function explain(reeve: ReeveClient, error: unknown): Promise<readonly string[]> {
  if (!(error instanceof ControlError)) return [];
  const { problem } = error;
  switch (problem.kind) {
    case 'service-not-loaded':
      return await similarNames(reeve, problem.name);
    case 'service-not-found':
      return problem.problems.flatMap(({ expected, advice }) =>
        [...(expected === undefined ? [] : [`expected ${expected}`]), ...(advice === undefined ? [] : [advice])].map(
          indented,
        ),
      );
    case 'load-failed':
      return problem.failures.flatMap(({ name, problems }) =>
        problems.map((each) => indented(renderProblem(name, each))),
      );
    case 'failed':
      return await explainFailure(reeve, problem.name, problem.event);
    default:
      return [];
  }
}

async function similarNames(reeve: ReeveClient, name: string): Promise<readonly string[]> {
  const loaded = await reeve.list();
  const near = suggest(
    name,
    loaded.map((service) => service.name),
  );
  return near === undefined ? [] : [`    did you mean ${near}?`];
}

async function explainFailure(reeve: ReeveClient, name: string, event: ServiceEvent): Promise<readonly string[]> {
  const chain = event.because === undefined ? [] : await followChain(reeve, event.because);
  const culprit = chain.at(-1)?.name ?? name;
  const output = await lastOutput(reeve, culprit);
  return [
    ...chain.map((status) => indented(`${status.name}: ${failedText(status)}`)),
    ...(output.length === 0 ? [] : [`    last output of ${culprit}:`, ...output.map((line) => `      | ${line}`)]),
    `    see: reevectl status ${culprit}`,
  ];
}

/** From the dependency that failed down to the one that failed by itself. */
async function followChain(reeve: ReeveClient, first: string): Promise<readonly ServiceStatus[]> {
  const chain: ServiceStatus[] = [];
  for (let name: string | undefined = first; name !== undefined && chain.length < longestChain;) {
    const status: ServiceStatus | undefined = await statusOf(reeve, name);
    if (!status || chain.some((each) => each.name === status.name)) break;
    chain.push(status);
    name = status.stopReason === 'dependency-failed' ? await failedDependency(reeve, status) : undefined;
  }
  return chain;
}

async function failedDependency(reeve: ReeveClient, status: ServiceStatus): Promise<string | undefined> {
  const names = status.dependencies
    .filter(({ kind, state }) => kind !== 'before' && kind !== 'after' && kind !== 'waits-for' && state === 'stopped')
    .map(({ name }) => name);
  const found = await reeve.list(names);
  return found.find(({ isFailed }) => isFailed)?.name;
}

async function statusOf(reeve: ReeveClient, name: string): Promise<ServiceStatus | undefined> {
  try {
    return await reeve.status(name);
  } catch {
    // It may have been unloaded meanwhile: then there is nothing more to tell.
    return undefined;
  }
}

function failedText(status: ServiceStatus): string {
  const reason = reasonText(status);
  return reason === '' ? status.state : `failed: ${reason}`;
}

/** The last lines that a service wrote, if they are kept. */
export async function lastOutput(reeve: ReeveClient, name: string, lines = shownLines): Promise<readonly string[]> {
  let text = '';
  try {
    for await (const { bytes } of reeve.readLog(name, { lastBytes: shownBytes })) text += bytes.toString();
  } catch {
    return [];
  }
  return text
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .filter((line, _index, all) => all.length > 1 || line !== '')
    .map(quotedOutput);
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${oneLine(line)}`)
    .join('\n');
}
