/**
 * What the launcher says, and where it goes: reports to the engine, plans to whoever asked for them (the boot plan is asked for by nobody), the rest
 * into the log. Also decides when the daemon's work is done.
 */
import { constants } from 'node:os';
import { errnoText } from '../../api/errno-text.ts';
import { exitText } from '../../api/event-text.ts';
import type { PlanDescriptions } from '../../plan/planned-service.ts';
import type { LauncherEvent } from '../launcher/launcher-event.ts';
import type { LauncherConnection } from '../launcher/process-launcher.ts';
import type { DaemonLog } from '../logging/daemon-log.ts';
import type { LiveProcess } from '../engine/event.ts';
import { runNumber, serviceId } from '../model/ids.ts';
import type { Narrator } from '../narration/narrator.ts';
import type { Caller } from '../service-manager.ts';
import type { CompiledPlan } from './compilations.ts';
import { StopRequests } from './stop-requests.ts';
import type { Supervisor } from './supervisor.ts';

type EventOf<K extends LauncherEvent['kind']> = Extract<LauncherEvent, { readonly kind: K }>;

/** An exit status that means an end by a signal. */
const diedOf = (signal: number): number => 128 + signal;

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

export interface SessionParts {
  readonly supervisor: Supervisor;
  readonly launcher: LauncherConnection;
  readonly log: DaemonLog;
  readonly narrator: Narrator;
  /** What was to be started is on its way, or a former daemon's work goes on. */
  readonly onBegun: () => void;
  /** As dinit ends: with status 0 whatever happened, and never in the middle of a shutdown because of a signal. */
  readonly endsAsDinit?: boolean;
  /** A caller that stands for the daemon itself. */
  readonly self: Caller;
  /** Everything that was there before this daemon is known. */
  readonly onSynced: () => void;
}

export class LauncherSession {
  readonly #parts: SessionParts;
  readonly #stopRequests = new StopRequests();
  /** Whether what was to be started at boot could be loaded. */
  #hasBootFailed = false;
  #isEnding = false;
  #isSynced = false;
  #hasBooted = false;
  #daemonStarts = 1;
  #formerDaemon = '';
  #isFormerProgram = false;
  /** Until everything is told: what was there before this daemon. */
  #formerPlans: CompiledPlan[] = [];
  #formerProcesses: LiveProcess[] = [];
  #mode: 'user' | 'system' = 'user';

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  get mode(): 'user' | 'system' {
    return this.#mode;
  }

  /** The boot plan has been taken in, by this daemon or a former one. */
  get hasBooted(): boolean {
    return this.#hasBooted;
  }

  /** How often a daemon was started, this one included. */
  get daemonStarts(): number {
    return this.#daemonStarts;
  }

