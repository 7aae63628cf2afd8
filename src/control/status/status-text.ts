/** What `status` says of one service: asks the daemon for all of it, and puts it together. */
import type { ReeveClient } from '../../api/client.ts';
import type { DependencyStatus } from '../../api/service-status.ts';
import type { Context } from '../session/context.ts';
import { lastOutput } from '../session/explain.ts';
import { statusLines } from './status-lines.ts';

/** @param lines Of its output. */
export async function statusText(
  context: Context,
  reeve: ReeveClient,
  name: string,
  lines: number,
): Promise<readonly string[]> {
  const service = await reeve.status(name);
  const links = [...service.dependencies, ...service.dependents];
  const [steps, failed, lastLines] = await Promise.all([
    reeve.why(name),
    failedOf(reeve, links),
    lines > 0 ? lastOutput(reeve, name, lines) : [],
  ]);
  const { out, now, processes } = context.surroundings;
  return statusLines({ service, steps, failed, lastLines, processes, output: out, now: now() });
}

async function failedOf(reeve: ReeveClient, links: readonly DependencyStatus[]): Promise<ReadonlySet<string>> {
  const stopped = links.filter(({ state }) => state === 'stopped').map(({ name }) => name);
  if (stopped.length === 0) return new Set();
  const services = await reeve.list(stopped);
  return new Set(services.filter(({ isFailed }) => isFailed).map(({ name }) => name));
}
