/**
 * A copy of the working tree as a fresh clone would be, with the packages already installed: a link to this project's node_modules.
 * Everything else (compiling, bundling, commands) is still to be done by the set-up in it.
 */
import { chownSync, cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '../..');
const notCloned = new Set(['build', 'node_modules', '.git']);

export class ProjectCopy implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'reeve-clone-'));

  /** With a uid, everything in it belongs to that user. */
  constructor(uid?: number) {
    cpSync(project, this.directory, {
      recursive: true,
      filter: (path) => resolve(path) === project || !notCloned.has(basename(path)),
    });
    symlinkSync(join(project, 'node_modules'), join(this.directory, 'node_modules'));
    if (uid !== undefined) giveTo(this.directory, uid);
  }

  path(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const giveTo = (directory: string, uid: number): void => {
  chownSync(directory, uid, uid);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) giveTo(path, uid);
    else if (!entry.isSymbolicLink()) chownSync(path, uid, uid);
  }
};
