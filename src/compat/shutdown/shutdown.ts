/**
 * shutdown, halt, poweroff, reboot and soft-reboot: one program that asks the daemon of the machine to stop everything, and then waits for the end that it
 * will meet with everything else.
 */
import { basename } from 'node:path';
import { errorText } from '../../dinit/error-text.ts';
import { shutdownTypes, type ShutdownType } from '../../dinit/words.ts';
import { DaemonSession, readFailure, type SessionWords } from '../daemon-session.ts';
import { Failure } from '../failure.ts';
import type { Output } from '../output.ts';
import { passedDescriptor, systemSocketPath } from '../socket-path.ts';
import { helpText } from './help.ts';

/** The highest version of the protocol that it knows; newer ones bring nothing for it. */
const newestVersion = 5;

const words: SessionWords = {
  program: 'shutdown',
  peer: 'server',
  connectFailed: (_, errno) => new Failure(`connect: ${errorText(errno)}\n`),
  violated: (request) => (request === 'query-version' ? readFailure : 'control socket protocol error'),
};

const optionTypes: Readonly<Record<string, ShutdownType>> = {
  '-r': 'reboot',
  '-h': 'halt',
  '-p': 'power-off',
  '-s': 'soft-reboot',
  '-k': 'kexec',
};

export interface Surroundings {
  readonly output: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Never returns. */
  readonly sleepForever: () => void;
}

/** @param called How the program was called; may be a path. @throws {Failure} */
export async function runShutdown(
  called: string,
  args: readonly string[],
  { output, environment, sleepForever }: Surroundings,
): Promise<number> {
  const name = basename(called);
  let type = typeOf(name);
  let usesPassedDescriptor = false;
  let isDirect = false;
  for (const arg of args) {
    const chosen = optionTypes[arg];
    if (chosen !== undefined) type = chosen;
    else if (arg === '--use-passed-cfd') usesPassedDescriptor = true;
    else if (arg === '--system') isDirect = true;
    else if (arg === '--help' || !arg.startsWith('-')) {
      output.out(helpText(name));
      return 1;
    } else throw new Failure(`Unrecognized command-line parameter: ${arg}\n`);
  }
  if (isDirect) {
    throw Failure.of(
      'shutdown',
      '--system is not supported: reeve ends the machine itself once all services have stopped',
    );
  }
  const descriptor = usesPassedDescriptor ? passedDescriptor(environment) : undefined;
  using session = await DaemonSession.open(
    descriptor === undefined ? systemSocketPath : { descriptor },
    words,
    newestVersion,
  );
  output.out('Issuing shutdown command...\n');
  const reply = await session.ask({ kind: 'shutdown', type: shutdownTypes.indexOf(type) + 1 });
  if (reply.kind !== 'ack') throw session.violation('shutdown');
  sleepForever();
  return 0;
}

function typeOf(name: string): ShutdownType {
  if (name.endsWith('soft-reboot')) return 'soft-reboot';
  return name.endsWith('reboot') ? 'reboot' : 'power-off';
}
