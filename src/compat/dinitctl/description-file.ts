/** The file that a service was loaded from, as the daemon names it, and whether it was changed since. */
import { statSync } from 'node:fs';
import type { DaemonSession } from '../daemon-session.ts';

/** Asks for the directory; a relative one counts from the daemon's working directory. */
export async function queryDescriptionFile(session: DaemonSession, name: string, handle: number): Promise<string> {
  const reply = await session.ask({ kind: 'query-directory', reserved: 0, handle });
  if (reply.kind !== 'description-directory') throw session.violation('query-directory');
  const directory = reply.directory.toString();
  const base = baseName(name);
  if (directory.startsWith('/')) return `${directory}/${base}`;
  const mechanism = await session.ask({ kind: 'query-load-mechanism' });
  if (mechanism.kind !== 'load-mechanism') throw session.violation('query-load-mechanism');
  const start = mechanism.workingDirectory.toString();
  return `${start}${start.endsWith('/') ? '' : '/'}${directory}/${base}`;
}

export function baseName(name: string): string {
  const at = name.indexOf('@');
  return at < 0 ? name : name.slice(0, at);
}

/** Nanoseconds since 1970; undefined when it cannot be examined. */
export function modificationTime(path: string): bigint | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  }
}
