/** reevectl inside of the test process: everything but `main.ts`, with its output caught. */
import { runReevectl } from '../../src/control/reevectl.ts';
import { svgOf } from '../../src/control/graph/svg.ts';
import { noProcesses, type ProcessTable } from '../../src/control/processes/process-table.ts';
import type { Output } from '../../src/control/output/output.ts';

export interface CtlResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CtlOptions {
  readonly socket?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Both outputs are a terminal of this width. */
  readonly terminal?: number;
  readonly hasColours?: boolean;
  readonly now?: () => number;
  readonly uid?: number;
  /** Lines of the terminal. */
  readonly rows?: number;
  /** Default: none is to be seen. */
  readonly processes?: ProcessTable;
  /** Told everything that is written, as it is written. */
  readonly onOutput?: (text: string) => void;
}

/** What the memory manager's services have been in their state for two minutes at. */
export const laterMoment = Date.UTC(2026, 10, 1, 12, 2, 0);

export async function ctl(args: readonly string[], options: CtlOptions = {}): Promise<CtlResult> {
  const written = { out: '', err: '' };
  const output = (stream: 'out' | 'err'): Output => ({
    write: (bytes) => {
      const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
      written[stream] += text;
      options.onOutput?.(text);
    },
    isTerminal: options.terminal !== undefined,
    columns: options.terminal,
    rows: options.rows,
    hasColours: options.hasColours ?? false,
  });
  const code = await runReevectl(args, {
    out: output('out'),
    err: output('err'),
    environment: { ...(options.socket !== undefined && { REEVE_SOCKET: options.socket }), ...options.environment },
    uid: options.uid ?? 1000,
    version: () => '1.2.3',
    now: options.now ?? (() => laterMoment),
    processes: options.processes ?? noProcesses,
    onInterrupt: () => ({ [Symbol.dispose]: () => {} }),
    renderSvg: svgOf,
  });
  return { code, ...written };
}
