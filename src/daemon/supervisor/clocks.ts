/** The two clocks of the daemon. The engine only knows the monotonic one; people are shown wall time. Milliseconds, with fractions. */

export interface Clocks {
  monotonic(): number;
  /** A monotonic time as milliseconds since 1970, by the present setting of the wall clock. */
  toWall(monotonic: number): number;
  /** Calls back once, after so many milliseconds, unless disposed. */
  after(delay: number, callback: () => void): Disposable;
}

const monotonicNow = (): number => Number(process.hrtime.bigint()) / 1e6;

let wallOffset = Number.NaN;

/** The wall clock counts whole milliseconds. One offset is kept until the clock was really set, so that two times keep their distance. */
function offset(): number {
  const present = Date.now() - monotonicNow();
  if (!(Math.abs(present - wallOffset) < 2)) wallOffset = present;
  return wallOffset;
}

export const systemClocks: Clocks = {
  monotonic: monotonicNow,
  toWall: (monotonic) => offset() + monotonic,
  after: (delay, callback) => {
    const timer = setTimeout(callback, delay);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
