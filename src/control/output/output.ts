/** Where text goes, and what may be sent there. */
export interface Output {
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** Characters a line, where that is known. */
  readonly columns: number | undefined;
  readonly hasColours: boolean;
}
