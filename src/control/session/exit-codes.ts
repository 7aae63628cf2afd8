/** What reevectl's exit status says; scripts rely on it (docs/reevectl.md). */
export const exitCodes = {
  ok: 0,
  /** What was asked for did not happen: a service failed, a file is wrong. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** No such service, or it is not loaded. */
  notFound: 3,
  /** No daemon answers. */
  notConnected: 4,
  /** The daemon, or the state of the service, does not allow it. */
  refused: 5,
  timedOut: 6,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
