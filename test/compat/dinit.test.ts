import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/compat/dinit/command-line.ts';
import { startDinitFixture } from '../daemon/dinit/dinit-fixture.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { Became, runInProcess } from './run-in-process.ts';

async function becoming(words: readonly string[], directory: string): Promise<Became> {
  const result = await runInProcess(['dinit', ...words], directory).catch((error: unknown) => error);
  if (result instanceof Became) return result;
  throw new Error(`it did not become anything: ${JSON.stringify(result)}`);
}

describe('dinit', () => {
  it('becomes reeve with what its options ask for', async () => {
    using directory = makeTemporaryDirectory();
    const { path } = directory;
    const words = [
      '-u',
      '-d',
      `${path}/s`,
      '-d',
      `${path}/t`,
      '-p',
      `${path}/ctl`,
      '-l',
      `${path}/log`,
      '-t',
      'a',
      'b',
    ];
    expect((await becoming(words, path)).args).toEqual([
      '--user',
      '--foreground',
      `--services-dir=${path}/s`,
      `--services-dir=${path}/t`,
      `--run-dir=${path}/ctl.reeve`,
      `--dinit-socket=${path}/ctl`,
      '--console-style=dinit',
      '--console-level=warn',
      `--main-log=${path}/log`,
      '--main-log-level=info',
      'a',
      'b',
    ]);
  });

  it('starts boot when nothing is named', async () => {
    using directory = makeTemporaryDirectory();
    const { args } = await becoming(['-u', '-p', `${directory.path}/ctl`], directory.path);
    expect(args.at(-1)).toBe('boot');
  });

  it.each([
    [['-q'], ['--console-level=none', '--console-status=by-level']],
    [
      ['-q', '--console-level', 'error'],
      ['--console-level=error', '--console-status=by-level'],
    ],
    [['--console-level', 'debug'], ['--console-level=debug']],
    [
      ['--console-level', 'debug', '-q'],
      ['--console-level=none', '--console-status=by-level'],
    ],
  ])('shows on the console what %j asks for', async (words, expected) => {
    using directory = makeTemporaryDirectory();
    const { args } = await becoming(['-u', '-p', `${directory.path}/ctl`, ...words], directory.path);
    expect(args.filter((word) => word.startsWith('--console-') && !word.startsWith('--console-style'))).toEqual(
      expected,
    );
  });

  it('changes the environment by the file, and tells of lines that it passes over', async () => {
    using directory = makeTemporaryDirectory();
    writeFileSync(join(directory.path, 'env'), 'A=1\nbad line\n!wibble\n!unset HOME\n');
    const words = ['dinit', '-u', '-p', `${directory.path}/ctl`, '-e', `${directory.path}/env`];
    const { environment } = await becoming(words.slice(1), directory.path);
    expect([...environment]).toEqual([
      ['PATH', '/usr/bin:/bin'],
      ['A', '1'],
    ]);
  });

  it.each([
    [['-e', 'none'], "Cannot read environment file '{DIR}/none': No such file or directory"],
    [['-l', 'none/log'], 'Opening log file failed: No such file or directory'],
    [['-p', 'none/ctl'], 'Error binding control socket: No such file or directory'],
  ])('ends with status 1 for %j', async (words, message) => {
    using directory = makeTemporaryDirectory();
    const result = await runInProcess(['dinit', '-u', '-p', `${directory.path}/ctl`, ...words], directory.path);
    expect(result).toEqual({
      stdout: `dinit: ${message.replace('{DIR}', directory.path)}\n`,
      stderr: '',
      exit: 1,
    });
  });

  it('does not start beside another daemon on the same socket', async () => {
    await using fixture = await startDinitFixture({ tree: { 'services/boot': 'type = internal\n' } });
    expect(await runInProcess(['dinit', '-u', '-p', fixture.path], fixture.directory)).toEqual({
      stdout: 'dinit: Control socket is already active (another instance already running?)\n',
      stderr: '',
      exit: 1,
    });
    expect((await runInProcess(['dinit', '-u', '-q', '-p', fixture.path], fixture.directory)).stdout).toBe('');
  });
});

describe('parseCommandLine()', () => {
  it('takes only what is meant for it as process 1, until it is told that it manages the machine or a container', () => {
    const foreign = parseCommandLine(['root=/dev/sda1', '--quiet-boot', 'single', 'splash'], true);
    expect(foreign).toMatchObject({ kind: 'run', services: ['single'] });
    expect(parseCommandLine(['splash', '-o', 'web'], true)).toMatchObject({ services: ['web'] });
    expect(() => parseCommandLine(['-o', '--wibble'], true)).toThrow('dinit: unrecognized option: --wibble');
    expect(parseCommandLine(['splash', '-t', 'web'], true)).toMatchObject({ services: ['web'] });
  });
});

describe('dinit-ready', () => {
  const entry = join(import.meta.dirname, '..', '..', 'src', 'compat', 'dinit-ready', 'main.ts');

  it('writes the path and a NUL once the daemon answers', async () => {
    await using fixture = await startDinitFixture({ tree: { 'services/boot': 'type = internal\n' } });
    const child = spawn(process.execPath, [entry, fixture.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(await text(child.stdout)).toBe(`${fixture.path}\0`);
  });
});
