import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';

/** Compiles `bench/programs/NAME.c`, statically, into a directory; returns the path of the program. */
export function compileProgram(name: string, directory: string): string {
  const program = join(directory, name);
  const source = resolve(import.meta.dirname, '../programs', `${name}.c`);
  execFileSync('gcc', ['-std=c17', '-O2', '-static', '-D_GNU_SOURCE', '-o', program, source], { stdio: 'inherit' });
  return program;
}
