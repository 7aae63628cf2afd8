/** The grants of an instance as text: what the `reeve` command writes for the daemon, which has no user database to look names up in. */
import { type Decoder, DecodeError, list, number, oneOf, optional, record, text } from './decoder.ts';
import type { Allowance, Grant, Subject } from './access/grant.ts';
import { type AccessVerb, isVerb, roles } from './access/verb.ts';

const version = 1;

export function encodeGrants(grants: readonly Grant[]): string {
  return `${JSON.stringify({ version, grants })}\n`;
}

/** @throws {DecodeError | SyntaxError} when it is not such a text. */
export function decodeGrants(encoded: string): readonly Grant[] {
  const file = grantFile(JSON.parse(encoded));
  if (file.version !== version) throw new DecodeError('version', String(version));
  return file.grants;
}

const subject: Decoder<Subject> = (value) => {
  const { kind, id } = record({ kind: oneOf('user', 'group', 'everybody'), id: optional(number) })(value);
  if (kind === 'everybody') return { kind };
  if (id === undefined || !Number.isSafeInteger(id) || id < 0) throw new DecodeError('id', 'a number');
  return { kind, id };
};

const verb: Decoder<AccessVerb> = (value) => {
  const word = text(value);
  if (!isVerb(word)) throw new DecodeError('', 'a verb');
  return word;
};

const allowance: Decoder<Allowance> = (value) => {
  const fields = record({ kind: oneOf('role', 'verbs'), role: optional(oneOf(...roles)), verbs: optional(list(verb)) })(
    value,
  );
  if (fields.kind === 'role' && fields.role !== undefined) return { kind: 'role', role: fields.role };
  if (fields.kind === 'verbs' && fields.verbs !== undefined) return { kind: 'verbs', verbs: fields.verbs };
  throw new DecodeError(fields.kind, 'present');
};

const grant: Decoder<Grant> = record({
  subject,
  allows: allowance,
  services: optional(list(text)),
  origin: optional(text),
  text,
});

const grantFile = record({ version: number, grants: list(grant) });
