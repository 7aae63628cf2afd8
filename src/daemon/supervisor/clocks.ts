/** The two clocks of the daemon. The engine only knows the monotonic one; people are shown wall time. Milliseconds, with fractions. */

export interface Clocks {
  monotonic(): number;
  /** A monotonic time as milliseconds since 1970, by the present setting of the wall clock. */
  toWall(monotonic: number): number;
  /** Calls back once, after so many milliseconds, unless disposed. */
  after(delay: number, callback: () => void): Disposable;
}

export const systemClocks: Clocks = {
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
  toWall: (monotonic) => Date.now() - (Number(process.hrtime.bigint()) / 1e6 - monotonic),
  after: (delay, callback) => {
    const timer = setTimeout(callback, delay);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
