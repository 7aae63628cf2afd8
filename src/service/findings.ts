/**
 * What was found wrong while one service was loaded. Reading goes on after a finding, so that a person sees everything at once; a bound keeps
 * a binary file from producing a book.
 */
import type { LoadErrorClass, Problem } from './description.ts';
import { problemLimit } from './limits.ts';

/** `description`: in the text of a file; `load`: in what surrounds it; `not-found`: there is no file. */
export interface Finding {
  readonly class: LoadErrorClass;
  readonly problem: Problem;
}

export class Findings {
  readonly errors: Finding[] = [];
  readonly warnings: Problem[] = [];

  error(errorClass: LoadErrorClass, problem: Problem): void {
    if (this.errors.length < problemLimit) this.errors.push({ class: errorClass, problem });
  }

  warn(problem: Problem): void {
    if (this.warnings.length < problemLimit) this.warnings.push(problem);
  }
}
