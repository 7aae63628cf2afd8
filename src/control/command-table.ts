/** All subcommands, in the order of the help. */
import type { CommandDefinition } from './session/command.ts';
import { access } from './commands/access.ts';
import { analyze } from './commands/analyze.ts';
import { check } from './commands/check.ts';
import { completionCommand } from './commands/completion.ts';
import { addDependency, removeDependency } from './commands/dependencies.ts';
import { disable, enable } from './commands/enable.ts';
import { getAllEnvironment, setEnvironment, unsetEnvironment } from './commands/environment.ts';
import { events } from './commands/events.ts';
import { graph } from './commands/graph.ts';
import { launcher } from './commands/launcher.ts';
import { list } from './commands/list.ts';
import { catlog } from './commands/log.ts';
import { logs } from './commands/logs.ts';
import { plan } from './commands/plan.ts';
import { isFailed, isStarted } from './commands/questions.ts';
import { shutdown } from './commands/shutdown.ts';
import { signal } from './commands/signal.ts';
import { load, reload, trigger, unload, unpin, untrigger } from './commands/small-changes.ts';
import { status } from './commands/status.ts';
import { top } from './commands/top.ts';
import { upgrade } from './commands/upgrade.ts';
import { pin, release, restart, start, stop, wake } from './commands/verbs.ts';
import { why } from './commands/why.ts';

export const commandTable: readonly CommandDefinition[] = [
  list,
  status,
  why,
  plan,
  logs,
  catlog,
  events,
  top,
  graph,
  analyze,
  isStarted,
  isFailed,
  start,
  stop,
  restart,
  wake,
  release,
  pin,
  unpin,
  trigger,
  untrigger,
  signal,
  enable,
  disable,
  load,
  reload,
  unload,
  addDependency,
  removeDependency,
  check,
  setEnvironment,
  unsetEnvironment,
  getAllEnvironment,
  access,
  completionCommand(() => commandTable),
  launcher,
  upgrade,
  shutdown,
];

export const groupTitles: Readonly<Record<CommandDefinition['group'], string>> = {
  look: 'Look',
  drive: 'Start and stop',
  change: 'Descriptions and dependencies',
  manager: 'The manager',
};

export function findCommand(name: string): CommandDefinition | undefined {
  return commandTable.find((command) => command.name === name || command.aliases?.includes(name));
}
