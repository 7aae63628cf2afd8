/** SETENV, and what listeners are told. */
import type { Information } from '../../dinit/information.ts';
import type { Reply } from '../../dinit/replies.ts';
import type { RequestOf } from '../../dinit/requests.ts';
import { ack, badRequest, nak, type RequestContext } from './client.ts';
import type { EnvironmentChange } from './dinit-manager.ts';
import { decodeUtf8 } from './service-name.ts';

export function answerSetEnvironment(
  { text: bytes }: RequestOf<'set-environment'>,
  { manager, client }: RequestContext,
): Reply | Promise<Reply> {
  const equalsSign = 0x3d;
  if (bytes[0] === equalsSign || bytes.includes(0)) return badRequest;
  const text = decodeUtf8(bytes);
  // Variables are text here; other bytes would reach services changed.
  if (text === undefined) return nak;
  const equals = text.indexOf('=');
  const [name, value] = equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
  return manager.setEnvironment(name, value, client.caller).then(({ kind }) => (kind === 'done' ? ack : nak));
}

export function environmentEvent({ name, value, wasSet }: EnvironmentChange): Information {
  const text = value === undefined ? `${name}\0` : `${name}=${value}\0`;
  return { kind: 'environment-event', isOverridden: wasSet ? 1 : 0, text: Buffer.from(text) };
}
