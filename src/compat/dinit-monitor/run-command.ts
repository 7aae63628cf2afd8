import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { errorText } from '../../dinit/error-text.ts';
import type { Output } from '../output.ts';

/** Runs a command to its end, with our own standard streams, and says when that was not a good one. */
export function runCommand([file = '', ...args]: readonly string[], output: Output): void {
  const say = (text: string): void => output.err(`dinit-monitor: ${text}\n`);
  const { error, status, signal } = spawnSync(file, args, { stdio: 'inherit' });
  if (error) {
    say(`exec: ${'errno' in error && typeof error.errno === 'number' ? errorText(-error.errno) : error.message}`);
  } else if (signal !== null) {
    say(`notification command terminated due to signal ${constants.signals[signal]}`);
  } else if (status !== 0) {
    say(`notification command terminated with exit status ${status}`);
  }
}
