/** What becomes of accepted commands: each gets exactly one outcome, from the first event that settles it. */
import type { PendingCommand, Service } from '../model/service.ts';
import type { Outcome, ServiceEventFacts } from './action.ts';
import type { Turn } from './turn.ts';

export function settle(
  turn: Turn,
  service: Service,
  isSettled: (command: PendingCommand) => boolean,
  outcome: Outcome,
): void {
  const rest: PendingCommand[] = [];
  for (const command of service.commands) {
    if (isSettled(command)) turn.actions.push({ kind: 'outcome', command: command.command, outcome });
    else rest.push(command);
  }
  service.commands = rest;
}

const awaitsStart = ({ awaits }: PendingCommand): boolean => awaits !== 'stop';

export function settleStarted(turn: Turn, service: Service, event: ServiceEventFacts): void {
  settle(turn, service, ({ awaits }) => awaits === 'start', { kind: 'started', event });
}

/** It is up and stays up: the stop that was to follow its start was taken back. */
export function settleStopTakenBack(turn: Turn, service: Service, event: ServiceEventFacts): void {
  settle(turn, service, ({ awaits }) => awaits === 'stop', { kind: 'cancelled', event });
}

export function settleFailed(turn: Turn, service: Service, event: ServiceEventFacts): void {
  settle(turn, service, awaitsStart, { kind: 'failed', event });
}

/** A start was called off, and none follows. */
export function settleStartCancelled(turn: Turn, service: Service, event: ServiceEventFacts): void {
  settle(turn, service, awaitsStart, { kind: 'cancelled', event });
}

export function settleStopCancelled(turn: Turn, service: Service, event: ServiceEventFacts): void {
  settle(turn, service, ({ awaits }) => awaits === 'stop', { kind: 'cancelled', event });
}

export function settleStopped(turn: Turn, service: Service, event: ServiceEventFacts): void {
  settle(turn, service, ({ awaits }) => awaits === 'stop', { kind: 'stopped', event });
  if (service.state !== 'stopped') {
    for (const command of service.commands) if (command.awaits === 'restart') command.awaits = 'start';
  } else {
    settle(turn, service, awaitsStart, { kind: 'cancelled', event });
  }
}
