/**
 * Which process a pid file means, and whether to believe it. The native launcher asks whether that process descends from it; here it has left the family
 * already. So it must be younger than the start command that was run for it, and belong to the user that the service runs as.
 */
import fs from 'node:fs';
import type { PidFileResult } from '../../engine/event.ts';
import { errnoOf } from '../../errno-of.ts';
import { ownerOfProcess, type ProcessStat, readProcessStat } from './process-stat.ts';

export interface PidFileSpec {
  readonly path: string;
  /** The uid besides 0 that may own the file. */
  readonly owner: number;
}

export interface PidFileContext {
  /** When the start command began, in ticks as in `ProcessStat`. */
  readonly begun: number | undefined;
  readonly isOfAnotherService: (pid: number) => boolean;
}

export type PidFileVerdict =
  | { readonly result: 'supervised'; readonly process: ProcessStat }
  | { readonly result: Exclude<PidFileResult, 'supervised'>; readonly errno: number; readonly pid: number };

const largestFile = 20;

export function judgePidFile(spec: PidFileSpec, { begun, isOfAnotherService }: PidFileContext): PidFileVerdict {
  const read = readPidFile(spec);
  if (typeof read !== 'number') return { pid: 0, ...read };
  const refuse = (result: Exclude<PidFileResult, 'supervised'>): PidFileVerdict => ({ result, errno: 0, pid: read });
  if (isOfAnotherService(read)) return refuse('of-another-service');
  const found = readProcessStat(read);
  if (!found || found.isZombie) return refuse('no-such-process');
  const isYounger = begun !== undefined && found.started >= begun;
  const isOwners = spec.owner === 0 || ownerOfProcess(read) === spec.owner;
  return read !== process.pid && isYounger && isOwners ? { result: 'supervised', process: found } : refuse('not-ours');
}

/** A regular file that belongs to root or the service's user and that nobody else can write; never waits. */
function readPidFile({
  path,
  owner,
}: PidFileSpec): number | { readonly result: 'cannot-open' | 'not-trusted' | 'no-number'; readonly errno: number } {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = fs.constants;
  let descriptor: number | undefined;
  try {
    descriptor = fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    const about = fs.fstatSync(descriptor);
    const isTrusted = about.isFile() && (about.uid === 0 || about.uid === owner) && (about.mode & 0o022) === 0;
    if (!isTrusted) return { result: 'not-trusted', errno: 0 };
    const bytes = Buffer.alloc(largestFile);
    const text = bytes.toString('latin1', 0, fs.readSync(descriptor, bytes, 0, largestFile, 0));
    const number = Number(/^\s*(\d+)/.exec(text)?.[1] ?? 0);
    return number > 0 && number <= 0x7fff_ffff ? number : { result: 'no-number', errno: 0 };
  } catch (error) {
    return { result: 'cannot-open', errno: errnoOf(error) };
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}
