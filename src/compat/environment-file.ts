/** Environment files as the programs read them: on top of an environment, missing ones as if they were empty. */
import type { EnvironmentStep, Problem } from '../service/description.ts';
import { parseEnvironmentFile } from '../service/environment-file.ts';
import type { ServiceFiles } from '../service/service-files.ts';
import { decodeText } from '../service/text-decoding.ts';

export type EnvironmentReading =
  | { readonly kind: 'read'; readonly steps: readonly EnvironmentStep[]; readonly warnings: readonly Problem[] }
  | { readonly kind: 'absent' }
  /** `why` is the loader's words for the error. */
  | { readonly kind: 'refused'; readonly why: string };

export function readEnvironmentFile(path: string, files: ServiceFiles): EnvironmentReading {
  const content = files.readRegularFile(path);
  if (content.kind === 'absent') return { kind: 'absent' };
  if (content.kind === 'refused') return { kind: 'refused', why: content.text };
  const decoded = decodeText(content.bytes, path);
  if (decoded.kind === 'problem') return { kind: 'refused', why: decoded.problem.message };
  return { kind: 'read', ...parseEnvironmentFile(decoded.text, path) };
}

/** The environment of this process, in its order. */
export function processEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  return new Map(Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** The environment as the daemon sends it: `NAME=VALUE`, each with a NUL behind it. */
export function parseEnvironment(bytes: Buffer): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const item of bytes.toString().split('\0')) {
    const equals = item.indexOf('=');
    if (equals > 0) variables.set(item.slice(0, equals), item.slice(equals + 1));
  }
  return variables;
}
