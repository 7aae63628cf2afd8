/** The engine's notices in the words of dinit's log. Pure. */
import type { ExitStatus } from '../../api/service-status.ts';
import { errorText } from '../../dinit/error-text.ts';
import { stageText } from '../../dinit/failure-text.ts';
import { opTypes } from '../../plan/records.ts';
import type { PlannedService } from '../../plan/planned-service.ts';
import type { Notice, NoticeLevel } from '../engine/action.ts';
import type { PidFileResult } from '../engine/event.ts';
import type { LaunchFailureFacts } from '../model/service.ts';
import { execStage } from './exec-stage.ts';

/** What became of a service: a line of its own form on the console, a sentence in the main log. */
export interface StatusLine {
  readonly kind: 'status';
  readonly level: NoticeLevel;
  readonly console: string;
  readonly main: string;
}

export interface MessageLine {
  readonly kind: 'message';
  readonly level: NoticeLevel;
  readonly text: string;
}

export type LogLine = StatusLine | MessageLine;

export type NoticedService = Pick<PlannedService, 'name' | 'type'>;

/** Undefined for what dinit keeps to itself. */
export function noticeLine(service: NoticedService, notice: Notice): LogLine | undefined {
  const { name } = service;
  switch (notice.kind) {
    case 'started':
      return { kind: 'status', level: 'info', console: `[  OK  ] ${name}`, main: `service ${name} started.` };
    case 'stopped':
      return { kind: 'status', level: 'info', console: `[STOPPD] ${name}`, main: `service ${name} stopped.` };
    case 'start-failed':
      return {
        kind: 'status',
        level: notice.isDependencyFailure ? 'warn' : 'error',
        console: `[FAILED] ${name}`,
        main: `service ${name} failed to start.`,
      };
    case 'execution-failed':
      return message('error', executionFailure(name, notice.failure));
    case 'process-ended':
      return isClean(notice.exit) ? undefined : message('error', processEnd(name, notice.exit));
    case 'start-command-failed':
      return message(
        'error',
        `Service ${name} command ${endOf(notice.exit, 'failed with exit code', 'terminated due to signal')}`,
      );
    case 'start-interrupted':
      return interruptedLine(service, notice.exit);
    case 'stop-command-failed':
      return stopCommandLine(service, notice.exit);
    case 'stop-command-not-executed':
      return message('error', stopExecutionFailure(service, notice.failure));
    case 'restarting-too-quickly':
      return message('error', `Service ${name} restarting too quickly; stopping.`);
    case 'start-timeout':
      return message('warn', `Service ${name} with pid ${notice.pid ?? -1} exceeded allowed start time; cancelling.`);
    case 'interrupting-start':
      return message('warn', `Interrupting start of service ${name} with pid ${notice.pid ?? -1} (with SIGINT).`);
    case 'stop-timeout': {
      // The stop command of a scripted service is its process at that time.
      const isStopCommand = notice.role === 'stop' && service.type !== 'scripted';
      const whose = isStopCommand ? ` stop command, with pid ${notice.pid ?? -1},` : ` with pid ${notice.pid ?? -1}`;
      return message('warn', `Service ${name}${whose} exceeded allowed stop time; killing.`);
    }
    case 'bad-pid-file':
      return pidFileLine(name, notice.result, notice.errno, notice.pid);
    case 'closed-readiness':
    case 'assumed':
      return undefined;
    default:
      return notice satisfies never;
  }
}

function message(level: NoticeLevel, text: string): MessageLine {
  return { kind: 'message', level, text };
}

function executionFailure(name: string, { opType, errno }: LaunchFailureFacts): string {
  if (opType === opTypes['open-socket']) return `${name}: error binding activation socket: ${errorText(errno)}`;
  return `${name}: execution failed - ${stageText(execStage(opType))}: ${errorText(errno)}`;
}

function stopExecutionFailure({ name, type }: NoticedService, failure: LaunchFailureFacts): string {
  if (type === 'scripted') return executionFailure(name, failure);
  const stage = stageText(execStage(failure.opType));
  return `Service ${name}: could not fork for stop command: ${stage}: ${errorText(failure.errno)}`;
}

const isClean = ({ kind, status }: ExitStatus): boolean => kind === 'exited' && status === 0;

function processEnd(name: string, exit: ExitStatus): string {
  return exit.kind === 'exited'
    ? `Service ${name} process terminated with exit code ${exit.status}`
    : `Service ${name} terminated due to signal ${exit.status}`;
}

function endOf({ kind, status }: ExitStatus, exited: string, killed: string): string {
  return `${kind === 'exited' ? exited : killed} ${status}`;
}

/** Only of scripted services it is told how an interrupt ended. */
function interruptedLine({ name, type }: NoticedService, exit: ExitStatus): LogLine | undefined {
  if (type !== 'scripted' || isClean(exit)) return undefined;
  return message('info', `Service ${name} start cancelled${endOf(exit, '; exit code', ' from signal')}`);
}

function stopCommandLine({ name, type }: NoticedService, exit: ExitStatus): LogLine {
  const isScripted = type === 'scripted';
  const exited = isScripted ? 'failed with exit code' : 'terminated with exit code';
  const how = endOf(exit, exited, 'terminated due to signal');
  return message(isScripted ? 'warn' : 'error', `Service ${name} stop command ${how}`);
}

function pidFileLine(name: string, result: PidFileResult, errno: number, pid: number): LogLine | undefined {
  switch (result) {
    case 'supervised':
      return undefined;
    case 'cannot-open':
      return message('error', `${name}: read pid file: ${errorText(errno)}`);
    case 'not-trusted':
      return message('error', `${name}: could not read from pidfile; it is not trusted: others can write it`);
    case 'no-number':
    case 'no-such-process':
      return message('error', `${name}: pid read from pidfile (${pid}) is not valid`);
    case 'not-ours':
    case 'of-another-service':
      return message('warn', `${name}: unable to supervise process with pid ${pid}`);
    default:
      return result satisfies never;
  }
}
