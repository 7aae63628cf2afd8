/** A number of lines as people write it. */
import { usageError } from './failure.ts';

/** @throws {ReevectlError} */
export function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw usageError(`reevectl: '${text}' is not a number of lines`);
  return Number(text);
}
