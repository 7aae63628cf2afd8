/** ReadLog: bytes as the service wrote them, in base64. */
import type { JsonObject } from '../../api/varlink/envelope.ts';
import type { MethodCall, ReplyStream } from '../../api/varlink/method.ts';
import { serviceErrors } from '../../api/varlink/varlink-error.ts';
import type { LogOptions, LogPiece, ServiceManager } from '../service-manager.ts';
import { serviceName } from './commands.ts';
import { controlError } from './control-errors.ts';

const pieceSize = 48 * 1024;
/** What is answered in one reply to a caller that does not stream. */
const largestReply = 128 * 1024;

export async function readLog(manager: ServiceManager, call: MethodCall): Promise<JsonObject> {
  const name = serviceName(call);
  const lastBytes = call.parameters.optionalInteger('lastBytes') ?? 0;
  const follow = call.parameters.flag('follow');
  if (lastBytes < 0) throw serviceErrors.invalidParameter('lastBytes');
  if (follow && !call.stream) throw serviceErrors.expectedMore();
  const status = manager.status(name);
  if (!status) throw controlError('ServiceNotLoaded', { name });
  if (status.logType !== 'buffer' && status.logType !== 'file') {
    throw controlError('LogUnavailable', { name, text: `its output is not kept: log-type is ${status.logType}` });
  }
  const options = { lastBytes, follow, signal: call.signal };
  return call.stream
    ? await streamLog(pieces(manager, name, options), call.stream)
    : await newest(pieces(manager, name, { ...options, lastBytes: Math.min(lastBytes || largestReply, largestReply) }));
}

/** The manager's pieces; what goes wrong on the way to the logger is an error of this call only. */
async function* pieces(manager: ServiceManager, name: string, options: LogOptions): AsyncGenerator<LogPiece> {
  const source = manager.readLog(name, options)[Symbol.asyncIterator]();
  let isFinished = false;
  try {
    for (;;) {
      const next = await source.next().catch((error: unknown) => {
        if (options.signal?.aborted) return { done: true, value: undefined } as const;
        throw controlError('LogUnavailable', { name, text: error instanceof Error ? error.message : String(error) });
      });
      isFinished = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    if (!isFinished) await source.return?.();
  }
}

async function streamLog(source: AsyncIterable<LogPiece>, stream: ReplyStream): Promise<JsonObject> {
  let end = 0;
  for await (const { bytes, lost, position } of source) {
    for (let at = 0; at === 0 || at < bytes.length; at += pieceSize) {
      const data = bytes.subarray(at, at + pieceSize).toString('base64');
      await stream.send({ data, lost: at === 0 ? lost : 0, position: position + at });
    }
    end = position + bytes.length;
  }
  return { data: '', lost: 0, position: end };
}

async function newest(source: AsyncIterable<LogPiece>): Promise<JsonObject> {
  const parts: Buffer[] = [];
  let total = 0;
  let lost = 0;
  let end = 0;
  for await (const piece of source) {
    end = piece.position + piece.bytes.length;
    parts.push(piece.bytes);
    total += piece.bytes.length;
    lost += piece.lost;
    if (total > largestReply) {
      lost += total - largestReply;
      parts.splice(0, parts.length, Buffer.concat(parts).subarray(-largestReply));
      total = largestReply;
    }
  }
  return { data: Buffer.concat(parts).toString('base64'), lost, position: end - total };
}
