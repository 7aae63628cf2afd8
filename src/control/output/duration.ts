/** Durations as people read them. */

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
