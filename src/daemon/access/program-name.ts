/**
 * The name of the program behind a process number. Only a hint: a program may call itself what it likes, and the process that connected may have ended
 * or handed its connection on.
 */
import { readFileSync } from 'node:fs';
import { harmlessText } from './harmless-text.ts';

/** Empty when there is no such process (any more), or it is out of sight. */
export function programName(pid: number): string {
  if (pid <= 0) return '';
  try {
    return harmlessText(readFileSync(`/proc/${pid}/comm`, 'utf8').replace(/\n$/, ''));
  } catch {
    return '';
  }
}
