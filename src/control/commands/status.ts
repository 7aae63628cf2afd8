/** status: everything about a service; without one, all of them at a glance. */
import type { ReeveClient } from '../../api/client.ts';
import type { DependencyStatus } from '../../api/service-status.ts';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { eachService, type Told } from '../session/each-service.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { lastOutput } from '../session/explain.ts';
import { overviewLines, worstFirst } from './overview.ts';
import { statusLines } from './status-lines.ts';

export const status: CommandDefinition = {
  name: 'status',
  group: 'look',
  summary: 'everything about services: state, reason, processes, dependencies, last output',
  description: 'Without a service: all of them on one screen, those that need attention first.',
  examples: [
    { command: 'reevectl status', meaning: 'how everything is' },
    { command: 'reevectl status web', meaning: 'what web is doing, and why' },
    { command: 'reevectl status web --json', meaning: 'the same for programs' },
  ],
  define: (command) =>
    void command
      .argument('[NAME...]', 'services')
      .option('-n, --lines <COUNT>', 'lines of output to show', (text) => Number.parseInt(text, 10), 5),
  run: (context, command) => {
    if (command.args.length === 0) return overview(context);
    const { lines } = command.opts<{ readonly lines: number }>();
    return eachService(context, command.args, (reeve, name) => one(context, reeve, name, lines));
  },
};

async function overview(context: Context): Promise<ExitCode> {
  const reeve = await context.connect();
  const [info, services] = await Promise.all([reeve.info(), reeve.list()]);
  const { out, now, processes } = context.surroundings;
  context.print({ daemon: info, services: worstFirst(services) });
  context.show(overviewLines(info, services, processes, out, now()));
  return exitCodes.ok;
}

async function one(context: Context, reeve: ReeveClient, name: string, lines: number): Promise<Told> {
  const service = await reeve.status(name);
  if (context.isJson) return { document: service };
  const links = [...service.dependencies, ...service.dependents];
  const [steps, failed, output] = await Promise.all([
    reeve.why(name),
    failedOf(reeve, links),
    lines > 0 ? lastOutput(reeve, name, lines) : [],
  ]);
  const { out, now, processes } = context.surroundings;
  context.show(statusLines({ service, steps, failed, lastLines: output, processes, output: out, now: now() }));
  return {};
}

async function failedOf(reeve: ReeveClient, links: readonly DependencyStatus[]): Promise<ReadonlySet<string>> {
  const stopped = links.filter(({ state }) => state === 'stopped').map(({ name }) => name);
  if (stopped.length === 0) return new Set();
  const services = await reeve.list(stopped);
  return new Set(services.filter(({ isFailed }) => isFailed).map(({ name }) => name));
}
