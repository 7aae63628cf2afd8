/** Names that were given and that are not loaded. */
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';

/** Tells each of them; true if there are any. */
export function noteMissing(context: Context, given: readonly string[], loaded: ReadonlySet<string>): boolean {
  const missing = given.filter((name) => !loaded.has(name));
  for (const name of missing) {
    context.fail({ exitCode: exitCodes.notFound, kind: 'service-not-loaded', message: `${name}: not loaded` });
  }
  return missing.length > 0;
}
