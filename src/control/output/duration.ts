/** Durations as people write and read them. */
import { usageError } from '../failure.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `450 ms`, `3 s`, `2 min 5 s`, `3 h 2 min`, `5 d 3 h`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < second) return `${Math.max(0, Math.round(milliseconds))} ms`;
  const whole = Math.floor(milliseconds / second) * second;
  if (whole < minute) return `${whole / second} s`;
  if (whole < hour) return pair(whole, minute, 'min', second, 's');
  if (whole < day) return pair(whole, hour, 'h', minute, 'min');
  return pair(whole, day, 'd', hour, 'h');
}

function pair(value: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((value % large) / small);
  return `${Math.floor(value / large)} ${largeUnit}${rest === 0 ? '' : ` ${rest} ${smallUnit}`}`;
}

const units: Readonly<Record<string, number>> = { ms: 1, '': second, s: second, m: minute, min: minute, h: hour };

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
