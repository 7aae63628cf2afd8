/** Plays the launcher: carries out the engine's actions on virtual processes and reports what happens to them, in the launcher's order. */
import type { Action } from '../../../../src/daemon/engine/action.ts';
import type { PidFileResult, Report } from '../../../../src/daemon/engine/event.ts';
import type { Run, ServiceId } from '../../../../src/daemon/model/ids.ts';
import type { Role } from '../../../../src/daemon/model/service.ts';
import { type ProcessFacts, VirtualProcess } from './virtual-process.ts';

type Launch = Extract<Action, { kind: 'launch' }>;

export interface Surroundings {
  readonly nameOf: (id: ServiceId) => string;
  readonly hasReadiness: (id: ServiceId) => boolean;
  readonly report: (report: Report) => void;
  /** A process was launched; it decides what becomes of it. */
  readonly onLaunch: (process: VirtualProcess) => void;
  /** The pid file of the process that has ended: the process it names, or what is wrong with it. */
  readonly readPidFile: (id: ServiceId, run: Run) => VirtualProcess | Exclude<PidFileResult, 'supervised'>;
}

/** Something the real launcher would never do or be asked for. */
export class LauncherViolation extends Error {}

export class VirtualLauncher {
  readonly #surroundings: Surroundings;
  readonly #processes = new Map<string, VirtualProcess>();
  #lastPid = 1000;
  /** Sockets that were closed, in order. */
  readonly closedSockets: string[] = [];

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** The live process in a role. */
  find(id: ServiceId, role: Role = 'main'): VirtualProcess | undefined {
    const process = this.#processes.get(`${id} ${role}`);
    return process?.isAlive ? process : undefined;
  }

  live(): VirtualProcess[] {
    return [...this.#processes.values()].filter(({ isAlive }) => isAlive);
  }

  perform(action: Action): void {
    switch (action.kind) {
      case 'launch':
        return this.#launch(action);
      case 'signal':
        return this.#signal(action);
      case 'read-pid-file':
        return this.#readPidFile(action.id, action.run);
      case 'close-socket':
        this.closedSockets.push(this.#surroundings.nameOf(action.id));
        return undefined;
      default:
        return undefined;
    }
  }

  /** A process of the service that the launcher does not supervise (yet). */
  forkApart(id: ServiceId, run: Run): VirtualProcess {
    return new VirtualProcess(this.#facts(id, 'main', run, 'none'), this.#surroundings.report, 'apart');
  }

  #launch({ id, role, run, console }: Launch): void {
    const name = this.#surroundings.nameOf(id);
    if (this.find(id, role)) throw new LauncherViolation(`${name}: a second process in role ${role} was launched`);
    const process = new VirtualProcess(this.#facts(id, role, run, console), this.#surroundings.report);
    this.#processes.set(`${id} ${role}`, process);
    this.#surroundings.onLaunch(process);
  }

  #signal({ id, role, signal, scope }: Extract<Action, { kind: 'signal' }>): void {
    const process = this.find(id, role);
    process?.signal(signal);
    if (scope === 'process-group') for (const member of process?.group ?? []) member.signal(signal);
  }

  #readPidFile(id: ServiceId, run: Run): void {
    if (this.find(id)) throw new LauncherViolation(`${this.#surroundings.nameOf(id)}: its launched process still runs`);
    const found = this.#surroundings.readPidFile(id, run);
    if (typeof found === 'string') {
      const errno = found === 'cannot-open' ? 2 : 0;
      this.#surroundings.report({ kind: 'pid-file', id, run, result: found, errno, pid: 0 });
      return;
    }
    found.supervise();
    this.#processes.set(`${id} main`, found);
    this.#surroundings.report({ kind: 'pid-file', id, run, result: 'supervised', errno: 0, pid: found.facts.pid });
  }

  #facts(id: ServiceId, role: Role, run: Run, console: ProcessFacts['console']): ProcessFacts {
    this.#lastPid += 1;
    const hasReadiness = role === 'main' && this.#surroundings.hasReadiness(id);
    return { id, name: this.#surroundings.nameOf(id), role, run, pid: this.#lastPid, console, hasReadiness };
  }
}
