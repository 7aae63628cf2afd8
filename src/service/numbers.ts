/**
 * Numbers as dinit's settings write them. A bad number is `bad`, one that is a number but out of range `too large`; the caller says what it
 * expected.
 */

export type NumberRefusal = 'bad' | 'too large';

const unsignedPattern = /^(?:0[xX][0-9a-fA-F]+|[0-9]+)$/;

/** C style: `0x` hexadecimal, leading `0` octal, otherwise decimal; nothing before or after. */
export function parseUnsigned(text: string, max: number): number | NumberRefusal {
  if (!unsignedPattern.test(text)) return 'bad';
  const isOctal = text.length > 1 && text.startsWith('0') && !/^0[xX]/.test(text);
  if (isOctal && /[89]/.test(text)) return 'bad';
  const value = isOctal ? Number.parseInt(text, 8) : Number(text);
  return value <= max ? value : 'too large';
}

/** The same with an optional sign. */
export function parseSigned(text: string, min: number, max: number): number | NumberRefusal {
  const sign = text.charAt(0);
  const magnitude = parseUnsigned(sign === '-' || sign === '+' ? text.slice(1) : text, Number.MAX_SAFE_INTEGER);
  if (typeof magnitude === 'string') return magnitude;
  const value = sign === '-' && magnitude !== 0 ? -magnitude : magnitude;
  return value >= min && value <= max ? value : 'too large';
}

export function parseOctal(text: string, max: number): number | NumberRefusal {
  if (!/^[0-7]+$/.test(text)) return 'bad';
  const value = Number.parseInt(text, 8);
  return value <= max ? value : 'too large';
}

/** 136 years: what fits into 32 bits of seconds. */
const largestSeconds = 0xffffffff;

/**
 * Seconds with an optional fraction after `.` or `,`, as milliseconds. Rounded up, so that a time that was given never becomes 0, which would
 * mean "no limit". Digits may be missing on either side; nothing at all is 0.
 */
export function parseSeconds(text: string): number | NumberRefusal {
  const parts = /^([0-9]*)(?:[.,]([0-9]*))?$/.exec(text);
  if (!parts) return 'bad';
  const whole = Number(parts[1] === '' ? '0' : parts[1]);
  if (whole > largestSeconds) return 'too large';
  const nanoseconds = Number((parts[2] ?? '').slice(0, 9).padEnd(9, '0'));
  return whole * 1000 + Math.ceil(nanoseconds / 1_000_000);
}

/** The inverse of `parseSeconds`, as short as possible. */
export function formatSeconds(milliseconds: number): string {
  const fraction = String(milliseconds % 1000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  const whole = String(Math.floor(milliseconds / 1000));
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** Bytes with an optional K, M or G (powers of 1024). */
export function parseByteSize(text: string): number | NumberRefusal {
  const parts = /^([0-9]+)([KMG]?)$/.exec(text);
  if (!parts) return 'bad';
  const factor = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[parts[2] ?? ''] ?? 1;
  const value = Number(parts[1]) * factor;
  return value <= Number.MAX_SAFE_INTEGER ? value : 'too large';
}
