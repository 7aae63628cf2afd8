import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startControlFixture } from '../support/control-fixture.ts';
import { ctl } from '../support/ctl.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';

const run = promisify(execFile);
const main = fileURLToPath(new URL('../../src/control/main.ts', import.meta.url));
const isThere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

async function words(socket: string, ...line: readonly string[]): Promise<readonly string[]> {
  const { out } = await ctl(['completion', 'words', '--', ...line], { socket });
  return out
    .split('\n')
    .filter((each) => each !== '')
    .map((each) => each.split('\t')[0] ?? '');
}

test('completion knows commands, options, their values, and the names of services where they may stand', async () => {
  using directory = makeTemporaryDirectory();
  for (const name of ['web', 'spare', '.hidden']) writeFileSync(join(directory.path, name), 'type = internal\n');
  await using fixture = await startControlFixture(
    { web: {}, 'web-cache': {}, db: {} },
    { serviceDirectories: [directory.path, '/nonexistent'] },
  );
  const socket = fixture.path;
  await ctl(['start', 'web', 'web-cache', 'db'], { socket });
  expect(await words(socket, 'sta')).toEqual(['status', 'start']);
  expect(await words(socket, 'stop', 'we')).toEqual(['web', 'web-cache']);
  expect(await words(socket, 'stop', 'web', 'we')).toEqual(['web-cache']);
  expect(await words(socket, 'start', '')).toEqual(['web', 'web-cache', 'db', 'spare']);
  expect(await words(socket, 'stop', 'spa')).toEqual([]);
  expect(await words(socket, '-p', '/x', 'list', '--sta')).toEqual(['--state']);
  expect(await words(socket, 'list', '--state', 'st')).toEqual(['stopped', 'starting', 'started', 'stopping']);
  expect(await words(socket, 'list', '--state', 'started', 'd')).toEqual(['db']);
  expect(await words(socket, 'plan', 're')).toEqual(['restart', 'release']);
  expect(await words(socket, 'plan', 'restart', 'd')).toEqual(['db']);
  expect(await words(socket, 'add-dep', 'waits-for', 'web', 'd')).toEqual(['db']);
  expect(await words(socket, 'analyze', '')).toEqual(['blame', 'critical-chain', 'plot']);
  expect(await words(socket, 'nonsense', 'xyz')).toEqual([]);
  expect(await words(socket, 'status', '--js')).toEqual(['--json']);
});

test('completion asks the instance that the unfinished line is about, and is silent when there is none', async () => {
  await using fixture = await startControlFixture({ web: {} });
  await ctl(['start', 'web'], { socket: fixture.path });
  expect(await words('/nonexistent/control', '-p', fixture.path, 'stop', '')).toEqual(['web']);
  expect(await words('/nonexistent/control', 'stop', '')).toEqual([]);
});

test('completion refuses a shell that it does not know', async () => {
  expect(await ctl(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    err: "reevectl: there is no completion for 'tcsh'\n    there is one for bash, zsh and fish\n",
  });
});

/** A `reevectl` to be found in PATH, which speaks to the fixture. */
async function inShell(shell: string, args: readonly string[]): Promise<string> {
  await using fixture = await startControlFixture({ web: {}, 'tick@1': {}, 'tick@2': {} });
  await ctl(['start', 'web', 'tick@1', 'tick@2'], { socket: fixture.path });
  using directory = makeTemporaryDirectory();
  const program = join(directory.path, 'reevectl');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${main}' -p '${fixture.path}' "$@"\n`);
  chmodSync(program, 0o755);
  const environment = { PATH: `${directory.path}:${process.env['PATH']}`, HOME: directory.path, TERM: 'dumb' };
  return (await run(shell, args, { env: environment })).stdout;
}

test('completion bash works in bash, also with names that bash would take apart', async () => {
  const script = `
source <(reevectl completion bash)
try() { COMP_LINE=$1; COMP_POINT=\${#1}; COMPREPLY=(); _reevectl; echo "\${COMPREPLY[*]}"; }
try 'reevectl is-st'
try 'reevectl stop '
try 'reevectl stop web ti'
try 'reevectl stop tick@'
complete -p reevectl
`;
  expect((await inShell('bash', ['--norc', '-c', script])).split('\n')).toEqual([
    'is-started',
    'web tick@1 tick@2',
    'tick@1 tick@2',
    '1 2',
    'complete -o default -F _reevectl reevectl',
    '',
  ]);
});

test.skipIf(!isThere('zsh'))('completion zsh works in zsh', async () => {
  const script = `
compdef() { print -r -- "compdef $*" }
_describe() { print -rl -- "\${(@P)2}" }
_files() { print files }
source <(reevectl completion zsh)
words=(reevectl stop ti); CURRENT=3; _reevectl
words=(reevectl -p x); CURRENT=3; _reevectl
`;
  expect((await inShell('zsh', ['-f', '-c', script])).split('\n')).toEqual([
    'compdef _reevectl reevectl',
    'tick@1:started',
    'tick@2:started',
    'files',
    '',
  ]);
});

test.skipIf(!isThere('fish'))('completion fish works in fish', async () => {
  const script = 'reevectl completion fish | source; complete -C "reevectl is-st"; complete -C "reevectl stop ti"';
  expect((await inShell('fish', ['--no-config', '-c', script])).split('\n')).toEqual([
    expect.stringMatching(/^is-started\t/),
    'tick@1\tstarted',
    'tick@2\tstarted',
    '',
  ]);
});
