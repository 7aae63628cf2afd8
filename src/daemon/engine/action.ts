/**
 * What the engine wants done, in order. The host turns launcher actions into messages, replies and outcomes into answers, notices into log lines.
 * Signals to a process that has just ended are normal; the launcher's refusal of such a signal needs no report back.
 */
import type { ExitStatus, ServiceEvent, ServiceState, StopReason } from '../../api/service-status.ts';
import type { LoadFailure } from '../../service/description.ts';
import type { CommandId, Run, ServiceId } from '../model/ids.ts';
import type { LaunchFailureFacts, RestartIntent, Role } from '../model/service.ts';
import type { Refusal } from '../service-manager.ts';
import type { PidFileResult } from './event.ts';

export type Action =
  | {
      readonly kind: 'launch';
      readonly id: ServiceId;
      readonly role: Role;
      readonly run: Run;
      readonly console: 'none' | 'shared' | 'exclusive';
    }
  | {
      readonly kind: 'signal';
      readonly id: ServiceId;
      readonly role: Role;
      readonly signal: number;
      readonly scope: SignalScope;
    }
  | { readonly kind: 'read-pid-file'; readonly id: ServiceId; readonly run: Run }
  | { readonly kind: 'close-socket'; readonly id: ServiceId }
  /** `kill-all-on-stop`: TERM, a second, then KILL to every other process; answered by the event `killed-all`. */
  | { readonly kind: 'kill-all'; readonly id: ServiceId }
  | { readonly kind: 'event'; readonly id: ServiceId; readonly event: ServiceEventFacts }
  | StepAction
  | { readonly kind: 'reply'; readonly command: CommandId; readonly reply: Reply }
  | { readonly kind: 'outcome'; readonly command: CommandId; readonly outcome: Outcome }
  /** Load the named service (unless it is) and start it, as if a client had asked. */
  | { readonly kind: 'chain'; readonly from: ServiceId; readonly name: string }
  | { readonly kind: 'notice'; readonly id: ServiceId; readonly notice: Notice }
  /** The daemon's own console log must be silent, may write again. */
  | { readonly kind: 'console-log'; readonly isHeld: boolean }
  /** `starts-rwfs` or `starts-log`: what waited for a writable file system or for the system log can be tried now. */
  | { readonly kind: 'available'; readonly id: ServiceId; readonly what: 'writable-file-system' | 'system-log' }
  /** Nothing is active any more: once after the last service came to rest. `isAsked`: a shutdown was requested. */
  | { readonly kind: 'all-stopped'; readonly isAsked: boolean };

export type SignalScope = 'process' | 'process-group';

/**
 * A service came into a state, or (`acting`) everything it waited for is there and its own start action begins. The facts are those of that moment: for
 * whoever writes down what happened and why. Nothing is to be done about it.
 */
export interface StepAction {
  readonly kind: 'step';
  readonly id: ServiceId;
  readonly step: ServiceState | 'acting';
  /** The service whose step led to this one; null when the event itself did. */
  readonly by: ServiceId | null;
  readonly restart: RestartIntent;
  readonly stopReason: StopReason;
  /** Automatic restarts in the present window of the limit. */
  readonly restarts: number;
}

/** A service event without what only the host knows (wall time, words), plus what the dinit protocol shows with it. */
export interface ServiceEventFacts extends Omit<ServiceEvent, 'time' | 'launchFailure'> {
  readonly launchFailure?: LaunchFailureFacts;
  readonly isExplicit: boolean;
  readonly pid?: number;
  readonly console: 'none' | 'waiting' | 'held';
}

export type Reply =
  /** Of everything that is not a command, and of enable when nothing had to be started. */
  | { readonly kind: 'done' }
  | { readonly kind: 'already' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Of load only. */
  | { readonly kind: 'not-loaded'; readonly failures: readonly LoadFailure[] };

export type Outcome =
  | { readonly kind: 'started' | 'stopped' | 'failed' | 'cancelled'; readonly event: ServiceEventFacts }
  | { readonly kind: 'still-required'; readonly by: readonly string[] };

/** What is worth a line in the log; `noticeLevel` says at which level. */
export type Notice =
  | { readonly kind: 'started'; readonly isSkipped: boolean }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'start-failed'; readonly isDependencyFailure: boolean }
  | { readonly kind: 'execution-failed'; readonly failure: LaunchFailureFacts }
  /** The process of a process or bgprocess service ended without being told to. */
  | { readonly kind: 'process-ended'; readonly exit: ExitStatus }
  /** A scripted service's start command failed. */
  | { readonly kind: 'start-command-failed'; readonly exit: ExitStatus }
  | { readonly kind: 'start-interrupted'; readonly exit: ExitStatus }
  | { readonly kind: 'stop-command-failed'; readonly exit: ExitStatus }
  | { readonly kind: 'stop-command-not-executed'; readonly failure: LaunchFailureFacts }
  | { readonly kind: 'closed-readiness' }
  /** After a recovery: what the journal does not say. */
  | { readonly kind: 'assumed'; readonly what: 'process-ended' | 'process-running' | 'started' }
  | { readonly kind: 'restarting-too-quickly' }
  | { readonly kind: 'start-timeout'; readonly pid: number | undefined }
  | { readonly kind: 'interrupting-start'; readonly pid: number | undefined }
  | { readonly kind: 'stop-timeout'; readonly role: Role; readonly pid: number | undefined }
  | { readonly kind: 'bad-pid-file'; readonly result: PidFileResult; readonly errno: number; readonly pid: number };

export type NoticeLevel = 'debug' | 'info' | 'warn' | 'error';
