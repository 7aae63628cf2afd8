/**
 * The supervisors that reeve is measured beside, each with the same services of a process that restart whenever it ends. Nothing is installed into the
 * machine for it: what is not there is fetched from its registry into a directory that goes away, or left out.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import type { ReportingTree } from './reporting-tree.ts';

const farewell = 20_000;

export interface Supervisor {
  readonly name: string;
  /** Why it cannot be measured here, or undefined. */
  readonly missing: string | undefined;
  /** The most services that it is asked to have: some take minutes for a thousand. */
  readonly most: number;
  start(tree: ReportingTree): ChildProcess;
  /** Ends it with its services. */
  stop(child: ChildProcess): Promise<void>;
}

const find = (program: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, program))
    .find((path) => existsSync(path));

const isInstalled = (program: string): string | undefined =>
  find(program) === undefined ? `${program} is not installed` : undefined;

/** What they print is for nobody. */
const run = (program: string, words: readonly string[], env = process.env): ChildProcess =>
  spawn(program, words, { stdio: ['ignore', 'ignore', 'ignore'], env });

/** By the signal that asks it to end its services too; then by force. */
const endBy =
  (signal: NodeJS.Signals) =>
  async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const limit = setTimeout(() => child.kill('SIGKILL'), farewell);
    child.kill(signal);
    await once(child, 'exit');
    clearTimeout(limit);
  };

function script(path: string, words: readonly string[]): void {
  writeFileSync(path, `#!/bin/sh\nexec ${words.join(' ')}\n`);
  chmodSync(path, 0o755);
}

const reeve = (name: string, ...options: readonly string[]): Supervisor => ({
  name,
  missing: undefined,
  most: Infinity,
  start(tree) {
    const services = join(tree.directory, 'sd');
    if (!existsSync(services)) {
      mkdirSync(services);
      for (const each of tree.names) {
        const text = `type = process\ncommand = ${tree.command(each).join(' ')}\nrestart = true\nrestart-delay = 0\nrestart-limit-count = 0\n`;
        writeFileSync(join(services, each), text);
      }
      writeFileSync(
        join(services, 'boot'),
        `type = internal\n${tree.names.map((each) => `depends-on: ${each}\n`).join('')}`,
      );
    }
    const program = resolve(import.meta.dirname, '../../build/bin/reeve');
    const words = ['--user', '--foreground', '--services-dir', services, '--run-dir', join(tree.directory, 'run')];
    return run(program, [...words, ...options]);
  },
  stop: endBy('SIGTERM'),
});

/** s6 and runit have one directory a service, with a script that becomes its process. */
const directories = (tree: ReportingTree, kind: string): string => {
  const root = join(tree.directory, kind);
  if (existsSync(root)) return root;
  for (const name of tree.names) {
    mkdirSync(join(root, name), { recursive: true });
    script(join(root, name, 'run'), tree.command(name));
  }
  return root;
};

const s6: Supervisor = {
  name: 's6',
  missing: isInstalled('s6-svscan'),
  most: Infinity,
  start: (tree) => run('s6-svscan', ['-c', '2000', directories(tree, 's6')]),
  stop: endBy('SIGTERM'),
};

const runit: Supervisor = {
  name: 'runit',
  missing: isInstalled('runsvdir'),
  most: 1000,
  start: (tree) => run('runsvdir', ['-P', directories(tree, 'runit')]),
  // On HUP it tells every runsv to end its process, and ends.
  stop: endBy('SIGHUP'),
};

/** From Debian's packages, unpacked into a directory. */
const supervisord = (directory: string): Supervisor => {
  const root = join(directory, 'supervisor');
  const program = join(root, 'usr/bin/supervisord');
  return {
    name: 'supervisord',
    missing: fetchDebian(root, ['supervisor', 'python3-pkg-resources']) ?? isInstalled('python3'),
    most: 1000,
    start(tree) {
      const file = join(tree.directory, 'supervisord.conf');
      const log = `logfile=${join(tree.directory, 'supervisord.log')}\npidfile=${join(tree.directory, 'supervisord.pid')}\n`;
      const programs = tree.names.map(
        (name) => `[program:${name}]\ncommand=${tree.command(name).join(' ')}\nautorestart=true\nstartsecs=0\n`,
      );
      const limits = `minfds=${4 * tree.names.length + 100}\n`;
      const where = `directory=${tree.directory}\nchildlogdir=${tree.directory}\n`;
      writeFileSync(file, `[supervisord]\nnodaemon=true\nsilent=true\n${log}${limits}${where}${programs.join('')}`);
      const env = { ...process.env, PYTHONPATH: join(root, 'usr/lib/python3/dist-packages'), PYTHONWARNINGS: 'ignore' };
      return run('python3', [program, '-c', file, '-u', String(process.getuid?.() ?? 0)], env);
    },
    stop: endBy('SIGTERM'),
  };
};

/** From npm. `pm2-runtime` is its form for the foreground. */
const pm2 = (directory: string): Supervisor => {
  const root = join(directory, 'pm2');
  return {
    name: 'PM2',
    missing: fetchNpm(root, 'pm2'),
    most: 200,
    start(tree) {
      const file = join(tree.directory, 'ecosystem.config.js');
      const apps = tree.names.map((name) => {
        const [program, ...args] = tree.command(name);
        const none = '/dev/null';
        return { name, script: program, args, interpreter: 'none', out_file: none, error_file: none, min_uptime: 0 };
      });
      writeFileSync(file, `module.exports = ${JSON.stringify({ apps })};`);
      const env = { ...process.env, PM2_HOME: join(tree.directory, 'pm2'), PM2_DISABLE_VERSION_CHECK: 'true' };
      return run(process.execPath, [join(root, 'node_modules/pm2/bin/pm2-runtime'), 'start', file], env);
    },
    stop: endBy('SIGINT'),
  };
};

function fetchDebian(root: string, packages: readonly string[]): string | undefined {
  if (find('apt-get') === undefined || find('dpkg') === undefined) return 'this is not Debian';
  mkdirSync(root, { recursive: true });
  const { status } = spawnSync('apt-get', ['-qq', 'download', ...packages], { cwd: root, stdio: 'ignore' });
  if (status !== 0) return `cannot fetch ${packages.join(' and ')} from Debian`;
  for (const file of readdirSync(root).filter((name) => name.endsWith('.deb'))) {
    if (spawnSync('dpkg', ['-x', file, '.'], { cwd: root }).status !== 0) return `cannot unpack ${file}`;
  }
  return undefined;
}

function fetchNpm(root: string, name: string): string | undefined {
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"private":true}');
  const words = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', name];
  const { status } = spawnSync('npm', words, { cwd: root, stdio: 'ignore' });
  return status === 0 ? undefined : `cannot fetch ${name} from npm`;
}

/** @param directory Where to put what has to be fetched. */
export const allSupervisors = (directory: string): readonly Supervisor[] => [
  reeve('reeve'),
  reeve('reeve --portable', '--portable'),
  s6,
  runit,
  supervisord(directory),
  pm2(directory),
];
