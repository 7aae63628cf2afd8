/** Where a start failed, as a stage of the protocol: the launcher's steps are finer and in another order. */
import { execStages } from '../../dinit/words.ts';
import { opKindOf } from '../../plan/decode-op.ts';

/** @param opType Type of the op that failed; 0 before the first one. */
export function execStage(opType: number): number {
  const kind = opKindOf(opType);
  switch (kind) {
    case undefined:
    case 'pass-descriptors':
      return execStages.descriptors;
    case 'env-clear':
    case 'env-unset':
    case 'env-import':
    case 'env-set':
      return execStages.environment;
    case 'open-socket':
      return execStages['activation-socket'];
    case 'chdir':
      return execStages['working-directory'];
    case 'streams':
    case 'setsid':
      return execStages['standard-streams'];
    case 'rlimit':
    case 'umask':
      return execStages.limits;
    case 'groups':
    case 'gid':
    case 'uid':
      return execStages.identity;
    case 'open-log':
      return execStages['log-file'];
    case 'no-new-privs':
      return execStages.capabilities;
    case 'nice':
    case 'ioprio':
    case 'oom-score-adj':
      return execStages.priority;
    case 'exec':
      return execStages.exec;
    default:
      return kind satisfies never;
  }
}
