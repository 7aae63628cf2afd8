/** start, stop, restart, wake, release, pin: the commands that bring a service into another state. */
import type { Command } from 'commander';
import type { CommandOptions, CommandResult, ReeveClient } from '../../api/client.ts';
import { ControlError } from '../../api/control-error.ts';
import { eventText } from '../../api/event-text.ts';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { eachService, type Told } from '../session/each-service.ts';
import type { ExitCode } from '../session/exit-codes.ts';
import { noteChangedDescription } from '../status/changed-description.ts';
import { addWaitOptions, waitFor, waitingOf, type WaitValues } from './wait-options.ts';

interface Values extends WaitValues {
  readonly pin?: true;
  readonly force?: true;
  readonly ignoreUnstarted?: true;
}

type Give = (reeve: ReeveClient, name: string, options: CommandOptions, values: Values) => Promise<CommandResult>;

interface VerbRun {
  readonly verb: string;
  /** What the service is when there is nothing to do. */
  readonly already: string;
  readonly isStarting: boolean;
  readonly give: Give;
}

export const start: CommandDefinition = {
  name: 'start',
  group: 'drive',
  summary: 'start services and whatever they depend on',
  description: 'Loads the services where needed, starts them, and waits until they have started or failed.',
  examples: [
    { command: 'reevectl start web', meaning: 'start web, wait for it, and explain if it fails' },
    { command: 'reevectl start --no-wait web db', meaning: 'only ask for it' },
    { command: 'reevectl start ticker@5', meaning: 'start a service from a template with an argument' },
  ],
  define: (command) => addPin(addWaitOptions(names(command))),
  run: (context, command) =>
    runVerb(context, command, {
      verb: 'start',
      already: 'started',
      isStarting: true,
      give: (reeve, name, options) => reeve.start(name, options),
    }),
};

export const stop: CommandDefinition = {
  name: 'stop',
  group: 'drive',
  summary: 'stop services, even if they were not started by name',
  description: 'Refused while other services depend on one of them, unless they are to stop as well (--force).',
  examples: [
    { command: 'reevectl stop web', meaning: 'stop web and wait until it has ended' },
    { command: 'reevectl stop --force db', meaning: 'stop db and everything that depends on it' },
    { command: 'reevectl stop --pin web', meaning: 'and do not let anything start it before reevectl unpin web' },
  ],
  define: (command) => addIgnoreUnstarted(addForce(addPin(addWaitOptions(names(command))))),
  run: (context, command) =>
    runVerb(context, command, {
      verb: 'stop',
      already: 'stopped',
      isStarting: false,
      give: (reeve, name, options, { force }) => reeve.stop(name, { ...options, ...(force && { force }) }),
    }),
};

export const restart: CommandDefinition = {
  name: 'restart',
  group: 'drive',
  summary: 'stop started services and start them again',
  examples: [
    { command: 'reevectl restart web', meaning: 'restart web' },
    { command: 'reevectl restart --force db', meaning: 'restart db and everything that depends on it' },
  ],
  define: (command) => addIgnoreUnstarted(addForce(addWaitOptions(names(command)))),
  run: (context, command) =>
    runVerb(context, command, {
      verb: 'restart',
      already: 'started',
      isStarting: true,
      give: (reeve, name, options, { force }) => reeve.restart(name, { ...options, ...(force && { force }) }),
    }),
};

export const wake: CommandDefinition = {
  name: 'wake',
  group: 'drive',
  summary: 'start services again for those that depend on them and are up',
  description: 'Unlike start it leaves the service to its dependents: it stops when they do.',
  examples: [{ command: 'reevectl wake db', meaning: 'bring db back for the services that wait for it' }],
  define: (command) => addPin(addWaitOptions(names(command))),
  run: (context, command) =>
    runVerb(context, command, {
      verb: 'wake',
      already: 'started',
      isStarting: true,
      give: (reeve, name, options) => reeve.wake(name, options),
    }),
};

export const release: CommandDefinition = {
  name: 'release',
  group: 'drive',
  summary: 'take a start back: stop services unless others require them',
  examples: [{ command: 'reevectl release db', meaning: 'stop db if nothing that is up depends on it' }],
  define: (command) => addIgnoreUnstarted(addPin(addWaitOptions(names(command)))),
  run: (context, command) =>
    runVerb(context, command, {
      verb: 'release',
      already: 'stopped',
      isStarting: false,
      give: (reeve, name, options) => reeve.release(name, options),
    }),
};

export const pin: CommandDefinition = {
  name: 'pin',
  group: 'drive',
  summary: 'start services and keep them started (or stop and keep stopped)',
  description: 'The same as start --pin, or with --stopped as stop --pin.',
  examples: [
    { command: 'reevectl pin web', meaning: 'web stays started until reevectl unpin web' },
    { command: 'reevectl pin --stopped web', meaning: 'web stays stopped until reevectl unpin web' },
  ],
  define: (command) =>
    addForce(addWaitOptions(names(command)).option('--stopped', 'stop the services and keep them stopped')),
  run: (context, command) => {
    const { stopped } = command.opts<{ readonly stopped?: true }>();
    return runVerb(context, command, {
      verb: stopped ? 'stop' : 'start',
      already: stopped ? 'stopped' : 'started',
      isStarting: !stopped,
      give: (reeve, name, options, { force }) =>
        stopped
          ? reeve.stop(name, { ...options, pin: true, ...(force && { force }) })
          : reeve.start(name, { ...options, pin: true }),
    });
  },
};

function names(command: Command): Command {
  return command.argument('<NAME...>', 'services');
}

function addPin(command: Command): Command {
  return command.option('--pin', 'and pin them in that state');
}

function addForce(command: Command): Command {
  return command.option('-f, --force', 'take the services that depend on them along');
}

function addIgnoreUnstarted(command: Command): Command {
  return command.option('--ignore-unstarted', 'a service that is not started, or not there, is fine');
}

async function runVerb(context: Context, command: Command, run: VerbRun): Promise<ExitCode> {
  const values = command.opts<Values>();
  const waiting = waitingOf(values);
  return await eachService(context, command.args, async (reeve, name) => {
    if (run.isStarting) await noteChangedDescription(context, reeve, name);
    try {
      const result = await waitFor(context, name, waiting, (options) =>
        run.give(reeve, name, { ...options, ...(values.pin && { pin: true }) }, values),
      );
      return { line: resultLine(run, name, result), document: result };
    } catch (error) {
      if (values.ignoreUnstarted && isUnstarted(error)) return unstarted(name);
      throw error;
    }
  });
}

function isUnstarted(error: unknown): boolean {
  if (!(error instanceof ControlError)) return false;
  const { kind } = error.problem;
  return ['not-started', 'service-not-loaded', 'service-not-found', 'load-failed'].includes(kind);
}

function unstarted(name: string): Told {
  return { line: `${name}: not started`, document: { outcome: 'already' } };
}

function resultLine(run: VerbRun, name: string, { outcome, event, requiredBy }: CommandResult): string {
  switch (outcome) {
    case 'accepted':
      return `${name}: ${run.verb} accepted`;
    case 'already':
      return `${name}: already ${run.already}`;
    case 'started':
    case 'stopped':
      return event ? eventText(event) : `${name}: ${outcome}`;
    case 'still-required':
      return `${name}: released, stays up${requiredBy && requiredBy.length > 0 ? ` for ${requiredBy.join(', ')}` : ': it is pinned'}`;
    case 'enabled':
      return `${name}: enabled`;
    default:
      return outcome satisfies never;
  }
}