  /** The launcher was told to end; that it closes the channel is no surprise. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  handle(event: LauncherEvent): void {
    const { supervisor, log } = this.#parts;
    switch (event.kind) {
      case 'welcome':
        return this.#welcome(event);
      case 'synced':
        this.#synced();
        return this.#parts.onSynced();
      case 'plan':
        return this.#plan(event);
      case 'plan-failed':
        return this.#planFailed(event);
      case 'process': {
        const { slot, run, kind: _kind, since: _since, ...process } = event;
        this.#formerProcesses.push({ ...process, id: serviceId(slot), run: runNumber(run) });
        return undefined;
      }
      // These two with each field by its name, as they are most of what comes. What the engine has no use for does not go into the journal.
      case 'executed': {
        const { kind, slot, role, run, pid } = event;
        return supervisor.host.report({ kind, id: serviceId(slot), role, run: runNumber(run), pid });
      }
      case 'exited': {
        const { kind, slot, role, run, pid, exit } = event;
        return supervisor.host.report({ kind, id: serviceId(slot), role, run: runNumber(run), pid, exit });
      }
      case 'start-failed':
      case 'ready':
      case 'ready-closed':
      case 'pid-file': {
        const { slot, run, ...report } = event;
        return supervisor.host.report({ ...report, id: serviceId(slot), run: runNumber(run) });
      }
      case 'signal-failed':
        return this.#signalFailed(event);
      case 'environment':
        return supervisor.daemonEnvironment.answer(event);
      case 'requested':
        return this.#requested(event.signal);
      case 'component':
        return this.#component(event);
      case 'log':
        return this.#logTrouble(event);
      case 'refused':
        log.write(
          'error',
          `${supervisor.nameOf(event.slot)}: the launcher refused message 0x${event.messageType.toString(16)}: ` +
            errnoText(event.errno),
        );
        return undefined;
      default:
        return event satisfies never;
    }
  }

  /** Nothing is active any more: the end, whether somebody asked for it or not. */
  allStopped(isAsked: boolean): void {
    if (isAsked && this.#parts.supervisor.shutdownType === 'remain') return;
    if (!isAsked) this.#parts.log.write('info', 'reeve: no service is active any more');
    this.#end(isAsked || !this.#hasBootFailed ? 0 : 1);
  }

  #end(status: number): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#parts.launcher.exit(this.#parts.endsAsDinit ? this.#dinitStatus() : status);
  }

