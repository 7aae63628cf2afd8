/** Output of services as lines, each with its time where that is known. Pure. */

export interface LogLine {
  readonly service: string;
  /** Milliseconds since 1970. Undefined for output that is kept without times. */
  readonly time: number | undefined;
  readonly text: string;
}

/** As the logger writes it with `log-timestamps = yes`. */
const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\d{3}Z /;

export function parseLine(service: string, line: string, arrival: number | undefined): LogLine {
  const found = stamp.exec(line);
  if (!found) return { service, time: arrival, text: line };
  return { service, time: Date.parse(`${found[1]}Z`), text: line.slice(found[0].length) };
}

/** Cuts bytes into lines. What has no end yet waits for it. */
export class LineCutter {
  readonly #decoder = new TextDecoder();
  #rest = '';

  push(bytes: Uint8Array): readonly string[] {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    // A service that never ends its line must not fill our memory.
    if (this.#rest.length > longestLine) return [...lines, ...this.end()];
    return lines;
  }

  /** The line that nobody has ended. */
  end(): readonly string[] {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = '';
    return rest === '' ? [] : [rest];
  }
}

const longestLine = 1024 * 1024;

/**
 * Lines of several services in the order of their times. The lines of one service keep their order; one without a time stays with the line before it, and
 * those before the first time come first.
 */
export function mergeLines(logs: readonly (readonly LogLine[])[]): readonly LogLine[] {
  const keyed = logs.flatMap((lines, service) => {
    let last = -Infinity;
    return lines.map((line, place) => {
      last = Math.max(last, line.time ?? last);
      return { line, key: last, service, place };
    });
  });
  return keyed
    .toSorted((a, b) => (a.key === b.key ? a.service - b.service || a.place - b.place : a.key < b.key ? -1 : 1))
    .map(({ line }) => line);
}
