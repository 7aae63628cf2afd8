/** Moments as people write them. */
import { usageError } from './failure.ts';
import { parseDuration } from './parse-duration.ts';

/**
 * `10:30`, `10:30:05` (today), `2026-11-28`, `2026-11-28 10:30[:05]` in local time; `2026-11-28T10:30:05Z`; `5m`, `1h` (so long ago); `today`, `yesterday`, `now`.
 * @returns milliseconds since 1970
 * @throws {ReevectlError}
 */
export function parseMoment(text: string, now: number): number {
  const words = text.trim();
  if (words === 'now') return now;
  if (words === 'today') return midnight(now);
  if (words === 'yesterday') return midnight(midnight(now) - 1);
  if (/^\d+(\.\d+)?\s*(ms|s|m|min|h)$/.test(words)) return now - parseDuration(words);
  const clock = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?$/.exec(words);
  const [date, time] = words.split(/[ T]/);
  const written = clock
    ? `${isoDate(now)}T${padded(words)}`
    : time === undefined
      ? `${date}T00:00:00`
      : `${date}T${padded(time)}`;
  const moment = /^\d{4}-\d\d-\d\dT/.test(written) ? Date.parse(written) : Number.NaN;
  if (Number.isNaN(moment)) {
    throw usageError(
      `reevectl: '${text}' is not a moment`,
      "examples: 10:30, '2026-11-28 10:30:05', 5m (ago), 1h, today, yesterday",
    );
  }
  return moment;
}

function midnight(time: number): number {
  return Date.parse(`${isoDate(time)}T00:00:00`);
}

/** Of the local day. */
function isoDate(time: number): string {
  const date = new Date(time);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}

/** `9:05` as `09:05`. */
const padded = (clock: string): string => (/^\d:/.test(clock) ? `0${clock}` : clock);
