/** The value below which `share` (0 to 1) of the values are. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The smallest: on a machine with other work, the run that was disturbed least. */
export const best = (values: readonly number[]): number => Math.min(...values);

/** Each of `a` beside the one of `b` that was measured right before or after it: what disturbs one disturbs the other. */
export const ratio = (a: readonly number[], b: readonly number[]): number =>
  median(a.map((value, index) => value / (b[index] ?? Number.NaN)));
