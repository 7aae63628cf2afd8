/** Everything that can be wrong with how reeve was called or set up. The command prints it and ends with status 1. */

export type ReeveErrorCode =
  | 'REEVE_USAGE'
  | 'REEVE_CONFIG'
  | 'REEVE_USERS'
  | 'REEVE_DIRECTORY'
  | 'REEVE_FILE'
  | 'REEVE_NOT_BUILT'
  | 'REEVE_NOT_ROOT';

/** One thing that is wrong. */
export interface Complaint {
  /** `file:line`, where there is one. */
  readonly place?: string;
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string;
}

export class ReeveError extends Error {
  override readonly name = 'ReeveError';
  readonly code: ReeveErrorCode;
  readonly complaints: readonly Complaint[];

  constructor(code: ReeveErrorCode, complaints: readonly Complaint[]) {
    super(complaints.map(renderComplaint).join('\n'));
    this.code = code;
    this.complaints = complaints;
  }
}

/** `reeve: /etc/reeve/reeve.ini:4: unknown setting 'deamon'`, and an indented second line that says what to do. */
export function renderComplaint({ place, message, advice }: Complaint): string {
  const first = `reeve: ${place === undefined ? '' : `${place}: `}${message}`;
  return advice === undefined ? first : `${first}\n    ${advice}`;
}
