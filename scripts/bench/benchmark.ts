/** What a module in bench/ exports as `benchmark`. */
export interface Benchmark {
  readonly title: string;
  /** What is measured and how, in a sentence or two. */
  readonly about: string;
  /** Rows of the table; every row has the same columns. Numbers are right-aligned. */
  readonly measure: () => Promise<readonly Row[]>;
}

export type Row = Readonly<Record<string, string | number>>;
