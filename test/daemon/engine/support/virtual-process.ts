/** A process that exists only in a test: it does what its program, or the test, says. */
import type { ExitStatus } from '../../../../src/api/service-status.ts';
import type { Report } from '../../../../src/daemon/engine/event.ts';
import type { Run, ServiceId } from '../../../../src/daemon/model/ids.ts';
import type { Role } from '../../../../src/daemon/model/service.ts';

const kill = 9;
const ignoredByDefault: ReadonlySet<number> = new Set([18, 19]);

export interface ProcessFacts {
  readonly id: ServiceId;
  readonly name: string;
  readonly role: Role;
  readonly run: Run;
  readonly pid: number;
  readonly console: 'none' | 'shared' | 'exclusive';
  /** The service listens on a readiness pipe of this process. */
  readonly hasReadiness: boolean;
}

export class VirtualProcess {
  readonly facts: ProcessFacts;
  readonly #report: (report: Report) => void;
  /** `apart`: a process that the launcher does not report yet (forked off by a bgprocess). */
  phase: 'launched' | 'running' | 'apart' | 'ended' = 'launched';
  end: ExitStatus | null = null;
  readonly signals: number[] = [];
  /** Other processes of its process group. */
  readonly group: VirtualProcess[] = [];
  #isReadinessOpen: boolean;
  #handlers = new Map<number, () => void>();
  #onExecute: () => void = () => undefined;
  #onEnd: () => void = () => undefined;

  constructor(facts: ProcessFacts, report: (report: Report) => void, phase: 'launched' | 'apart' = 'launched') {
    this.facts = facts;
    this.#report = report;
    this.phase = phase;
    this.#isReadinessOpen = facts.hasReadiness;
  }

  get isAlive(): boolean {
    return this.phase !== 'ended';
  }

  execute(): void {
    if (this.phase !== 'launched') return;
    const { id, role, run, pid } = this.facts;
    this.phase = 'running';
    this.#report({ kind: 'executed', id, role, run, pid });
    this.#onExecute();
    for (const signal of this.signals) this.#receive(signal);
  }

  failToExecute(errno: number, opIndex = 3, opType = 0x30): void {
    if (this.phase !== 'launched') return;
    const { id, role, run } = this.facts;
    this.phase = 'ended';
    this.#report({ kind: 'start-failed', id, role, run, opIndex, opType, errno });
    this.#onEnd();
  }

  ready(): void {
    this.#closeReadiness('ready');
  }

  closeReadiness(): void {
    this.#closeReadiness('ready-closed');
  }

  exit(status: number): void {
    this.#finish({ kind: 'exited', status });
  }

  die(signal: number): void {
    this.#finish({ kind: 'killed', status: signal });
  }

  signal(signal: number): void {
    this.signals.push(signal);
    if (this.phase === 'running' || this.phase === 'apart') this.#receive(signal);
  }

  /** What the process does on a signal instead of dying. */
  on(signal: number, handler: () => void): void {
    this.#handlers.set(signal, handler);
  }

  /** What it does as soon as it is executed, before it gets signals that came earlier. */
  onExecute(handler: () => void): void {
    this.#onExecute = handler;
  }

  onEnd(handler: () => void): void {
    this.#onEnd = handler;
  }

  /** The launcher has taken a process that was apart into supervision. */
  supervise(): void {
    if (this.phase === 'apart') this.phase = 'running';
  }

  #receive(signal: number): void {
    if (!this.isAlive) return;
    const handler = signal === kill ? undefined : this.#handlers.get(signal);
    if (handler) handler();
    else if (!ignoredByDefault.has(signal)) this.die(signal);
  }

  #closeReadiness(kind: 'ready' | 'ready-closed'): void {
    if (!this.#isReadinessOpen || this.phase !== 'running') return;
    this.#isReadinessOpen = false;
    this.#report({ kind, id: this.facts.id, run: this.facts.run });
  }

  #finish(exit: ExitStatus): void {
    if (this.phase !== 'running' && this.phase !== 'apart') return;
    this.closeReadiness();
    const isReported = this.phase === 'running';
    this.phase = 'ended';
    this.end = exit;
    const { id, role, run, pid } = this.facts;
    if (isReported) this.#report({ kind: 'exited', id, role, run, pid, exit });
    this.#onEnd();
  }
}
