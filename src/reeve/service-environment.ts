/**
 * The environment that every service starts from. A user's instance hands on the caller's. The instance of the machine begins with a clean one, so
 * that it does not matter from which shell root started it; only what says how to speak and what time it is comes along.
 */
import { applyEnvironment, parseEnvironmentFile } from '../service/environment-file.ts';
import type { EnvironmentStep } from '../service/description.ts';
import type { Mode } from '../plan/settings.ts';
import type { Complaint } from './reeve-error.ts';

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const isKept = (name: string) => name === 'LANG' || name === 'LANGUAGE' || name === 'TZ' || name.startsWith('LC_');

export interface ServiceEnvironment {
  /** `NAME=value`, in the caller's order. */
  readonly assignments: readonly string[];
  /** Lines of the environment file that were passed over. */
  readonly warnings: readonly Complaint[];
}

export function serviceEnvironment(
  mode: Mode,
  variables: Readonly<Record<string, string | undefined>>,
  envFile?: { readonly path: string; readonly text: string },
): ServiceEnvironment {
  const caller = new Map<string, string>();
  for (const [name, value] of Object.entries(variables))
    if (value !== undefined && name !== '') caller.set(name, value);
  const kept = [...caller].filter(([name]) => mode === 'user' || isKept(name));
  const base = new Map(mode === 'user' ? kept : [['PATH', systemPath], ...kept]);
  if (!envFile) return { assignments: assignmentsOf(base), warnings: [] };
  const { steps, warnings } = parseEnvironmentFile(envFile.text, envFile.path);
  // `!import` may take anything that the caller has, also what the clean environment leaves out.
  const resolved = steps.map((step): EnvironmentStep => {
    const value = step.kind === 'import' ? caller.get(step.name) : undefined;
    return step.kind === 'import' && value !== undefined ? { kind: 'set', name: step.name, value } : step;
  });
  return {
    assignments: assignmentsOf(applyEnvironment(resolved, base)),
    warnings: warnings.map(({ message, expected, found, origin, advice }) => ({
      ...(origin && { place: `${origin.file}:${origin.line}` }),
      message: `${message}: expected ${expected ?? 'something else'}, found '${found ?? ''}'`,
      ...(advice !== undefined && { advice }),
    })),
  };
}

function assignmentsOf(environment: ReadonlyMap<string, string>): string[] {
  return [...environment].map(([name, value]) => `${name}=${value}`);
}
