/** Durations as people write them. */
import { usageError } from './failure.ts';

const units: Readonly<Record<string, number>> = { ms: 1, '': 1_000, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 };

/**
 * `30`, `1.5s`, `500ms`, `2m`, `1h` in milliseconds.
 * @throws {ReevectlError}
 */
export function parseDuration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text) ?? [];
  const factor = unit === undefined || !Object.hasOwn(units, unit) ? undefined : units[unit];
  if (number === undefined || factor === undefined) {
    throw usageError(`reevectl: '${text}' is not a duration`, 'examples: 30, 1.5s, 500ms, 2m, 1h');
  }
  return Number(number) * factor;
}
