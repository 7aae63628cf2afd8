/** `dinitctl list`: one line for each loaded service, as it arrives. */
import { type DinitStatus, fromStatus } from '../../dinit/service-status.ts';
import type { Context } from './context.ts';

export async function runList({ session, output }: Context): Promise<number> {
  const kind = session.version >= 5 ? 'list-5' : 'list';
  let reply = await session.ask({ kind });
  while (reply.kind === 'service-info-1' || reply.kind === 'service-info-5') {
    const status = fromStatus(reply);
    if (!status) throw session.violation(kind);
    output.out(listLine(reply.name.toString(), status));
    reply = await session.next(kind);
  }
  if (reply.kind !== 'list-done') throw session.violation(kind);
  return 0;
}

export function listLine(name: string, status: DinitStatus): string {
  return `[${picture(status)}] ${name}${processText(status)}${consoleText(status)}\n`;
}

/** The eight characters between the brackets: up on the left, down on the right, the way between them. */
function picture(status: DinitStatus): string {
  const { state, target, isExplicit, isSkipped } = status;
  const [left, right] = isExplicit ? '[]' : target === 'started' ? '{}' : '  ';
  const up = state === 'started' ? (isSkipped ? 's' : '+') : ' ';
  const way = state === 'starting' ? '<<' : state === 'stopping' ? '>>' : '  ';
  const down = state === 'stopped' ? (hasFailed(status) ? 'X' : '-') : ' ';
  const [before, after] = target === 'stopped' ? '{}' : '  ';
  return `${left}${up}${right}${way}${before}${down}${after}`;
}

/** Anything but a stop that was asked for or a clean end on its own. */
function hasFailed({ stopReason, process }: DinitStatus): boolean {
  if (stopReason !== 'terminated') return stopReason !== 'normal';
  return !(process.kind === 'none' || (process.kind === 'exited' && process.status === 0));
}

function processText({ state, stopReason, process }: DinitStatus): string {
  if (state !== 'stopped') return process.kind === 'running' ? ` (pid: ${process.pid})` : '';
  if (stopReason !== 'terminated') return '';
  if (process.kind === 'exited') return ` (exit status: ${process.status})`;
  return process.kind === 'killed' ? ` (signal: ${process.status})` : '';
}

function consoleText({ console }: DinitStatus): string {
  switch (console) {
    case 'held':
      return ' (has console)';
    case 'waiting':
      return ' (waiting for console)';
    case 'none':
      return '';
    default:
      return console satisfies never;
  }
}
