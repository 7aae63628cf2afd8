/** A command ends with status 1 after this text on standard error. The text is complete: with the program's name, and a newline at the end. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code = 'REEVE_COMPAT_FAILURE';

  /** The usual form: each line behind the name of the program. */
  static of(program: string, ...lines: readonly string[]): Failure {
    return new Failure(lines.map((line) => `${program}: ${line}\n`).join(''));
  }
}
