import { FieldReader } from '../frame/fields.ts';
import { type Frame, FrameError } from '../frame/frame.ts';
import type { Op } from './plan.ts';
import { limitSides, type OpKind, opTypes } from './records.ts';

const kindsByType = new Map<number, OpKind>();
for (const kind of Object.keys(opTypes) as OpKind[]) kindsByType.set(opTypes[kind], kind);

export function opKindOf(type: number): OpKind | undefined {
  return kindsByType.get(type);
}

/** @throws {FrameError} unless the payload is exactly that op. */
export function decodeOp(frame: Frame): Op {
  const kind = opKindOf(frame.type);
  if (kind === undefined) throw new FrameError(`unknown op 0x${frame.type.toString(16)}`, 0);
  const from = new FieldReader(frame.payload);
  const op = decodeFields(from, kind);
  from.end();
  return op;
}

function decodeFields(from: FieldReader, kind: OpKind): Op {
  switch (kind) {
    case 'chdir':
      return { kind, path: from.text() };
    case 'umask':
      return { kind, mask: from.u32() };
    case 'rlimit':
      return { kind, resource: from.u32(), side: limitSide(from.u8()), soft: from.u64(), hard: from.u64() };
    case 'nice':
    case 'oom-score-adj':
      return { kind, value: from.i32() };
    case 'ioprio':
      return { kind, value: from.u32() };
    case 'groups':
      return { kind, gids: from.list(() => from.u32()) };
    case 'gid':
      return { kind, gid: from.u32() };
    case 'uid':
      return { kind, uid: from.u32() };
    case 'streams':
      return { kind, which: streamsChoice(from.u8()) };
    case 'env-unset':
    case 'env-import':
      return { kind, name: from.text() };
    case 'env-set':
      return { kind, assignment: from.text() };
    case 'exec':
      return { kind, candidates: from.list(() => from.text()), argv: from.list(() => from.text()) };
    case 'no-new-privs':
    case 'setsid':
    case 'env-clear':
    case 'open-log':
    case 'open-socket':
    case 'pass-descriptors':
      return { kind };
    default:
      return kind satisfies never;
  }
}

function limitSide(value: number): 'soft' | 'hard' | 'both' {
  if (value === limitSides.soft) return 'soft';
  if (value === limitSides.hard) return 'hard';
  if (value === limitSides.both) return 'both';
  throw new FrameError(`RLIMIT must be for 1, 2 or 3, got ${value}`, 4);
}

function streamsChoice(value: number): 'service' | 'log-file-only' {
  if (value > 1) throw new FrameError(`STREAMS must be 0 or 1, got ${value}`, 0);
  return value === 0 ? 'service' : 'log-file-only';
}
