import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRecording, recordedFiles, recordingName, recordings } from '../dinit/recordings.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { type ProgramResult, runCompat } from './program-run.ts';
import { runInProcess } from './run-in-process.ts';

type TreeEntry = string | null | { readonly link: string } | { readonly text: string; readonly mode?: string };

interface Step {
  readonly do?: string;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string | null>>;
  readonly cwd?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: unknown;
  readonly path?: string;
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly tree?: Readonly<Record<string, TreeEntry>>;
}

interface Transcript {
  readonly tree?: Readonly<Record<string, TreeEntry>>;
  readonly daemon?: unknown;
  readonly steps: readonly Step[];
}

/** Those that need no daemon, and use no fixed path of the machine. */
const names: ReadonlySet<string> = new Set([
  'check-clean',
  'check-cycles',
  'check-depth',
  'check-errors',
  'check-usage',
  'check-warnings',
  'dinit-log-file-error',
  'dinit-usage',
  'enable-offline',
  'monitor-usage',
  'no-socket',
  'shutdown-usage',
  'signal-list',
  'usage-errors',
  'usage-help',
]);

/** Commands whose recorded output is not ours on purpose. */
const differences: readonly (readonly [words: string, why: string])[] = [
  ['dinit-check -u -d {DIR}/services capabilities', 'the stock program was built without them'],
  ['dinit-check -u -d {DIR}/services no-new-privs', 'the stock program was built without it'],
  ['dinit-check -u -d {DIR}/services env-bad', 'a checker tells what is wrong in an environment file'],
  ['dinit --version', 'tells what works in this version'],
  ['dinit -u -b / --version --wibble', 'tells what works in this version'],
];

/** Uses the socket of the machine, whatever it may be there. */
const isForMachine = ({ argv = [] }: Step): boolean =>
  ['shutdown', 'reboot'].includes(argv[0] ?? '') ? argv.length < 3 && !argv.includes('--help') : argv.includes('-s');

const transcripts = recordedFiles('cli', '')
  .map((path) => [recordingName(path), path] as const)
  .filter(([name]) => names.has(name));

describe.skipIf(recordings === undefined)('the programs', () => {
  it.each(transcripts)('print and return without a daemon what was recorded in %s', async (name, file) => {
    using directory = makeTemporaryDirectory();
    const { path: place } = directory;
    const shown = (text: string): string =>
      text.replaceAll(place, '{DIR}').replace(/Dinit version [^ \n]+\.\n/, 'Dinit version {VERSION}.\n');
    const { tree = {}, steps } = readRecording<Transcript>(file);
    plant(tree, place);
    let compared = 0;
    for (const step of steps) {
      if (step.do === 'files') plant(step.tree ?? {}, place);
      else if (step.do === 'list-dir') expect(entriesOf(join(place, step.path ?? ''), place)).toEqual(step.entries);
      else if (step.do !== undefined) expect.fail(`unknown step ${step.do}`);
      if (step.do !== undefined || isForMachine(step)) continue;
      const words = step.argv?.join(' ') ?? '';
      if (differences.some(([different]) => different === words)) continue;
      const { stdout, stderr, exit } = await run(step, place);
      const result = { stdout: shown(stdout), stderr: shown(stderr), exit };
      expect(result, words).toEqual({ stdout: step.stdout, stderr: step.stderr, exit: step.exit });
      compared += 1;
    }
    expect(compared, name).toBeGreaterThan(0);
  });
});

async function run(step: Step, place: string): Promise<ProgramResult> {
  const fill = (text: string): string => text.replaceAll('{DIR}', place);
  const argv = (step.argv ?? []).map(fill);
  const environment = Object.fromEntries(
    Object.entries(step.env ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, fill(value)]])),
  );
  const isRelative = argv.some((word, index) => argv[index - 1] === '-d' && word !== '' && !word.startsWith('/'));
  return isRelative
    ? await runCompat(argv, { directory: place, environment })
    : await runInProcess(argv, place, environment);
}

function plant(tree: Readonly<Record<string, TreeEntry>>, place: string): void {
  const fill = (text: string): string => text.replaceAll('{DIR}', place);
  for (const [name, entry] of Object.entries(tree)) {
    const path = join(place, name);
    mkdirSync(dirname(path), { recursive: true });
    if (entry === null) {
      mkdirSync(path, { recursive: true });
    } else if (typeof entry === 'string') {
      writeFileSync(path, fill(entry));
    } else if ('link' in entry) {
      rmSync(path, { force: true });
      symlinkSync(fill(entry.link), path);
    } else {
      writeFileSync(path, fill(entry.text));
      if (entry.mode !== undefined) chmodSync(path, Number.parseInt(entry.mode, 8));
    }
  }
}

function entriesOf(path: string, place: string): Record<string, unknown> {
  return Object.fromEntries(
    readdirSync(path)
      .toSorted()
      .map((name) => {
        const stats = lstatSync(join(path, name));
        if (!stats.isSymbolicLink()) return [name, stats.isDirectory() ? 'directory' : 'file'];
        return [name, { link: readlinkSync(join(path, name)).replaceAll(place, '{DIR}') }];
      }),
  );
}
