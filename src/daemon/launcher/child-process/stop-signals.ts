/** Signals to this process are requests to the daemon, as they are for the native launcher. */
import { constants } from 'node:os';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGUSR1'] as const;

export function forwardSignals(requested: (signal: number) => void): void {
  for (const name of forwarded) process.on(name, () => requested(constants.signals[name]));
}
