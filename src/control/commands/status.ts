/** status: everything about a service. */
import type { ReeveClient } from '../../api/client.ts';
import type { DependencyStatus } from '../../api/service-status.ts';
import type { CommandDefinition } from '../session/command.ts';
import { eachService } from '../session/each-service.ts';
import { lastOutput } from '../session/explain.ts';
import { statusLines } from './status-lines.ts';

export const status: CommandDefinition = {
  name: 'status',
  group: 'look',
  summary: 'everything about services: state, reason, process, dependencies, last output',
  examples: [
    { command: 'reevectl status web', meaning: 'what web is doing, and why' },
    { command: 'reevectl status web --json', meaning: 'the same for programs' },
  ],
  define: (command) =>
    void command
      .argument('<NAME...>', 'services')
      .option('-n, --lines <COUNT>', 'lines of output to show', (text) => Number.parseInt(text, 10), 5),
  run: (context, command) => {
    const { lines } = command.opts<{ readonly lines: number }>();
    return eachService(context, command.args, async (reeve, name) => {
      const service = await reeve.status(name);
      if (context.isJson) return { document: service };
      const output = lines > 0 ? await lastOutput(reeve, name, lines) : [];
      const failed = await failedOf(reeve, [...service.dependencies, ...service.dependents]);
      context.show(statusLines(service, failed, output, context.surroundings.out, context.surroundings.now()));
      return {};
    });
  },
};

async function failedOf(reeve: ReeveClient, links: readonly DependencyStatus[]): Promise<ReadonlySet<string>> {
  const stopped = links.filter(({ state }) => state === 'stopped').map(({ name }) => name);
  if (stopped.length === 0) return new Set();
  const services = await reeve.list(stopped);
  return new Set(services.filter(({ isFailed }) => isFailed).map(({ name }) => name));
}
