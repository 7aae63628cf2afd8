/** How many checks of a suite passed, failed and were skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const none: Counts = { passed: 0, failed: 0, skipped: 0 };
export const onePassed: Counts = { ...none, passed: 1 };
export const oneFailed: Counts = { ...none, failed: 1 };
export const oneSkipped: Counts = { ...none, skipped: 1 };

export const sum = (all: readonly Counts[]): Counts =>
  all.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    none,
  );

/** `12 passed, 0 failed`, with `, 3 skipped` when there are any. */
export const textOf = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;

/** A suite that ran nothing proves nothing. */
export const isGood = ({ passed, failed, skipped }: Counts): boolean => failed === 0 && passed + skipped > 0;

/** Adds up every line of a program's output that reads as `textOf` writes it. */
export const countsIn = (output: string): Counts =>
  sum(
    [...output.matchAll(/^(?<passed>\d+) passed, (?<failed>\d+) failed(?:, (?<skipped>\d+) skipped)?$/gm)].map(
      ({ groups }) => ({
        passed: Number(groups?.['passed']),
        failed: Number(groups?.['failed']),
        skipped: Number(groups?.['skipped'] ?? 0),
      }),
    ),
  );
