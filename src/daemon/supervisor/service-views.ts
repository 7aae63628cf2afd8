/** Services as clients see them: the engine's facts with wall time, words, and what only the plan knows. */
import type { ServiceStatus, ServiceSummary } from '../../api/service-status.ts';
import type { PlannedService } from '../../plan/planned-service.ts';
import { dependenciesOf, dependentsOf, isFailed, loadedServices, statusOf, waitingFor } from '../engine/status.ts';
import { pidOf } from '../engine/processes.ts';
import { serviceOf } from '../engine/turn.ts';
import type { ServiceId } from '../model/ids.ts';
import type { EngineState } from '../model/state.ts';
import type { Clocks } from './clocks.ts';
import { launchFailure } from '../narration/launch-failure.ts';

export function summaryView(state: EngineState, id: ServiceId, clocks: Clocks): ServiceSummary {
  const service = serviceOf(state, id);
  const pid = pidOf(service, 'main');
  return {
    name: service.description.name,
    type: service.description.type,
    state: service.state,
    target: service.target,
    isExplicit: service.isExplicit,
    isFailed: isFailed(service),
    isSkipped: service.isSkipped,
    isPinnedStarted: service.isPinnedStarted,
    isPinnedStopped: service.isPinnedStopped,
    console: service.console,
    stopReason: service.stopReason,
    ...(service.exit && { exit: service.exit }),
    ...(pid !== undefined && { pid }),
    since: clocks.toWall(service.since),
  };
}

export function statusView(state: EngineState, id: ServiceId, service: PlannedService, clocks: Clocks): ServiceStatus {
  const { launchFailure: failure, since, timer, ...facts } = statusOf(state, id);
  const { window } = serviceOf(state, id);
  const { log, socket, readiness, restart } = service;
  return {
    ...facts,
    since: clocks.toWall(since),
    ...(timer && { timer: { kind: timer.kind, due: clocks.toWall(timer.due) } }),
    ...(failure && { launchFailure: launchFailure(service, failure) }),
    restartDelay: restart.delay,
    restartInterval: restart.limitInterval,
    ...(facts.restarts > 0 && { restartsUntil: clocks.toWall(window.begin + restart.limitInterval) }),
    waitingFor: waitingFor(state, id),
    dependencies: dependenciesOf(state, id),
    dependents: dependentsOf(state, id),
    sockets: socket ? [socketText(socket)] : [],
    ...(readiness && {
      readiness:
        readiness.kind === 'descriptor' ? `descriptor ${readiness.descriptor}` : `variable ${readiness.variable}`,
    }),
    logType: log.type,
    ...(log.file !== undefined && { logFile: log.file }),
    file: service.file,
    fileModified: Number(BigInt(service.modified) / 1_000_000n),
  };
}

function socketText({ address }: NonNullable<PlannedService['socket']>): string {
  if (address.kind === 'unix') return address.path;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `tcp:${host}:${address.port}`;
}

/** What is not stopped yet, and what that waits for: one line a service. */
export function blockerLines(state: EngineState): readonly string[] {
  return loadedServices(state).flatMap((id) => {
    const { name, state: serviceState, pid } = statusOf(state, id);
    if (serviceState === 'stopped') return [];
    const reasons = waitingFor(state, id).join(', ');
    const process = pid === undefined ? '' : ` (process ${pid})`;
    return [`${name}: ${serviceState}${process}${reasons === '' ? '' : `, waits for ${reasons}`}`];
  });
}
