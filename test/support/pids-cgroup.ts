/** A control group of its own with a limit on processes, for those who may make one: root, where the pids controller is mounted by itself. */
import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const root = '/sys/fs/cgroup/pids';

export class PidsCgroup implements AsyncDisposable {
  readonly #path = fs.mkdtempSync(join(root, 'reeve-test-'));

  /** The process, and what it starts from now on. */
  take(pid: number): void {
    fs.writeFileSync(join(this.#path, 'cgroup.procs'), String(pid));
  }

  /** At most so many processes and threads. */
  limit(most: number | 'max'): void {
    fs.writeFileSync(join(this.#path, 'pids.max'), String(most));
  }

  remove(): void {
    fs.rmdirSync(this.#path);
  }

  /** When the last process in it has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    while (fs.readFileSync(join(this.#path, 'cgroup.procs'), 'utf8') !== '') await delay(10);
    this.remove();
  }
}

/** Why there can be none here, if so. */
export const noPidsCgroup: string | undefined = reasonAgainst();

function reasonAgainst(): string | undefined {
  if (!fs.existsSync(join(root, 'cgroup.procs'))) return `the pids controller is not mounted at ${root}`;
  try {
    new PidsCgroup().remove();
    return undefined;
  } catch (error) {
    // Whatever is not the system's refusal is a mistake of ours.
    if (error instanceof Error && 'syscall' in error) return error.message;
    throw error;
  }
}
