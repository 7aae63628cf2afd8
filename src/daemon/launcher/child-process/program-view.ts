/**
 * A program of the plan as `child_process.spawn` can take it. The native launcher's child works through the ops one by one; here they are looked at together,
 * and what fails is traced back to the op that asked for it. Pure.
 */
import { constants } from 'node:os';
import type { Op } from '../../../plan/plan.ts';
import { type OpKind, opTypes } from '../../../plan/records.ts';
import { splitAssignment } from './process-environment.ts';

export interface ProgramView {
  readonly environment: ReadonlyMap<string, string>;
  readonly directory: string;
  readonly streams: 'service' | 'log-file-only';
  readonly umask?: number;
  readonly nice?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly candidates: readonly string[];
  readonly argv: readonly string[];
  /** An op that cannot be carried out here. Services that ask for one are not loaded, so this is for the case that the table forgot it. */
  readonly impossible?: OpKind;
}

/** A step that failed: what START_FAILED tells. */
export interface FailedStep {
  readonly opIndex: number;
  readonly opType: number;
  readonly errno: number;
}

/** The failure of the first op of a kind; of making the process if the program has none. */
export function failedStep(ops: readonly Op[], kind: OpKind | undefined, errno: number): FailedStep {
  const opIndex = ops.findIndex((op) => op.kind === kind);
  return kind === undefined || opIndex < 0
    ? { opIndex: 0, opType: 0, errno }
    : { opIndex, opType: opTypes[kind], errno };
}

/** What is wrong when `spawn` fails although the directory could be entered. */
export function spawnFailure(ops: readonly Op[], errno: number): FailedStep {
  const { EAGAIN, ENOMEM, EMFILE, ENFILE, EPERM, EINVAL } = constants.errno;
  if ([EAGAIN, ENOMEM, EMFILE, ENFILE].includes(errno)) return failedStep(ops, undefined, errno);
  const changesUser = ops.some(({ kind }) => kind === 'uid');
  return failedStep(ops, changesUser && (errno === EPERM || errno === EINVAL) ? 'uid' : 'exec', errno);
}

export function viewProgram(ops: readonly Op[], daemonEnvironment: ReadonlyMap<string, string>): ProgramView {
  const environment = new Map(daemonEnvironment);
  let view: ProgramView = {
    environment,
    directory: '/',
    streams: 'service',
    candidates: [],
    argv: [],
  };
  for (const op of ops) view = { ...view, ...effectOf(op, environment, daemonEnvironment) };
  return view;
}

function effectOf(
  op: Op,
  environment: Map<string, string>,
  daemonEnvironment: ReadonlyMap<string, string>,
): Partial<ProgramView> {
  switch (op.kind) {
    case 'env-clear':
      environment.clear();
      return {};
    case 'env-unset':
      environment.delete(op.name);
      return {};
    case 'env-import': {
      const value = daemonEnvironment.get(op.name);
      if (value !== undefined) environment.set(op.name, value);
      return {};
    }
    case 'env-set': {
      const [name, value] = splitAssignment(op.assignment);
      environment.set(name, value);
      return {};
    }
    case 'chdir':
      return { directory: op.path };
    case 'streams':
      return { streams: op.which };
    case 'umask':
      return { umask: op.mask };
    case 'nice':
      return { nice: op.value };
    case 'uid':
      return { uid: op.uid };
    case 'gid':
      return { gid: op.gid };
    case 'exec':
      return { candidates: op.candidates, argv: op.argv };
    // Begun by `spawn` (detached); dropped by it with the user; opened and passed by whoever asks for it.
    case 'setsid':
    case 'groups':
    case 'open-log':
    case 'open-socket':
    case 'pass-descriptors':
      return {};
    case 'rlimit':
    case 'ioprio':
    case 'oom-score-adj':
    case 'no-new-privs':
      return { impossible: op.kind };
    default:
      return op satisfies never;
  }
}
