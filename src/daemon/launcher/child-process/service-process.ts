/** A process of a service, however it is watched. It is known by its number only while that number can mean no other process. */
import { constants } from 'node:os';
import { errnoOf } from '../../errno-of.ts';
import type { SignalScope } from '../process-launcher.ts';
import { allProcesses, familyOf, readProcessStat } from './process-stat.ts';

export interface ServiceProcess {
  readonly pid: number;
  /** 0, or why not. */
  signal(signal: number, scope: SignalScope): number;
}

/** A child: it cannot be reaped before its end is told, so its number is its own. It leads a session and a process group. */
export class ChildProcessOfOurs implements ServiceProcess {
  readonly pid: number;

  constructor(pid: number) {
    this.pid = pid;
  }

  signal(signal: number, scope: SignalScope): number {
    switch (scope) {
      case 'process':
        return send(this.pid, signal);
      case 'process-group':
        return send(-this.pid, signal);
      case 'everything':
        return signalFamily(this.pid, signal);
      default:
        return scope satisfies never;
    }
  }
}

/** A process that has put itself into the background. That it is still the same is asked of /proc each time. */
export class BackgroundProcess implements ServiceProcess {
  readonly pid: number;
  readonly #started: number;

  constructor(pid: number, started: number) {
    this.pid = pid;
    this.#started = started;
  }

  get isAlive(): boolean {
    const stat = readProcessStat(this.pid);
    return stat !== undefined && stat.started === this.#started && !stat.isZombie;
  }

  signal(signal: number, scope: SignalScope): number {
    const stat = readProcessStat(this.pid);
    if (!stat || stat.started !== this.#started || stat.isZombie) return constants.errno.ESRCH;
    if (scope === 'everything') return signalFamily(this.pid, signal);
    // Ours must never be meant.
    const isOwnGroup = stat.group === readProcessStat(process.pid)?.group;
    return send(scope === 'process-group' && !isOwnGroup ? -stat.group : this.pid, signal);
  }
}

function send(target: number, signal: number): number {
  try {
    process.kill(target, signal);
    return 0;
  } catch (error) {
    return errnoOf(error);
  }
}

/** The process with all that descends from it or is in its session. Without /proc that is its process group. */
function signalFamily(pid: number, signal: number): number {
  const family = familyOf(pid, allProcesses());
  const errno = family.length === 0 ? send(-pid, signal) : send(pid, signal);
  for (const each of family) {
    if (readProcessStat(each.pid)?.started === each.started) send(each.pid, signal);
  }
  return errno === constants.errno.ESRCH ? send(pid, signal) : errno;
}
