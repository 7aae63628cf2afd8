/** The process table in /proc. A process may end at any moment: then it is not there. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseProcStat } from './proc-stat.ts';
import type { ProcessFacts, ProcessTable } from './process-table.ts';

export class ProcFiles implements ProcessTable {
  readonly #root: string;
  #pageSize: number | undefined;

  constructor(root = '/proc') {
    this.#root = root;
  }

  find(pid: number): ProcessFacts | undefined {
    const text = this.#read(`${pid}/stat`);
    return text === undefined ? undefined : parseProcStat(text, (this.#pageSize ??= this.#findPageSize()));
  }

  commandLine(pid: number): string {
    const words = (this.#read(`${pid}/cmdline`) ?? '').split('\0').filter((word) => word !== '');
    return words.length > 0 ? words.join(' ') : (this.find(pid)?.name ?? '');
  }

  all(): readonly ProcessFacts[] {
    let names: readonly string[];
    try {
      names = readdirSync(this.#root);
    } catch {
      return [];
    }
    return names.flatMap((name) => (/^\d+$/.test(name) ? (this.find(Number(name)) ?? []) : []));
  }

  /** The kernel counts resident memory in pages; nothing in /proc says directly how large they are. */
  #findPageSize(): number {
    const pages = Number(this.#read('self/statm')?.split(' ')[1]);
    const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(this.#read('self/status') ?? '')?.[1]);
    const size = 2 ** Math.round(Math.log2((kilobytes * 1024) / pages));
    return Number.isFinite(size) && size >= 1024 ? size : 4096;
  }

  #read(path: string): string | undefined {
    try {
      return readFileSync(`${this.#root}/${path}`, 'utf8');
    } catch {
      return undefined;
    }
  }
}
