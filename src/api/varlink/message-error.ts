/** A message that is not Varlink. There is no reply to one: whoever receives it closes the connection. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
  readonly code = 'REEVE_VARLINK_MESSAGE';
  /** Byte or character of the message where it is wrong, counted from 0. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} (at ${offset})`);
    this.offset = offset;
  }
}
