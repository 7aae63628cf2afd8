/**
 * One line for each change that was granted or refused, whatever protocol it came by:
 *
 *     web: restart granted to uid 1000, gid 100, process 4242 (reevectl)
 *     reeve: shutdown refused to uid 1001, gid 100, process 4243 (sh)
 *
 * Those who may change something answer for each line. Those who may not could write as many lines as they like, so refusals are written one by one
 * up to a bound for each uid in each interval, and the rest is told as a number at its end.
 */
import type { AccessVerb } from '../../api/access/verb.ts';
import type { Caller } from '../service-manager.ts';
import type { Decision, Reason } from './access-rules.ts';
import { harmlessText } from './harmless-text.ts';
import { programName } from './program-name.ts';

/** Where the lines go: the daemon's log. */
export interface AuditOutput {
  write(level: 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface AuditEntry {
  readonly caller: Caller;
  readonly verb: AccessVerb;
  /** The service it is about, and the other end of a dependency. Empty: the instance as a whole. */
  readonly services: readonly string[];
  /** What else was said: `--force`, the number of a signal, the name of a variable. */
  readonly detail?: string;
  readonly decision: Decision;
}

export interface AuditOptions {
  readonly log: AuditOutput;
  /** Refusals of one uid that are written in one interval. */
  readonly refusalsPerInterval?: number;
  /** Milliseconds. */
  readonly interval?: number;
}

/** Beyond so many in one interval, further uids share one bound. */
const countedUids = 64;
const allOthers = -1;

export class AuditLog implements Disposable {
  readonly #log: AuditOutput;
  readonly #most: number;
  readonly #interval: number;
  readonly #refusals = new Map<number, number>();
  readonly #programs = new WeakMap<Caller, string>();
  #end: NodeJS.Timeout | undefined;

  constructor({ log, refusalsPerInterval = 20, interval = 10_000 }: AuditOptions) {
    this.#log = log;
    this.#most = refusalsPerInterval;
    this.#interval = interval;
  }

  write(entry: AuditEntry): void {
    const { decision, caller } = entry;
    if (decision.kind === 'granted') return this.#line('info', entry);
    return this.#countRefusal(caller.uid) > this.#most ? undefined : this.#line('warn', entry);
  }

  /** Writes down what has only been counted so far. */
  [Symbol.dispose](): void {
    clearTimeout(this.#end);
    this.#end = undefined;
    for (const [uid, count] of this.#refusals) {
      const omitted = count - this.#most;
      const who = uid === allOthers ? 'other users' : `uid ${uid}`;
      const message = `reeve: ${omitted} more requests of ${who} were refused`;
      if (omitted > 0) this.#log.write('warn', message, { audit: 'omitted', uid, omitted });
    }
    this.#refusals.clear();
  }

  #countRefusal(uid: number): number {
    const key = this.#refusals.has(uid) || this.#refusals.size < countedUids ? uid : allOthers;
    const count = (this.#refusals.get(key) ?? 0) + 1;
    this.#refusals.set(key, count);
    this.#end ??= setTimeout(() => this[Symbol.dispose](), this.#interval);
    return count;
  }

  #line(level: 'info' | 'warn', { caller, verb, services, detail, decision }: AuditEntry): void {
    const program = this.#programOf(caller);
    const { uid, gid, pid } = caller;
    const names = services.map(harmlessText);
    const [about = 'reeve', ...others] = names;
    const said = [verb, ...others, ...(detail === undefined ? [] : [harmlessText(detail)])].join(' ');
    // Without the addon that asks the kernel (portable mode) the process is not known.
    const process = pid === 0 ? '' : `, process ${pid}${program === '' ? '' : ` (${program})`}`;
    const who = `uid ${uid}, gid ${gid}${process}`;
    this.#log.write(level, `${about}: ${said} ${decision.kind} to ${who}`, {
      audit: decision.kind,
      verb,
      services: names,
      ...(detail !== undefined && { detail: harmlessText(detail) }),
      uid,
      gid,
      pid,
      program,
      ...(decision.kind === 'granted' ? { by: reasonText(decision.reason) } : { missing: missingText(decision) }),
    });
  }

  #programOf(caller: Caller): string {
    const known = this.#programs.get(caller);
    if (known !== undefined) return known;
    const name = programName(caller.pid);
    this.#programs.set(caller, name);
    return name;
  }
}

function reasonText(reason: Reason): string {
  return reason.kind === 'grant' ? (reason.grant.origin ?? 'default') : reason.kind;
}

function missingText({ verb, service }: Extract<Decision, { kind: 'refused' }>): string {
  return service === undefined ? verb : `${verb} on ${harmlessText(service)}`;
}
