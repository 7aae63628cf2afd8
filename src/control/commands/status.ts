/** status: everything about a service; without one, all of them at a glance. */
import type { ReeveClient } from '../../api/client.ts';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { eachService, type Told } from '../session/each-service.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { overviewLines, worstFirst } from '../status/overview.ts';
import { statusText } from '../status/status-text.ts';

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
  if (context.isJson) return { document: await reeve.status(name) };
  context.show(await statusText(context, reeve, name, lines));
  return {};
}
