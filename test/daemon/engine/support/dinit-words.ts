/** How the stock program says what the engine says: for comparing with what was recorded. */
import type { Notice, ServiceEventFacts } from '../../../../src/daemon/engine/action.ts';
import type { StatusFacts } from '../../../../src/daemon/engine/status.ts';
import type { StopReason } from '../../../../src/api/service-status.ts';
import type { RecordedStatus } from './scenario.ts';

const reasons: Readonly<Record<StopReason, string>> = {
  normal: 'NORMAL',
  'dependency-restart': 'DEPRESTART',
  'dependency-failed': 'DEPFAILED',
  failed: 'FAILED',
  'exec-failed': 'EXECFAILED',
  'timed-out': 'TIMEDOUT',
  terminated: 'TERMINATED',
};

const signals: Readonly<Record<number, string>> = {
  1: 'HUP',
  2: 'INT',
  3: 'QUIT',
  9: 'KILL',
  10: 'USR1',
  11: 'SEGV',
  12: 'USR2',
  15: 'TERM',
  18: 'CONT',
  19: 'STOP',
};

export function signalNumber(name: string): number {
  const found = Object.entries(signals).find(([, known]) => known === name);
  if (!found) throw new Error(`no number is known for signal ${name}`);
  return Number(found[0]);
}

const stages: Readonly<Record<number, string>> = {
  0x20: 'chdir',
  0x22: 'limits',
  0x30: 'exec',
  0x31: 'log-file',
  0x32: 'activation-socket',
};
const errnos: Readonly<Record<number, string>> = { 2: 'ENOENT', 13: 'EACCES' };

export function recordedStatus(status: StatusFacts): RecordedStatus {
  // The separate stop command of a service with a process of its own is not shown.
  const hasProcess = status.pid !== undefined || (status.type === 'scripted' && status.stopPid !== undefined);
  const { exit, launchFailure } = status;
  const showsExit = !hasProcess && status.stopReason !== 'exec-failed';
  return {
    state: status.state.toUpperCase(),
    target: status.target.toUpperCase(),
    ...(status.isExplicit && { explicit: true }),
    ...(hasProcess && { pid: true }),
    ...(status.isSkipped && { skipped: true }),
    ...(status.console !== 'none' && { console: status.console }),
    ...(status.stopReason !== 'normal' && { reason: reasons[status.stopReason] }),
    ...(showsExit && exit?.kind === 'exited' && exit.status !== 0 && { exit: exit.status }),
    ...(showsExit && exit?.kind === 'killed' && { signal: signals[exit.status] ?? String(exit.status) }),
    ...(!hasProcess &&
      status.stopReason === 'exec-failed' &&
      launchFailure && {
        exec: [stages[launchFailure.opType] ?? '?', errnos[launchFailure.errno] ?? String(launchFailure.errno)],
      }),
  };
}

/** `web stopped STARTING>STOPPED DEPFAILED` */
export function recordedEvent(event: ServiceEventFacts): string {
  const natural = event.state === 'starting' || event.state === 'started' ? 'started' : 'stopped';
  const state = event.state.toUpperCase() + (event.target === natural ? '' : `>${event.target.toUpperCase()}`);
  const reason = event.stopReason === 'normal' ? '' : ` ${reasons[event.stopReason]}`;
  return `${event.name} ${event.event} ${state}${reason}`;
}

/** The state lines of the main log; other messages have words of their own. */
export const isStateMessage = (message: string): boolean =>
  /^service .* (started|stopped|failed to start)\.$/.test(message);

export function stateMessage(name: string, notice: Notice): readonly string[] {
  switch (notice.kind) {
    case 'started':
      return [`service ${name} started.`];
    case 'stopped':
      return [`service ${name} stopped.`];
    case 'start-failed':
      return [`service ${name} failed to start.`];
    default:
      return [];
  }
}
