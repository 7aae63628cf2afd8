/** What the launcher asks the compiler for (docs/protocol.md, section 4). */
import { FieldReader, FrameWriter } from '../frame/fields.ts';
import { FrameError, FrameReader } from '../frame/frame.ts';
import { requestRecords, requestRules } from './records.ts';

export interface CompileRequest {
  readonly generation: number;
  readonly digest: Uint8Array;
  readonly names: readonly string[];
  /** The daemon environment now, `NAME=value` each. */
  readonly environment: readonly string[];
}

/** @throws {FrameError} unless the bytes are exactly one request. */
export function decodeRequest(bytes: Buffer): CompileRequest {
  const reader = new FrameReader(requestRules);
  const names: string[] = [];
  const environment: string[] = [];
  let head: Pick<CompileRequest, 'generation' | 'digest'> | undefined;
  let isEnded = false;
  for (const { type, payload } of reader.feed(bytes)) {
    const from = new FieldReader(payload);
    if (isEnded || (head === undefined) !== (type === requestRecords.request)) {
      throw new FrameError('the records of the request are not in order', 0);
    }
    if (type === requestRecords.request) {
      head = { generation: from.u32(), digest: Uint8Array.from({ length: 32 }, () => from.u8()) };
    } else if (type === requestRecords.name) names.push(from.text());
    else if (type === requestRecords.environment) environment.push(from.text());
    else isEnded = true;
    from.end();
  }
  if (head === undefined || !isEnded || reader.pending > 0)
    throw new FrameError('the request has no end', bytes.length);
  return { ...head, names, environment };
}

export function encodeRequest({ generation, digest, names, environment }: CompileRequest): Buffer {
  const writer = new FrameWriter();
  writer.frame(requestRecords.request, (to) => to.u32(generation).bytes(digest));
  for (const name of names) writer.frame(requestRecords.name, (to) => to.text(name));
  for (const assignment of environment) writer.frame(requestRecords.environment, (to) => to.text(assignment));
  return writer.frame(requestRecords.end).take();
}
