/** What the launcher writes down for the time when no daemon answers (docs/protocol.md, RUN/launcher.status). */

export interface ProgramStatus {
  readonly state: 'running' | 'asleep' | 'waiting';
  readonly pid?: number;
  /** When it is tried again, milliseconds since 1970. */
  readonly nextTry?: number;
  /** Its program on disk does not work: the copy that was kept runs instead. */
  readonly isFormer: boolean;
  readonly starts: number;
  /** Ends, and starts that failed, in the minute of the last one. */
  readonly deaths: number;
  /** How it ended last; empty: it never did. */
  readonly why: string;
}

export interface ServiceProcess {
  readonly pid: number;
  readonly name: string;
  readonly isStopCommand: boolean;
}

export interface LauncherStatus {
  readonly pid: number;
  readonly daemon: ProgramStatus;
  readonly logger: ProgramStatus;
  readonly processes: readonly ServiceProcess[];
  /** Milliseconds since 1970. */
  readonly written: number;
}

/** Undefined when the text is not whole. */
export function parseLauncherStatus(text: string, written: number): LauncherStatus | undefined {
  const [first, daemonLine, loggerLine, ...rest] = text.split('\n');
  const pid = /^launcher (\d+)$/.exec(first ?? '')?.[1];
  const daemon = programOf(daemonLine, 'reeve-daemon', written);
  const logger = programOf(loggerLine, 'reeve-logger', written);
  if (pid === undefined || !daemon || !logger || rest.at(-2) !== 'end') return undefined;
  const processes = rest.flatMap((line) => {
    const [, kind, process, name] = /^(service|stop) (\d+) (.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ pid: Number(process), name, isStopCommand: kind === 'stop' }];
  });
  return { pid: Number(pid), daemon, logger, processes, written };
}

function programOf(line: string | undefined, name: string, written: number): ProgramStatus | undefined {
  const pattern = /^(\S+) (running|asleep|waiting) (\d+) (present|former) (\d+) (\d+) (.*)$/;
  const [, found, state, number, program, starts, deaths, why] = pattern.exec(line ?? '') ?? [];
  if (found !== name || why === undefined) return undefined;
  const rest = { isFormer: program === 'former', starts: Number(starts), deaths: Number(deaths), why };
  if (state === 'running') return { state, pid: Number(number), ...rest };
  if (state === 'waiting') return { state, nextTry: written + Number(number), ...rest };
  return { state: 'asleep', ...rest };
}
