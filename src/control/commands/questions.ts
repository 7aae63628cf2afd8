/** is-started, is-failed: answers for scripts. */
import type { ServiceStatus } from '../../api/service-status.ts';
import type { CommandDefinition } from '../session/command.ts';
import { eachService } from '../session/each-service.ts';
import { exitCodes } from '../session/exit-codes.ts';

export const isStarted: CommandDefinition = {
  name: 'is-started',
  group: 'look',
  summary: 'succeed if all the services are started',
  examples: [{ command: 'reevectl -q is-started web && echo up', meaning: 'use it in a script' }],
  ...question(({ state }) => state === 'started'),
};

export const isFailed: CommandDefinition = {
  name: 'is-failed',
  group: 'look',
  summary: 'succeed if all the services are stopped because they failed',
  examples: [{ command: 'reevectl -q is-failed web && reevectl catlog web', meaning: 'use it in a script' }],
  ...question(({ state, isFailed: failed }) => state === 'stopped' && failed),
};

function question(isTrue: (status: ServiceStatus) => boolean): Pick<CommandDefinition, 'define' | 'run'> {
  return {
    define: (command) => void command.argument('<NAME...>', 'services'),
    run: (context, command) =>
      eachService(context, command.args, async (reeve, name) => {
        const status = await reeve.status(name);
        const answer = isTrue(status);
        return {
          line: `${name}: ${status.state}${status.isFailed ? ' (failed)' : ''}`,
          document: { state: status.state, answer },
          exitCode: answer ? exitCodes.ok : exitCodes.failed,
        };
      }),
  };
}
