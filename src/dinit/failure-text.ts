/** How a process ended and why a start failed, in dinit's words. */
import { errorText } from './error-text.ts';
import type { DinitStatus, ProcessStatus } from './service-status.ts';

/** By number; without a text where nothing is known of the stage. */
const stageTexts: Readonly<Record<number, string>> = {
  0: 'arranging file descriptors',
  1: 'reading environment file',
  2: 'setting environment variable',
  3: 'setting up activation socket',
  4: 'setting up control socket',
  5: 'changing directory',
  6: 'setting up standard input/output descriptors',
  7: 'entering cgroup',
  8: 'setting resource limits',
  9: 'setting user/group ID',
  10: 'opening log file',
  11: 'setting capabilities',
  12: 'setting I/O priority',
  18: 'executing command',
};

/** Of a stage that only another program knows, the number is better than nothing. */
export function stageText(stage: number): string {
  return stageTexts[stage] ?? `unknown (${stage})`;
}

/** The two lines about an execution that failed. */
export function executionText({ stage, errno }: { readonly stage: number; readonly errno: number }): string {
  return `        Stage: ${stageText(stage)}\n        Error: ${errorText(errno)}\n`;
}

/** `exited - status 3` */
export function endText(process: ProcessStatus): string {
  switch (process.kind) {
    case 'exited':
      return `exited - status ${process.status}`;
    case 'killed':
      return `signalled - signal ${process.status}`;
    case 'core-dump':
    case 'unclean':
    case 'none':
    case 'running':
    case 'exec-failed':
      return 'unknown reason';
    default:
      return process satisfies never;
  }
}

/** The line or lines that follow after `failed to start.` */
export function startFailureText({ stopReason, process }: DinitStatus): string {
  switch (stopReason) {
    case 'dependency-failed':
      return 'Reason: a dependency of the service failed to start. Check dinit log.\n';
    case 'timed-out':
      return 'Reason: start timed out.\n';
    case 'exec-failed':
      return `Reason: execution of service process failed:\n${
        process.kind === 'exec-failed' ? executionText(process) : ''
      }`;
    case 'failed':
      return `Reason: service process terminated before ready: ${endText(process)}\n`;
    case 'normal':
    case 'dependency-restart':
    case 'terminated':
      return 'Reason unknown/unrecognised. Check dinit log.\n';
    default:
      return stopReason satisfies never;
  }
}
