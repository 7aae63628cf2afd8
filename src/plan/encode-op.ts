/** One op as bytes. The other direction is decode-op.ts; a new op is a row in `opTypes`, a member of `Op` and a case in each. */
import type { FrameWriter } from '../frame/fields.ts';
import type { Op } from './plan.ts';
import { limitSides, opTypes } from './records.ts';

export function encodeOp(writer: FrameWriter, op: Op): void {
  writer.frame(opTypes[op.kind], (fields) => encodeFields(fields, op));
}

function encodeFields(to: FrameWriter, op: Op): void {
  switch (op.kind) {
    case 'chdir':
      to.text(op.path);
      return;
    case 'umask':
      to.u32(op.mask);
      return;
    case 'rlimit':
      to.u32(op.resource).u8(limitSides[op.side]).u64(op.soft).u64(op.hard);
      return;
    case 'nice':
    case 'oom-score-adj':
      to.i32(op.value);
      return;
    case 'ioprio':
      to.u32(op.value);
      return;
    case 'groups':
      to.list(op.gids, (writer, gid) => writer.u32(gid));
      return;
    case 'gid':
      to.u32(op.gid);
      return;
    case 'uid':
      to.u32(op.uid);
      return;
    case 'streams':
      to.u8(op.which === 'service' ? 0 : 1);
      return;
    case 'env-unset':
    case 'env-import':
      to.text(op.name);
      return;
    case 'env-set':
      to.text(op.assignment);
      return;
    case 'exec':
      to.list(op.candidates, (writer, path) => writer.text(path)).list(op.argv, (writer, word) => writer.text(word));
      return;
    case 'no-new-privs':
    case 'setsid':
    case 'env-clear':
    case 'open-log':
    case 'open-socket':
    case 'pass-descriptors':
      return;
    default:
      op satisfies never;
  }
}
