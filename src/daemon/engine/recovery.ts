/**
 * A new daemon over processes that were there before it. The state comes from the journal; the launcher's table of processes is the truth about them.
 *
 * What the former daemon decided but did not live to send is sent now: a launch that the launcher knows nothing of, the signal of a stop under way.
 * What only the launcher knows (the journal was lost or damaged) is taken as it is, and every such assumption is told: a process that nobody
 * remembers makes its service started, and with it everything it depends on.
 */
import { isOrdering } from '../model/link.ts';
import type { ServiceId } from '../model/ids.ts';
import type { Role, Service } from '../model/service.ts';
import type { LiveProcess, Report } from './event.ts';
import { dependencyLinks } from './links.ts';
import { consoleGrant } from './console.ts';
import { sendSignal, signals } from './processes.ts';
import { executed, exited, ready } from './reports.ts';
import { enterState } from './states.ts';
import { clearTimer } from './timers.ts';
import { type Turn, notice, serviceOf } from './turn.ts';

const roles: readonly Role[] = ['main', 'stop'];
/** For a process whose end nobody has seen: as if it had been killed. */
const unseenEnd = { kind: 'killed', status: signals.kill } as const;

export function recover(turn: Turn, processes: readonly LiveProcess[]): void {
  const live = new Map<ServiceId, Partial<Record<Role, LiveProcess>>>();
  for (const process of processes) live.set(process.id, { ...live.get(process.id), [process.role]: process });
  const services = turn.state.services.filter((service) => service !== null);
  for (const service of services) {
    // Their clients lost the connection with the former daemon.
    service.commands = [];
    for (const role of roles) reconcile(turn, service, role, live.get(service.id)?.[role]);
  }
  for (const service of services) {
    if (service.state !== 'started' || service.requiredBy > 0 || service.isPinnedStarted) continue;
    service.isExplicit = true;
    service.requiredBy = 1;
  }
}

function reconcile(turn: Turn, service: Service, role: Role, process: LiveProcess | undefined): void {
  const record = service[role];
  if (process && record.kind !== 'none' && record.run === process.run) confirm(turn, service, role, process);
  else if (process) adopt(turn, service, role, process);
  else if (record.kind === 'launched') repeatRequest(turn, service, role);
  else if (record.kind === 'executed') {
    notice(turn, service, { kind: 'assumed', what: 'process-ended' });
    const report: Report = { kind: 'exited', id: service.id, role, run: record.run, pid: record.pid, exit: unseenEnd };
    exited(turn, service, report);
  }
}

/** Both know the process: what the launcher has told only the former daemon is made up for. */
function confirm(turn: Turn, service: Service, role: Role, process: LiveProcess): void {
  const { id, run, pid } = process;
  if (service.activity === 'pid-file' && role === 'main') return repeatRequest(turn, service, role);
  const isNews = service[role].kind === 'launched' && process.isExecuted;
  if (isNews) executed(turn, service, { kind: 'executed', id, role, run, pid });
  if (role === 'main' && process.isReady) ready(turn, service, { kind: 'ready', id, run });
  if (isNews || role === 'stop') return undefined;
  if (service.activity === 'interrupt') return sendSignal(turn, service, 'main', signals.interrupt);
  const { termSignal } = service.description;
  if (service.activity !== 'stop' || service.stop.kind !== 'none' || termSignal === null) return undefined;
  return sendSignal(turn, service, 'main', termSignal);
}

/** The launcher never got it. */
function repeatRequest(turn: Turn, service: Service, role: Role): void {
  const { id } = service;
  const record = service[role];
  if (record.kind === 'none') return;
  const { run } = record;
  if (service.activity === 'pid-file' && role === 'main') turn.actions.push({ kind: 'read-pid-file', id, run });
  else turn.actions.push({ kind: 'launch', id, role, run, console: consoleGrant(service) });
}

function adopt(turn: Turn, service: Service, role: Role, { run, pid }: LiveProcess): void {
  if (run > service.lastRun) service.lastRun = run;
  if (role === 'stop') return;
  notice(turn, service, { kind: 'assumed', what: 'process-running' });
  service.main = { kind: 'executed', run, pid };
  service.lastLaunch = turn.now;
  clearTimer(turn, service);
  assumeStarted(turn, service);
}

function assumeStarted(turn: Turn, service: Service): void {
  const open = [service];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.state === 'started') continue;
    if (next !== service) notice(turn, next, { kind: 'assumed', what: 'started' });
    enterState(turn, next, 'started');
    next.target = 'started';
    next.activity = 'run';
    next.isWaiting = false;
    for (const link of dependencyLinks(turn.state, next)) {
      link.isWaiting = false;
      if (isOrdering(link)) continue;
      const dependency = serviceOf(turn.state, link.to);
      if (!link.isHolding) dependency.requiredBy += 1;
      link.isHolding = true;
      if (link.kind !== 'waits-for') open.push(dependency);
    }
    next.waitingLinks = 0;
  }
}
