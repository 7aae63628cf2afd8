/** launcher: what the launcher knows, without asking the daemon. */
import { launcherLines } from '../launcher/launcher-lines.ts';
import { readLauncherStatus } from '../launcher/read-launcher-status.ts';
import type { CommandDefinition } from '../session/command.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { ReevectlError } from '../session/failure.ts';

export const launcher: CommandDefinition = {
  name: 'launcher',
  group: 'manager',
  summary: 'what the launcher knows, without asking the daemon',
  description:
    'The launcher writes it down whenever the daemon or the logger begins or ends, so the list of services is of that moment. It is what there is to see\n' +
    'when no daemon can be started.',
  examples: [{ command: 'reevectl launcher', meaning: 'how daemon and logger are, and which services run' }],
  define: () => {},
  run: async (context) => {
    const { path } = context.socket;
    const status = readLauncherStatus(path);
    if (!status) {
      throw new ReevectlError({
        exitCode: exitCodes.notConnected,
        kind: 'not-connected',
        message: `reevectl: no launcher has left word beside ${path}`,
        advice: 'perhaps no instance is running: see --user, --system and --socket-path',
      });
    }
    context.print(status);
    context.show([`launcher: process ${status.pid}`, ...launcherLines(status, context.surroundings.now(), Infinity)]);
    return exitCodes.ok;
  },
};