  /** A reboot that is not ours to do is told to whoever waits for us by the signal that asks for one. */
  #dinitStatus(): number {
    const { supervisor } = this.#parts;
    return supervisor.host.state.isShuttingDown && supervisor.shutdownType === 'reboot'
      ? diedOf(constants.signals.SIGINT)
      : 0;
  }

  /** Why this daemon is the former program, if it is. */
  get formerProgramReason(): string | undefined {
    return this.#isFormerProgram ? this.#formerDaemon : undefined;
  }

  #welcome({ mode, daemonStarts, isFormerProgram, formerDaemon }: EventOf<'welcome'>): void {
    this.#isFormerProgram = isFormerProgram;
    if (isFormerProgram) {
      this.#parts.log.write(
        'error',
        `reeve: the daemon's program does not work (${formerDaemon}): this is its former one`,
      );
    }
    this.#mode = mode;
    this.#daemonStarts = daemonStarts;
    this.#formerDaemon = formerDaemon;
  }

  #plan({ generation, request, json, slots, used }: EventOf<'plan'>): void {
    // The launcher's plans come from our own compiler, under the same version as this program.
    const descriptions = JSON.parse(json) as PlanDescriptions;
    const plan = { generation, descriptions, slots, used };
    const { supervisor } = this.#parts;
    if (!this.#isSynced) {
      this.#formerPlans.push(plan);
      return;
    }
    if (request !== 0) {
      if (!supervisor.compilations.finish(request, { kind: 'compiled', plan })) {
        this.#parts.launcher.discard(generation);
      }
      return;
    }
    this.#boot(plan);
  }

  /** Everything that was there before has been told. With plans but no journal the former daemon died before it had started anything. */
  #synced(): void {
    this.#isSynced = true;
    const { supervisor } = this.#parts;
    supervisor.daemonEnvironment.synced();
    const [plans, processes] = [this.#formerPlans, this.#formerProcesses];
    this.#formerPlans = [];
    this.#formerProcesses = [];
    const [first] = plans;
    if (!first) return supervisor.host.saveWhole();
    if (this.#daemonStarts === 1) return this.#boot(first);
    const isKnown = supervisor.recover(plans, processes, this.#formerDaemon);
    // A journal without services is of a daemon that did not live to see the boot plan.
    if (supervisor.host.state.loadOrder === 0) return this.#boot(first);
    this.#hasBooted = true;
    if (isKnown) this.#parts.onBegun();
    else this.#startAll(first.descriptions.names);
    // The former daemon may have died with the last word on its lips.
    if (supervisor.host.state.active === 0) this.allStopped(supervisor.host.state.isShuttingDown);
    return undefined;
  }

  #boot(plan: CompiledPlan): void {
    this.#hasBooted = true;
    const { supervisor, narrator } = this.#parts;
    narrator.planTroubles(plan.descriptions);
    supervisor.adopt(plan);
    this.#startAll(plan.descriptions.names);
    if (supervisor.host.state.active > 0 || this.#isEnding) return;
    narrator.nothingStarted();
    this.#end(1);
  }

  #startAll(names: readonly string[]): void {
    const { supervisor, narrator, self } = this.#parts;
    for (const name of names) {
      const reply = supervisor.command('start', name, {}, { ...self, occasion: { kind: 'boot' } });
      if (reply.kind !== 'refused') continue;
      this.#hasBootFailed = true;
      narrator.notStarted(name, reply.refusal);
    }
    this.#parts.onBegun();
  }

  #planFailed({ request, text }: EventOf<'plan-failed'>): void {
    if (this.#parts.supervisor.compilations.finish(request, { kind: 'failed', text })) return;
    this.#parts.log.write('error', `reeve: the service files could not be compiled: ${text}`);
    this.#end(1);
  }

  #signalFailed({ slot, signal, errno }: EventOf<'signal-failed'>): void {
    const level = errno === constants.errno.ESRCH ? 'debug' : 'warn';
    const name = signalNames.get(signal) ?? `signal ${signal}`;
    this.#parts.log.write(level, `${this.#parts.supervisor.nameOf(slot)}: cannot send ${name}: ${errnoText(errno)}`);
  }

  #requested(signal: number): void {
    const { supervisor, log, self } = this.#parts;
    const step = this.#stopRequests.step(signal);
    if (this.#parts.endsAsDinit && step !== 'shutdown' && signal !== constants.signals.SIGQUIT) return;
    switch (step) {
      case 'ignore':
        return;
      case 'shutdown':
        log.write('info', `reeve: ${signalNames.get(signal)}: stopping everything`);
        supervisor.shutdown({ ...self, occasion: { kind: 'signal', signal } });
        if (supervisor.host.state.active === 0) this.#end(0);
        return;
      case 'explain':
        log.write('warn', ['reeve: still waiting; once more kills:', ...supervisor.blockers()].join('\n    '));
        return;
      case 'kill':
        log.write('warn', 'reeve: killing everything');
        supervisor.shutdown({ ...self, occasion: { kind: 'signal', signal } });
        supervisor.killEverything();
        return;
      default:
        step satisfies never;
    }
  }

  #component({ component, event, pid, exit, count }: EventOf<'component'>): void {
    if (event === 'started') {
      if (component === 'logger') this.#parts.supervisor.chronicle.totals.loggerStarts = count;
      // A compiler is started for every load.
      if (count > 1 && component !== 'compiler')
        this.#parts.log.write('info', `reeve: ${component} was started again (process ${pid})`);
      return;
    }
    if (exit.kind === 'exited' && exit.status === 0) return;
    this.#parts.log.write('error', `reeve: ${component} (process ${pid}) ended: ${exitText(exit)}`);
  }

  #logTrouble({ slot, what, amount, errno }: EventOf<'log'>): void {
    const { supervisor, log } = this.#parts;
    const name = supervisor.nameOf(slot);
    switch (what) {
      case 'lost':
        supervisor.chronicle.totals.lost(serviceId(slot), amount);
        return log.write('warn', `${name}: ${amount} bytes of its output were lost`, { service: name });
      case 'disk-full':
        return log.write('error', `${name}: cannot write its log file: ${errnoText(errno)}; keeping output in memory`);
      case 'disk-back':
        return log.write('info', `${name}: its log file can be written again`);
      case 'rotated':
        return log.write('debug', `${name}: its log file was rotated`);
      case 'rotation-failed':
        return log.write('error', `${name}: cannot rotate its log file: ${errnoText(errno)}`);
      default:
        return what satisfies never;
    }
  }
}
