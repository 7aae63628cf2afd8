/** Calls of `io.reeve.Control` by somebody else: a process with other ids, none of which has to exist in the user database. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('programs/call-as-other-uid.ts', import.meta.url));
const run = promisify(execFile);

export interface Somebody {
  readonly uid: number;
  readonly gid?: number;
  readonly groups?: readonly number[];
}

export interface Call {
  readonly method: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface Reply {
  /** Without the name of the interface. */
  readonly error?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** One reply for each call, in order; all of them on one connection. */
export async function callAs(
  path: string,
  { uid, gid = uid, groups = [] }: Somebody,
  calls: readonly Call[],
): Promise<readonly Reply[]> {
  const texts = calls.map(({ method, parameters }) =>
    JSON.stringify({ method: `io.reeve.Control.${method}`, parameters }),
  );
  const ids = [String(uid), String(gid), groups.join(',')];
  const { stdout } = await run(process.execPath, [program, path, ...ids, ...texts], { maxBuffer: 2 ** 24 });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(toReply);
}

function toReply(line: string): Reply {
  if (line === 'closed') return { error: line };
  const { error, parameters } = JSON.parse(line) as Reply;
  return {
    ...(error !== undefined && { error: error.slice(error.lastIndexOf('.') + 1) }),
    ...(parameters && { parameters }),
  };
}
