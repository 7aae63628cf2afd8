/**
 * The output of one service, over ends of the daemon: after each the log is read again, and what was told before is left out. Positions count from the
 * beginning of the log, unless the logger has been replaced as well: then everything it has is new.
 */
import { setTimeout } from 'node:timers/promises';
import { connect, type LogPiece, type ReeveClient } from '../../api/client.ts';
import { isDaemonAway, retryDelay } from '../session/away.ts';

/**
 * @param from Where to begin; undefined: with everything there is.
 * @throws {ControlError | ConnectionError} when there is no such log, or reeve has ended.
 */
export async function* followLog(
  socketPath: string,
  name: string,
  from: number | undefined,
): AsyncGenerator<LogPiece, void, void> {
  let end = from;
  for (;;) {
    try {
      using reeve = await connect(socketPath);
      let skipTo = end === undefined ? 0 : await skipPosition(reeve, name, end);
      for await (const piece of reeve.readLog(name, { follow: true })) {
        const fresh = afterPosition(piece, skipTo);
        // A position before that is another logger's.
        if (piece.position + piece.bytes.length >= skipTo) skipTo = 0;
        end = piece.position + piece.bytes.length;
        if (fresh) yield fresh;
      }
      return;
    } catch (error) {
      if (!isDaemonAway(error)) throw error;
      await setTimeout(retryDelay);
    }
  }
}

/** Where to go on: at `end`, or from the beginning of a log that is shorter than that. */
async function skipPosition(reeve: ReeveClient, name: string, end: number): Promise<number> {
  return (await endOfLog(reeve, name)) < end ? 0 : end;
}

export async function endOfLog(reeve: ReeveClient, name: string): Promise<number> {
  let end = 0;
  for await (const { bytes, position } of reeve.readLog(name, { lastBytes: 1 })) end = position + bytes.length;
  return end;
}

/** What of a piece lies behind a position. */
export function afterPosition(piece: LogPiece, position: number): LogPiece | undefined {
  const told = position - piece.position;
  if (told === 0) return piece;
  if (told < 0) return position > 0 && piece.lost === 0 ? { ...piece, lost: -told } : piece;
  if (told >= piece.bytes.length) return undefined;
  return { bytes: piece.bytes.subarray(told), lost: 0, position };
}
