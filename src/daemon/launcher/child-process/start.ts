/**
 * One start: what it needs is opened, the process is made, and what only the process needs is closed again. A step that fails is told as the op of the program
 * that asked for it.
 */
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import type { Program, ServicePlan } from '../../../plan/plan.ts';
import type { OpKind } from '../../../plan/records.ts';
import { errnoOf } from '../../errno-of.ts';
import type { ConsoleGrant } from '../process-launcher.ts';
import { type ActivationSocket, openActivationSocket } from './activation-socket.ts';
import type { Fifo, FifoSource } from './fifo.ts';
import type { OutputPipes } from './output-pipes.ts';
import { makeListenerBlock, passDescriptors, type StandardStreams } from './passed-descriptors.ts';
import { type FailedStep, failedStep, type ProgramView, viewProgram } from './program-view.ts';
import type { Slot } from './slot.ts';
import { spawnService } from './spawn-service.ts';

export interface StartRequest {
  readonly slot: Slot;
  readonly service: ServicePlan;
  readonly program: Program;
  readonly console: ConsoleGrant;
  readonly environment: ReadonlyMap<string, string>;
  /** The slot whose output is this service's input. */
  readonly producer: Slot | undefined;
}

export interface StartTools {
  readonly outputs: OutputPipes;
  readonly fifos: FifoSource;
}

export type StartResult =
  | {
      readonly kind: 'started';
      readonly child: ChildProcess;
      readonly pid: number;
      /** The read end of its readiness pipe. */
      readonly readiness: number | undefined;
    }
  | { readonly kind: 'failed'; readonly step: FailedStep };

/** A step that failed while something was opened. */
class StepError extends Error {
  override readonly name = 'StepError';
  readonly kind: OpKind;
  readonly errno: number;

  constructor(kind: OpKind, cause: unknown) {
    super(`cannot do ${kind}`, { cause });
    this.kind = kind;
    this.errno = errnoOf(cause);
  }
}

/** Without an activation socket the process is made before the first `await`. */
export async function startProcess(request: StartRequest, tools: StartTools): Promise<StartResult> {
  const { slot, service, program } = request;
  const { ops, role } = program;
  const view = viewProgram(ops, request.environment);
  let activation: ActivationSocket | undefined;
  let readiness: Fifo | undefined;
  let nothing: number | undefined;
  let keepsReadiness = false;
  try {
    const standard = standardStreams(request, view, tools);
    if (role === 'main' && service.readiness) readiness = attempt('pass-descriptors', () => tools.fifos.take());
    if (role === 'main' && service.socket) activation = await activate(service.socket, slot);
    const { stdio, environment } = passDescriptors({
      environment: view.environment,
      standard,
      ...(activation && { listener: activation.descriptor }),
      ...(readiness && { readiness: readiness.write }),
      rules: service.readiness,
    });
    const [input] = standard;
    if (activation && input === 'ignore') nothing = fs.openSync('/dev/null', 'r');
    const blocking =
      activation && makeListenerBlock(stdio, activation.descriptor, input === 'ignore' ? (nothing ?? 0) : input);
    const result = await spawnService({
      ops,
      view,
      environment,
      stdio: blocking?.stdio ?? stdio,
      ...(blocking && { input: blocking.input }),
    });
    if (result.kind === 'failed') return result;
    keepsReadiness = true;
    return { kind: 'started', child: result.child, pid: result.pid, readiness: readiness?.read };
  } catch (error) {
    if (!(error instanceof StepError)) return { kind: 'failed', step: failedStep(ops, undefined, errnoOf(error)) };
    return { kind: 'failed', step: failedStep(ops, error.kind, error.errno) };
  } finally {
    if (nothing !== undefined) fs.closeSync(nothing);
    activation?.close();
    if (readiness) fs.closeSync(readiness.write);
    if (readiness && !keepsReadiness) fs.closeSync(readiness.read);
  }
}

function standardStreams(
  { slot, service, console, producer }: StartRequest,
  view: ProgramView,
  { outputs }: StartTools,
): StandardStreams {
  if (console !== 'none') return [0, 1, 2];
  const { log } = service;
  const shares = view.streams === 'service';
  const hasOutput = log && log.type !== 'none' && (shares || log.type === 'file');
  const step = log?.type === 'file' ? 'open-log' : 'streams';
  const output = hasOutput ? attempt(step, () => outputs.forProcess(slot, log)) : 'ignore';
  const input = shares && producer ? attempt('streams', () => outputs.forConsumer(producer).read) : 'ignore';
  return [input, output, output];
}

async function activate(socket: NonNullable<ServicePlan['socket']>, slot: Slot): Promise<ActivationSocket> {
  try {
    const made = await openActivationSocket(socket, slot.socketFile);
    slot.socketFile = made.file;
    return made;
  } catch (error) {
    throw new StepError('open-socket', error);
  }
}

function attempt<T>(kind: OpKind, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new StepError(kind, error);
  }
}
