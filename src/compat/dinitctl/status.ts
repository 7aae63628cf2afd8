/** `dinitctl status`, `is-started` and `is-failed`. */
import type { DinitStatus, ProcessStatus } from '../../dinit/service-status.ts';
import { executionText } from '../../dinit/failure-text.ts';
import { type Context, inform } from './context.ts';
import { modificationTime, queryDescriptionFile } from './description-file.ts';
import { findService, queryStatus } from './services.ts';
import { failure } from './words.ts';

interface Report {
  readonly file: string;
  readonly status: DinitStatus;
}

async function query({ session }: Context, name: string): Promise<Report | undefined> {
  const service = await findService(session, name);
  if (!service) return undefined;
  const file = await queryDescriptionFile(session, name, service.handle);
  return { file, status: await queryStatus(session, service.handle) };
}

export async function runStatus(context: Context, name: string): Promise<number> {
  const found = await query(context, name);
  if (!found) throw failure('service not loaded.');
  const { file, status } = found;
  const modified = status.modified === undefined ? undefined : modificationTime(file);
  const isModified = modified !== undefined && modified !== status.modified;
  context.output.out(statusText(name, file, isModified, status));
  return 0;
}

export async function runQuestion(context: Context, kind: 'is-started' | 'is-failed', name: string): Promise<number> {
  const found = await query(context, name);
  if (!found) return 1;
  const { status } = found;
  inform(context, `${status.state.toUpperCase()}\n`);
  return (kind === 'is-started' ? status.state === 'started' : isFailed(status)) ? 0 : 1;
}

const failures: readonly DinitStatus['stopReason'][] = ['dependency-failed', 'failed', 'exec-failed', 'timed-out'];

function isFailed({ state, stopReason }: DinitStatus): boolean {
  return state === 'stopped' && failures.includes(stopReason);
}

export function statusText(name: string, file: string, isModified: boolean, status: DinitStatus): string {
  const { target, isExplicit, process } = status;
  const lines = [
    `Service: ${name}`,
    `    File: ${file}${isModified ? ' (modified since loaded)' : ''}`,
    `    State: ${status.state.toUpperCase()}${stateDetail(status)}${consoleDetail(status)}`,
  ];
  if (status.state === 'stopped' && status.stopReason === 'exec-failed' && process.kind === 'exec-failed') {
    lines.push(executionText(process).trimEnd());
  }
  if (target === 'started')
    lines.push(`    Activation: ${isExplicit ? 'explicitly started' : 'start due to dependent(s)'}`);
  if (process.kind === 'running') lines.push(`    Process ID: ${process.pid}`);
  return lines.map((line) => `${line}\n`).join('');
}

function stateDetail(status: DinitStatus): string {
  const { state, target, isSkipped, process } = status;
  switch (state) {
    case 'stopped':
      return reasonDetail(status);
    case 'starting':
      return target === 'stopped' ? ' (target state: STOPPED)' : '';
    case 'started':
      return isSkipped ? ' (startup skipped)' : '';
    case 'stopping': {
      const way = target === 'started' ? ' (target state: STARTED)' : '';
      // Its process has ended and the stop command still runs.
      return process.kind === 'running' || isClean(process) ? way : `${way}(terminated ;${endDetail(process)})`;
    }
    default:
      return state satisfies never;
  }
}

function reasonDetail({ stopReason, process }: DinitStatus): string {
  switch (stopReason) {
    case 'normal':
      return '';
    case 'dependency-restart':
      return ' (dependency restarted)';
    case 'dependency-failed':
      return ' (dependency failed/terminated)';
    case 'failed':
      return ` (failed to start${isClean(process) ? '' : `; ${endDetail(process)}`})`;
    case 'exec-failed':
      return ' (could not be launched)';
    case 'timed-out':
      return ' (start timed out)';
    case 'terminated':
      return ` (terminated${isClean(process) ? '' : `; ${endDetail(process)}`})`;
    default:
      return stopReason satisfies never;
  }
}

function isClean(process: ProcessStatus): boolean {
  return (
    process.kind === 'none' || process.kind === 'exec-failed' || (process.kind === 'exited' && process.status === 0)
  );
}

function endDetail(process: ProcessStatus): string {
  if (process.kind === 'exited') return `exited - status ${process.status}`;
  return process.kind === 'killed' ? `signalled - signal ${process.status}` : 'unknown reason';
}

function consoleDetail({ console }: DinitStatus): string {
  switch (console) {
    case 'held':
      return ' (holding console)';
    case 'waiting':
      return ' (waiting for console)';
    case 'none':
      return '';
    default:
      return console satisfies never;
  }
}
