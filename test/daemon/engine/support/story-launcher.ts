/**
 * The launcher of a random story: processes do only what the story says, and every report is on its way for a while before it arrives, so that
 * what the engine wants crosses with what has just happened.
 */
import type { ExitStatus } from '../../../../src/api/service-status.ts';
import type { Action } from '../../../../src/daemon/engine/action.ts';
import type { Report } from '../../../../src/daemon/engine/event.ts';
import type { Run, ServiceId } from '../../../../src/daemon/model/ids.ts';
import type { Role } from '../../../../src/daemon/model/service.ts';
import { Broken } from './story.ts';

const kill = 9;

export interface StoryProcess {
  readonly id: ServiceId;
  readonly role: Role;
  readonly run: Run;
  readonly pid: number;
  phase: 'launched' | 'running';
  isReadinessOpen: boolean;
  readonly signals: number[];
  /** It should end now: it was signalled, or the stop command has seen to it. */
  isToldToEnd: boolean;
}

interface PidFileRead {
  readonly id: ServiceId;
  readonly run: Run;
}

export class StoryLauncher {
  processes: StoryProcess[] = [];
  reads: PidFileRead[] = [];
  readonly inFlight: Report[] = [];
  readonly #hasReadiness: (id: ServiceId) => boolean;
  #lastPid = 100;

  constructor(hasReadiness: (id: ServiceId) => boolean) {
    this.#hasReadiness = hasReadiness;
  }

  find(id: ServiceId, role: Role): StoryProcess | undefined {
    return this.processes.find((process) => process.id === id && process.role === role);
  }

  launched(): StoryProcess[] {
    return this.processes.filter(({ phase }) => phase === 'launched');
  }

  running(): StoryProcess[] {
    return this.processes.filter(({ phase }) => phase === 'running');
  }

  unready(): StoryProcess[] {
    return this.processes.filter(({ phase, isReadinessOpen }) => phase === 'running' && isReadinessOpen);
  }

  perform(action: Action): void {
    if (action.kind === 'launch') this.#launch(action);
    if (action.kind === 'signal') this.#signal(action);
    if (action.kind === 'read-pid-file') this.#read(action.id, action.run);
    if (action.kind === 'kill-all') this.inFlight.push({ kind: 'killed-all', id: action.id });
  }

  execute(process: StoryProcess): void {
    const { id, role, run, pid } = process;
    process.phase = 'running';
    this.inFlight.push({ kind: 'executed', id, role, run, pid });
  }

  failToExecute(process: StoryProcess): void {
    const { id, role, run } = process;
    this.#forget(process);
    this.inFlight.push({ kind: 'start-failed', id, role, run, opIndex: 0, opType: 0x30, errno: 2 });
  }

  /** What was killed dies of it, whatever it had in mind. */
  exit(process: StoryProcess, wanted: ExitStatus): void {
    const { id, role, run, pid, signals } = process;
    this.closeReadiness(process, 'ready-closed');
    this.#forget(process);
    const exit: ExitStatus = signals.includes(kill) ? { kind: 'killed', status: kill } : wanted;
    this.inFlight.push({ kind: 'exited', id, role, run, pid, exit });
    const main = role === 'stop' ? this.find(id, 'main') : undefined;
    if (main && exit.kind === 'exited' && exit.status === 0) main.isToldToEnd = true;
  }

  closeReadiness(process: StoryProcess, kind: 'ready' | 'ready-closed'): void {
    if (!process.isReadinessOpen) return;
    process.isReadinessOpen = false;
    this.inFlight.push({ kind, id: process.id, run: process.run });
  }

  answerPidFile({ id, run }: PidFileRead, isGood: boolean): void {
    this.reads = this.reads.filter((read) => read.id !== id);
    if (!isGood) {
      this.inFlight.push({ kind: 'pid-file', id, run, result: 'no-such-process', errno: 0, pid: 77 });
      return;
    }
    const process = this.#add(id, 'main', run, 'running');
    this.inFlight.push({ kind: 'pid-file', id, run, result: 'supervised', errno: 0, pid: process.pid });
  }

  #launch({ id, role, run }: Extract<Action, { kind: 'launch' }>): void {
    if (this.find(id, role) || (role === 'main' && this.reads.some((read) => read.id === id))) {
      throw new Broken('never two processes of one service and role', `service ${id}, ${role}`);
    }
    const process = this.#add(id, role, run, 'launched');
    process.isReadinessOpen = role === 'main' && this.#hasReadiness(id);
  }

  #signal({ id, role, signal }: Extract<Action, { kind: 'signal' }>): void {
    const process = this.find(id, role);
    if (!process) return;
    process.signals.push(signal);
    process.isToldToEnd = true;
  }

  #read(id: ServiceId, run: Run): void {
    if (this.find(id, 'main')) throw new Broken('a pid file is read after its launched process', `service ${id}`);
    this.reads.push({ id, run });
  }

  #add(id: ServiceId, role: Role, run: Run, phase: StoryProcess['phase']): StoryProcess {
    this.#lastPid += 1;
    const process = {
      id,
      role,
      run,
      pid: this.#lastPid,
      phase,
      isReadinessOpen: false,
      signals: [],
      isToldToEnd: false,
    };
    this.processes.push(process);
    return process;
  }

  #forget(gone: StoryProcess): void {
    this.processes = this.processes.filter((process) => process !== gone);
  }
}
