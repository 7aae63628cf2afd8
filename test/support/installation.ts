/** A copy of the built programs that a test may change: a version of reeve that is installed somewhere, and upgraded there. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '../..');

export class Installation implements Disposable {
  readonly directory = fs.mkdtempSync(join(tmpdir(), 'reeve-installed-'));

  constructor() {
    fs.chmodSync(this.directory, 0o755);
    const native = ['reeve-launcher', 'reeve-logger', 'peercred.node'].map((name) => `build/native/${name}`);
    const library = fs.readdirSync(join(project, 'build/lib')).map((name) => `build/lib/${name}`);
    for (const path of ['package.json', ...native, ...library]) {
      fs.cpSync(join(project, path), join(this.directory, path), { recursive: true });
    }
    fs.symlinkSync(join(project, 'node_modules'), join(this.directory, 'node_modules'));
  }

  /** The command line of its `reeve`, without arguments. */
  get command(): readonly string[] {
    return [process.execPath, '--', join(this.directory, 'build/lib/reeve.cjs')];
  }

  /** As an installer does it: the new file appears whole, and who runs the old one keeps it. */
  change(path: string, edit: (former: Buffer) => Buffer | string): void {
    const full = join(this.directory, path);
    const { mode } = fs.statSync(full);
    fs.writeFileSync(`${full}.new`, edit(fs.readFileSync(full)));
    fs.chmodSync(`${full}.new`, mode);
    fs.renameSync(`${full}.new`, full);
  }

  /** Another build of the daemon, which first does what `beginning` says. */
  newDaemon(build: string, beginning = ''): void {
    this.change('build/lib/daemon.cjs', (former) => `${beginning}\n${former}\n// build ${build}\n`);
    this.change('build/lib/build.json', () => JSON.stringify({ version: '9.9.9', build }));
  }

  [Symbol.dispose](): void {
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}
