/** Where text goes, and what may be sent there. */
export interface Output {
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** Characters a line, where that is known. */
  readonly columns: number | undefined;
  /** Lines that are seen at once, where that is known. */
  readonly rows?: number | undefined;
  readonly hasColours: boolean;
  /** Calls back when the terminal has got another size. */
  onResize?(listener: () => void): Disposable;
}
