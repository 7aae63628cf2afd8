/**
 * A launcher that does nothing, and says that everything went well: programs are executed, report ready, end when they are told to or when their work is
 * done. Reports wait in a queue until the rehearsal takes them.
 */
import type { ExitStatus } from '../../api/service-status.ts';
import type { Action } from '../engine/action.ts';
import type { Report } from '../engine/event.ts';
import type { Run } from '../model/ids.ts';
import type { Role, Service } from '../model/service.ts';
import type { EngineState } from '../model/state.ts';

/** Of processes that there are only here. */
const nobody = 0;
const success: ExitStatus = { kind: 'exited', status: 0 };

export class ObligingLauncher {
  readonly #state: EngineState;
  readonly #reports: Report[] = [];

  constructor(state: EngineState) {
    this.#state = state;
    for (const service of state.services) if (service) this.#continue(service);
  }

  /** The next thing that happens. */
  take(): Report | undefined {
    return this.#reports.shift();
  }

  perform(action: Action): void {
    const service = 'id' in action ? this.#state.services[action.id] : undefined;
    if (!service) return;
    switch (action.kind) {
      case 'launch':
        this.#reports.push({ kind: 'executed', id: service.id, role: action.role, run: action.run, pid: nobody });
        this.#work(service, action.role, action.run);
        break;
      case 'signal': {
        const process = service[action.role];
        if (process.kind !== 'none')
          this.#end(service, action.role, process.run, { kind: 'killed', status: action.signal });
        break;
      }
      case 'read-pid-file':
        this.#reports.push({
          kind: 'pid-file',
          id: service.id,
          run: action.run,
          result: 'supervised',
          errno: 0,
          pid: nobody,
        });
        break;
      case 'kill-all':
        this.#reports.push({ kind: 'killed-all', id: service.id });
        break;
      default:
    }
  }

  /** What was under way when the rehearsal began comes to its end. */
  #continue(service: Service): void {
    const { id, main, stop, activity } = service;
    for (const [role, process] of [['main', main] as const, ['stop', stop] as const]) {
      if (process.kind === 'launched' && activity !== 'pid-file') {
        this.#reports.push({ kind: 'executed', id, role, run: process.run, pid: nobody });
      }
    }
    if (stop.kind !== 'none') this.#work(service, 'stop', stop.run);
    if (main.kind === 'none') return;
    const { run } = main;
    if (activity === 'launch' || activity === 'completion') this.#work(service, 'main', run);
    else if (activity === 'interrupt' || (activity === 'stop' && stop.kind === 'none'))
      this.#end(service, 'main', run, success);
    else if (activity === 'pid-file') {
      this.#reports.push({ kind: 'pid-file', id, run, result: 'supervised', errno: 0, pid: nobody });
    }
  }

  /** The program does what it is there for. */
  #work(service: Service, role: Role, run: Run): void {
    const { id, main, description } = service;
    const { type, readiness } = description;
    if (role === 'stop') {
      this.#end(service, 'stop', run, success);
      if (type !== 'scripted' && main.kind !== 'none') this.#end(service, 'main', main.run, success);
    } else if (type === 'scripted' || type === 'bgprocess') {
      this.#end(service, 'main', run, success);
    } else if (readiness) {
      this.#reports.push({ kind: 'ready', id, run });
    }
  }

  #end({ id }: Service, role: Role, run: Run, exit: ExitStatus): void {
    this.#reports.push({ kind: 'exited', id, role, run, pid: nobody, exit });
  }
}
