/**
 * Calls and replies: the members around the parameters. Decoding is strict: what is not exactly an envelope is a `MessageError`, for which the
 * connection is closed without a reply. Members named after a vendor (with a dot) are ignored.
 */
import { parseJsonText, parseTrustedJsonText, toJsonText } from './json-text.ts';
import { MessageError } from './message-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Call {
  readonly method: string;
  readonly parameters: JsonObject;
  readonly oneway: boolean;
  readonly more: boolean;
  readonly upgrade: boolean;
  /** A key that occurs twice inside the parameters, as a path in them. */
  readonly duplicate?: string;
}

export interface Reply {
  readonly parameters: JsonObject;
  readonly continues: boolean;
  readonly error?: string;
}

const noParameters: JsonObject = Object.freeze({});
const callMembers = new Set(['method', 'parameters', 'oneway', 'more', 'upgrade']);
const replyMembers = new Set(['parameters', 'continues', 'error']);

/** @throws {MessageError} */
export function decodeCall(bytes: Uint8Array): Call {
  const { value, duplicate } = parseJsonText(bytes);
  const call = envelope(value, callMembers);
  const method = call['method'];
  if (typeof method !== 'string') throw new MessageError('a call must have a method', 0);
  const oneway = flag(call, 'oneway');
  const more = flag(call, 'more');
  const upgrade = flag(call, 'upgrade');
  if (Number(oneway) + Number(more) + Number(upgrade) > 1) {
    throw new MessageError('a call can have only one of oneway, more and upgrade', 0);
  }
  const decoded = { method, parameters: parametersOf(call), oneway, more, upgrade };
  if (duplicate === undefined) return decoded;
  return { ...decoded, duplicate: insideParameters(duplicate) };
}

/** @throws {MessageError} */
export function decodeReply(bytes: Uint8Array): Reply {
  const reply = envelope(parseTrustedJsonText(bytes), replyMembers);
  const error = reply['error'];
  if (error !== undefined && typeof error !== 'string') throw new MessageError('an error must be a name', 0);
  const decoded = { parameters: parametersOf(reply), continues: flag(reply, 'continues') };
  return error === undefined ? decoded : { ...decoded, error };
}

export function encodeCall(method: string, parameters: JsonObject, mode: 'one' | 'more' | 'oneway'): string {
  const call = Object.keys(parameters).length === 0 ? { method } : { method, parameters };
  return `${toJsonText(mode === 'one' ? call : { ...call, [mode]: true })}\0`;
}

export function encodeReply(parameters: JsonObject | undefined, continues: boolean): string {
  const hasParameters = parameters !== undefined && !isEmpty(parameters);
  if (!continues) return hasParameters ? `${toJsonText({ parameters })}\0` : '{}\0';
  return `${toJsonText(hasParameters ? { continues, parameters } : { continues })}\0`;
}

export function encodeError(error: string, parameters: JsonObject): string {
  return `${toJsonText(isEmpty(parameters) ? { error } : { error, parameters })}\0`;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}

function envelope(value: unknown, members: ReadonlySet<string>): JsonObject {
  if (!isJsonObject(value)) throw new MessageError('a message must be one JSON object', 0);
  for (const member in value) {
    if (!members.has(member) && !member.includes('.'))
      throw new MessageError(`unknown member ${JSON.stringify(member)}`, 0);
  }
  return value;
}

function flag(object: JsonObject, name: string): boolean {
  const value = Object.hasOwn(object, name) ? object[name] : false;
  if (typeof value !== 'boolean') throw new MessageError(`${name} must be true or false`, 0);
  return value;
}

function parametersOf(object: JsonObject): JsonObject {
  const value = object['parameters'] ?? noParameters;
  if (!isJsonObject(value)) throw new MessageError('parameters must be an object', 0);
  return value;
}

function insideParameters(duplicate: string): string {
  const prefix = 'parameters.';
  if (!duplicate.startsWith(prefix)) throw new MessageError(`${duplicate} occurs twice`, 0);
  return duplicate.slice(prefix.length);
}
