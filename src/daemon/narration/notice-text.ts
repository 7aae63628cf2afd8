/** The engine's notices in words; undefined for those that the event itself tells already. */
import { errnoText } from '../../api/errno-text.ts';
import { exitText, launchFailureText } from '../../api/event-text.ts';
import type { PlannedService } from '../../plan/planned-service.ts';
import type { Notice } from '../engine/action.ts';
import type { PidFileResult } from '../engine/event.ts';
import type { LogLevel } from '../logging/daemon-log.ts';
import { launchFailure } from './launch-failure.ts';

export interface NoticeText {
  readonly level: LogLevel;
  readonly text: string;
}

const process = (pid: number | undefined): string => (pid === undefined ? 'its process' : `process ${pid}`);

const assumptions: Readonly<Record<Extract<Notice, { kind: 'assumed' }>['what'], string>> = {
  'process-ended': 'its process is gone; the journal does not say how it ended',
  'process-running': 'has a process that the journal does not know: taken as started',
  started: 'taken as started, because what depends on it runs',
};

export function noticeText(service: PlannedService, notice: Notice): NoticeText | undefined {
  const { name } = service;
  switch (notice.kind) {
    case 'started':
    case 'stopped':
    case 'start-failed':
    case 'execution-failed':
    case 'start-command-failed':
      return undefined;
    case 'process-ended':
      return { level: 'warn', text: `${name}: ended without being told to: ${exitText(notice.exit)}` };
    case 'start-interrupted':
      return { level: 'info', text: `${name}: start was interrupted: ${exitText(notice.exit)}` };
    case 'stop-command-failed':
      return { level: 'warn', text: `${name}: stop command failed: ${exitText(notice.exit)}` };
    case 'stop-command-not-executed':
      return {
        level: 'error',
        text: `${name}: stop command failed: ${launchFailureText(launchFailure(service, notice.failure))}`,
      };
    case 'closed-readiness':
      return { level: 'error', text: `${name}: closed its readiness descriptor without reporting ready` };
    case 'assumed':
      return { level: 'warn', text: `${name}: ${assumptions[notice.what]}` };
    case 'restarting-too-quickly':
      return {
        level: 'error',
        text:
          `${name}: restarted ${service.restart.limitCount} times within ${service.restart.limitInterval / 1000} s, ` +
          `giving up\n    mend the cause, then 'reevectl start ${name}'`,
      };
    case 'start-timeout':
      return {
        level: 'warn',
        text: `${name}: ${process(notice.pid)} is not ready after ${service.startTimeout / 1000} s, cancelling the start`,
      };
    case 'interrupting-start':
      return { level: 'warn', text: `${name}: interrupting the start (SIGINT to ${process(notice.pid)})` };
    case 'stop-timeout':
      return {
        level: 'warn',
        text:
          `${name}: ${notice.role === 'stop' ? 'the stop command, ' : ''}${process(notice.pid)} has not ended ` +
          `${service.stopTimeout / 1000} s after it was told to, killing it`,
      };
    case 'bad-pid-file':
      return {
        level: 'error',
        text: `${name}: pid file ${service.pidFile ?? ''} ${pidFileText(notice.result, notice.errno, notice.pid)}`,
      };
    default:
      return notice satisfies never;
  }
}

function pidFileText(result: PidFileResult, errno: number, pid: number): string {
  switch (result) {
    case 'supervised':
      return `names process ${pid}`;
    case 'cannot-open':
      return `cannot be read: ${errnoText(errno)}`;
    case 'not-trusted':
      return 'is not trusted: it must be a regular file that belongs to root or the service user and that nobody else can write';
    case 'no-number':
      return 'does not begin with a process number';
    case 'no-such-process':
      return `names process ${pid}, which does not exist`;
    case 'not-ours':
      return `names process ${pid}, which is not a descendant of this service manager`;
    case 'of-another-service':
      return `names process ${pid}, which belongs to another service`;
    default:
      return result satisfies never;
  }
}
