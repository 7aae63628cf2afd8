/** What an event of the engine is the cause of by itself, before any service has moved. */
import type { LaunchFailure } from '../../api/service-status.ts';
import type { Notice } from '../engine/action.ts';
import type { EngineEvent, Report } from '../engine/event.ts';
import type { ServiceId } from '../model/ids.ts';
import type { LaunchFailureFacts } from '../model/service.ts';
import { type CauseRecord, type Origin, simpleCause } from './step-record.ts';

export type DescribeFailure = (id: ServiceId, facts: LaunchFailureFacts) => LaunchFailure | undefined;

export interface RootCause {
  readonly cause: CauseRecord;
  /** The service that the event reports about. */
  readonly subject: ServiceId | null;
  /** The service whose last step led to the event. */
  readonly after: ServiceId | null;
}

const root = (cause: CauseRecord, subject: ServiceId | null = null, after: ServiceId | null = null): RootCause => ({
  cause,
  subject,
  after,
});

export function rootCause(event: EngineEvent, origin: Origin | undefined, describe: DescribeFailure): RootCause {
  if (event.kind === 'timer' || event.kind === 'recovered') return root(simpleCause('recovered'));
  if ('command' in event) return requestCause(event.kind === 'command' ? event.verb : event.kind, origin);
  return root(reportCause(event, describe), event.id);
}

function requestCause(verb: string, origin: Origin | undefined): RootCause {
  switch (origin?.kind) {
    case undefined:
      return root({ kind: 'request', request: { verb, uid: 0, pid: 0 } });
    case 'request': {
      const { kind: _kind, ...request } = origin;
      return root({ kind: 'request', request });
    }
    case 'boot':
      return root(simpleCause('boot'));
    case 'signal':
      return root({ kind: 'signal', signal: origin.signal });
    case 'chain':
      return root({ kind: 'chain', service: origin.from }, null, origin.from);
    default:
      return origin satisfies never;
  }
}

function reportCause(report: Report, describe: DescribeFailure): CauseRecord {
  switch (report.kind) {
    case 'executed':
    case 'ready':
    case 'killed-all':
      return simpleCause(report.kind);
    case 'ready-closed':
      return simpleCause('readiness-closed');
    case 'pid-file':
      return simpleCause(report.result === 'supervised' ? 'pid-file' : 'bad-pid-file');
    case 'exited':
      return { kind: report.role === 'main' ? 'exited' : 'stop-command', exit: report.exit };
    case 'start-failed': {
      const launchFailure = describe(report.id, report);
      return { kind: 'exec-failed', ...(launchFailure && { launchFailure }) };
    }
    default:
      return report satisfies never;
  }
}

/** What a notice says about the steps of its service that follow in the same turn. */
export function noticeCause(notice: Notice): CauseRecord | undefined {
  switch (notice.kind) {
    case 'start-timeout':
    case 'stop-timeout':
    case 'bad-pid-file':
      return simpleCause(notice.kind);
    case 'closed-readiness':
      return simpleCause('readiness-closed');
    case 'assumed':
      return simpleCause('recovered');
    default:
      return undefined;
  }
}
