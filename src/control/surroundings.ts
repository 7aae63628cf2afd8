/** Everything outside of reevectl that it may touch, handed in by `main.ts`. */

export interface Output {
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** Characters a line, where that is known. */
  readonly columns: number | undefined;
  readonly hasColours: boolean;
}

export interface Surroundings {
  readonly out: Output;
  readonly err: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number | undefined;
  readonly version: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}
