/**
 * A copy of the working tree as a fresh clone would be, with the packages already installed: a link to this project's node_modules.
 * Everything else (compiling, bundling, commands) is still to be done by the set-up in it.
 */
import { chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '../..');
const notCloned = new Set(['build', 'node_modules', '.git']);

export class ProjectCopy implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'reeve-clone-'));

  /** With a uid, everything in it belongs to that user. Without addons, what comes with the packages has not been compiled either. */
  constructor(uid?: number, { hasAddons = true }: { readonly hasAddons?: boolean } = {}) {
    cpSync(project, this.directory, {
      recursive: true,
      filter: (path) => resolve(path) === project || !notCloned.has(basename(path)),
    });
    const packages = join(project, 'node_modules');
    if (hasAddons) symlinkSync(packages, this.path('node_modules'));
    else linkPackages(packages, this.path('node_modules'));
    if (uid !== undefined) giveTo(this.directory, uid);
  }

  path(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A directory of links to the packages, in which `posix` is as npm has installed it. */
const linkPackages = (from: string, to: string): void => {
  mkdirSync(join(to, 'posix'), { recursive: true });
  for (const name of readdirSync(from)) if (name !== 'posix') symlinkSync(join(from, name), join(to, name));
  for (const name of readdirSync(join(from, 'posix'))) {
    if (name !== 'build') symlinkSync(join(from, 'posix', name), join(to, 'posix', name));
  }
};

const giveTo = (directory: string, uid: number): void => {
  chownSync(directory, uid, uid);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) giveTo(path, uid);
    else if (!entry.isSymbolicLink()) chownSync(path, uid, uid);
  }
};
