/**
 * The processes of a test run, and their end.
 *
 * Every program is started in a process group of its own and with a mark in its environment, which its descendants inherit: services that are
 * detached from everything else are found by it in /proc. Only processes with the mark are ever signalled.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface Ending {
  /** Exit status, or the name of the signal, or why it could not be started. */
  readonly how: number | string;
  /** Standard output and error together. */
  readonly output: string;
}

export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

export interface StartOptions {
  readonly directory: string;
  /** Whether its output is shown while it comes. */
  readonly isShown: boolean;
  /** Milliseconds after which it is ended. */
  readonly limit: number;
}

const graceToEnd = 3000;
/** The tools write into a pipe; whether there is a terminal at its end only this process knows. */
const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
/** With the Node that runs this first: tools begin with `#!/usr/bin/env node`. */
const searchPath = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;

export class Processes {
  readonly #mark = `REEVE_TEST_RUN=${process.pid}-${randomUUID()}`;
  readonly #running = new Set<ChildProcess>();
  #isEnding = false;

  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Runs a program to its end. */
  async run(program: string, args: readonly string[], { directory, isShown, limit }: StartOptions): Promise<Ending> {
    if (this.#isEnding) return { how: 'not started: the run is ending', output: '' };
    const [variable = '', value = ''] = this.#mark.split('=');
    const child = spawn(program, args, {
      cwd: directory,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...colours, PATH: searchPath, [variable]: value },
    });
    this.#running.add(child);
    const closed = new Promise<void>((resolve) => {
      child.on('close', () => resolve());
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (isShown) process.stdout.write(text);
      });
    }
    const timer = setTimeout(() => {
      output += `\n${program} did not end within ${limit / 1000} s\n`;
      signalGroup(child, 'SIGKILL');
    }, limit);
    const how = await new Promise<number | string>((resolve) => {
      child.on('error', (error) => resolve(error.message));
      child.on('exit', (status, signal) => resolve(status ?? signal ?? 'unknown'));
    });
    clearTimeout(timer);
    this.#running.delete(child);
    // Bounded: a leftover process may hold the pipes open.
    await Promise.race([closed, delay(1000, undefined, { ref: false })]);
    return { how, output };
  }

  /** What is still there of what was started, after it got a moment to go; it is killed. */
  async endLeftovers(): Promise<readonly Leftover[]> {
    const until = Date.now() + graceToEnd;
    let found = this.#marked();
    while (found.length > 0 && Date.now() < until) {
      await delay(50);
      found = this.#marked();
    }
    this.#killMarked();
    return found;
  }

  /** Ends everything that was started, at once; nothing can be started any more. */
  async endAll(): Promise<void> {
    this.#isEnding = true;
    for (const child of this.#running) signalGroup(child, 'SIGTERM');
    const until = Date.now() + graceToEnd;
    while (this.#running.size > 0 && Date.now() < until) await delay(20);
    for (const child of this.#running) signalGroup(child, 'SIGKILL');
    this.#killMarked();
  }

  #killMarked(): void {
    // A process that forks while it is looked for is found in the next round.
    for (let round = 0; round < 100; round += 1) {
      const found = this.#marked();
      if (found.length === 0) return;
      for (const { pid } of found) signal(pid, 'SIGKILL');
    }
  }

  #marked(): readonly Leftover[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((pid) => readProc(pid, 'environ').split('\0').includes(this.#mark))
      .map((pid) => ({ pid: Number(pid), command: readProc(pid, 'cmdline').replaceAll('\0', ' ').trim() }));
  }
}

const signalGroup = (child: ChildProcess, name: NodeJS.Signals): void => {
  if (child.pid !== undefined) signal(-child.pid, name);
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
};

/** Empty for a process that has ended or belongs to somebody else; a zombie's environment is empty too. */
const readProc = (pid: string, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
};
