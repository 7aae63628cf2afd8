/** Moments as people read them, in local time. */

const day = 24 * 60 * 60 * 1_000;

/** `12:07:35`; with the date when it is not within the last 24 hours: `2026-11-28 12:07:35`. */
export function momentText(time: number, now: number): string {
  const clock = clockText(time);
  return now - time < day && time <= now + day ? clock : `${dateText(time)} ${clock}`;
}

/** The same with milliseconds. */
export function exactMomentText(time: number, now: number): string {
  return `${momentText(time, now)}.${String(Math.floor(time % 1_000)).padStart(3, '0')}`;
}

export function clockText(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoFigures).join(':');
}

export function dateText(time: number): string {
  const date = new Date(time);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoFigures).join('-');
}

const twoFigures = (number: number): string => String(number).padStart(2, '0');
