/** Carries out the engine's actions on real processes, the way the launcher does, as far as Node can do it: enough for the recorded conversations. */
import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import type { ExitStatus } from '../../../src/api/service-status.ts';
import type { Action } from '../../../src/daemon/engine/action.ts';
import type { Report } from '../../../src/daemon/engine/event.ts';
import type { Run, ServiceId } from '../../../src/daemon/model/ids.ts';
import type { Role } from '../../../src/daemon/model/service.ts';
import { opTypes } from '../../../src/plan/records.ts';
import type { ServiceDescription } from '../../../src/service/description.ts';

type Launch = Extract<Action, { kind: 'launch' }>;

export interface LauncherSurroundings {
  readonly describe: (id: ServiceId) => ServiceDescription;
  readonly environment: () => ReadonlyMap<string, string>;
  readonly report: (report: Report) => void;
  readonly output: (id: ServiceId, bytes: Buffer) => void;
  readonly directory: string;
}

export class ChildLauncher {
  readonly #surroundings: LauncherSurroundings;
  readonly #children = new Map<string, ChildProcess>();

  constructor(surroundings: LauncherSurroundings) {
    this.#surroundings = surroundings;
  }

  launch({ id, role, run }: Launch): void {
    const description = this.#surroundings.describe(id);
    const failure = this.#obstacle(description);
    if (failure) {
      setImmediate(() => this.#surroundings.report({ kind: 'start-failed', id, role, run, opIndex: 0, ...failure }));
      return;
    }
    const [file = '', ...args] = role === 'main' ? description.command : description.stopCommand;
    const child = spawn(file, args, {
      cwd: this.#directory(description),
      env: Object.fromEntries(this.#surroundings.environment()),
      detached: true,
      stdio: streams(role === 'main' ? description : undefined),
    });
    child.stdout?.on('data', (bytes: Buffer) => this.#surroundings.output(id, bytes));
    child.stderr?.on('data', (bytes: Buffer) => this.#surroundings.output(id, bytes));
    child.once('error', (error: NodeJS.ErrnoException) => {
      const errno = -(error.errno ?? 0);
      this.#surroundings.report({ kind: 'start-failed', id, role, run, opIndex: 0, opType: opTypes.exec, errno });
    });
    child.once('spawn', () => this.#run(child, id, role, run));
  }

  signal(id: ServiceId, role: Role, signal: number, isGroup: boolean): void {
    const pid = this.#children.get(`${id} ${role}`)?.pid;
    if (pid === undefined) return;
    try {
      process.kill(isGroup ? -pid : pid, signal);
    } catch (error) {
      // It has just ended: its exit is on the way.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  readPidFile(id: ServiceId, run: Run): void {
    const { pidFile = '' } = this.#surroundings.describe(id);
    const report = (result: 'cannot-open' | 'no-such-process' | 'not-ours', errno: number, pid: number): void =>
      setImmediate(() => this.#surroundings.report({ kind: 'pid-file', id, run, result, errno, pid })) && undefined;
    try {
      const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
      report(isAlive(pid) ? 'not-ours' : 'no-such-process', 0, pid);
    } catch {
      report('cannot-open', constants.errno.ENOENT, 0);
    }
  }

  /** Ends what is left. */
  async end(): Promise<void> {
    const live = [...this.#children.values()];
    const ends = live.map((child) => new Promise((resolve) => child.once('close', resolve)));
    for (const { pid } of live) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    await Promise.all(ends);
  }

  #run(child: ChildProcess, id: ServiceId, role: Role, run: Run): void {
    const { pid = 0 } = child;
    this.#children.set(`${id} ${role}`, child);
    this.#surroundings.report({ kind: 'executed', id, role, run, pid });
    const readiness = child.stdio.slice(3).find((stream) => stream !== null && stream !== undefined);
    let isReady = false;
    readiness?.once('data', () => {
      isReady = true;
      this.#surroundings.report({ kind: 'ready', id, run });
    });
    readiness?.once('end', () => {
      if (!isReady) this.#surroundings.report({ kind: 'ready-closed', id, run });
    });
    child.once('exit', (code, signal) => {
      this.#children.delete(`${id} ${role}`);
      this.#surroundings.report({ kind: 'exited', id, role, run, pid, exit: exitOf(code, signal) });
    });
  }

  /** What Node would not tell apart from a program that is missing. */
  #obstacle(description: ServiceDescription): { readonly opType: number; readonly errno: number } | undefined {
    if (!isDirectory(this.#directory(description))) return { opType: opTypes.chdir, errno: constants.errno.ENOENT };
    const { type, file } = description.log;
    if (type === 'file' && file !== undefined && !isDirectory(dirname(file))) {
      return { opType: opTypes['open-log'], errno: constants.errno.ENOENT };
    }
    return undefined;
  }

  #directory({ workingDirectory }: ServiceDescription): string {
    return workingDirectory.startsWith('/') ? workingDirectory : `${this.#surroundings.directory}/${workingDirectory}`;
  }
}

function streams(description: ServiceDescription | undefined): StdioOptions {
  const { readiness } = description ?? {};
  const first: ('ignore' | 'pipe')[] = ['ignore', 'pipe', 'pipe'];
  if (readiness?.kind !== 'descriptor') return first;
  return Array.from({ length: readiness.descriptor + 1 }, (_, index) =>
    index === readiness.descriptor ? 'pipe' : (first[index] ?? 'ignore'),
  );
}

function exitOf(code: number | null, signal: NodeJS.Signals | null): ExitStatus {
  return signal === null
    ? { kind: 'exited', status: code ?? 0 }
    : { kind: 'killed', status: constants.signals[signal] };
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
