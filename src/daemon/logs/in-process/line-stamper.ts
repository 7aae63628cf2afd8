/** Puts the time before each line: `2026-11-28T10:11:12.123456Z ` and UTC, as reeve-logger does. A line gets the time at which its first byte came. */

const newline = 0x0a;

export class LineStamper {
  /** Milliseconds since 1970, with fractions. */
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  stamp(data: Buffer, isMidLine: boolean): Buffer {
    const stamp = Buffer.from(`${timeText(this.#now())} `);
    const parts: Buffer[] = [];
    let isInLine = isMidLine;
    for (let at = 0; at < data.length;) {
      const found = data.indexOf(newline, at);
      const end = found < 0 ? data.length : found + 1;
      if (!isInLine) parts.push(stamp);
      parts.push(data.subarray(at, end));
      isInLine = found < 0;
      at = end;
    }
    return Buffer.concat(parts);
  }
}

function timeText(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  const micros = Math.floor((milliseconds - whole) * 1000);
  return new Date(whole).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}
