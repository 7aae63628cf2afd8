import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/compat/failure.ts';
import { runCheck } from '../../src/compat/dinit-check/dinit-check.ts';
import { runDinitctl } from '../../src/compat/dinitctl/dinitctl.ts';
import { decodeRequest, type RequestKind } from '../../src/dinit/requests.ts';
import { readRecording, type RecordedPacket, recordedFiles, recordingName, recordings } from '../dinit/recordings.ts';
import { memoryUsers } from '../support/memory-users.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { type ProgramResult, runCompat } from './program-run.ts';
import { serveRecording } from './recorded-server.ts';
import { relocate } from './relocate.ts';

interface ClientRecording {
  readonly argv: readonly string[];
  readonly replies: readonly string[];
  readonly end?: string;
  /** Uses a fixed path of the machine. */
  readonly needs?: string;
  readonly tree?: Readonly<Record<string, string | null>>;
  readonly exchange: readonly { readonly from: string; readonly packets?: readonly RecordedPacket[] }[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | string;
}

const recordedDirectory = '/srv/d';
const modified = 1_000_000_000;

const files = recordedFiles('protocol', 'client-')
  .map((path) => [recordingName(path), readRecording<ClientRecording>(path)] as const)
  .filter(([, { needs }]) => needs === undefined);

describe.skipIf(recordings === undefined)('the programs', () => {
  it.each(files)('send, print and return what was recorded in %s', async (_, recording) => {
    using directory = makeTemporaryDirectory();
    const { path: place } = directory;
    plant(recording, place);
    const sent = recording.exchange
      .filter(({ from }) => from === 'client')
      .flatMap(({ packets = [] }) => packets.map(({ hex }) => hex));
    const replies = recording.replies.map((hex, index) =>
      relocate(Buffer.from(hex, 'hex'), kindOf(sent[index]), recordedDirectory, place),
    );
    await using server = await serveRecording(join(place, 'ctl'), replies, recording.end === 'close');
    const argv = recording.argv.map((word) => word.replaceAll('{DIR}', place));
    const { stdout, stderr, exit } = await run(argv, place);
    const shown = (text: string): string => text.replaceAll(place, '{DIR}');
    expect({ sent: server.requests, stdout: shown(stdout), stderr: shown(stderr), exit }).toEqual({
      sent,
      stdout: recording.stdout,
      stderr: recording.stderr,
      exit: recording.exit,
    });
  });
});

function plant({ tree = {} }: ClientRecording, place: string): void {
  for (const [name, text] of Object.entries(tree)) {
    const path = join(place, name);
    mkdirSync(text === null ? path : dirname(path), { recursive: true });
    if (text === null) continue;
    writeFileSync(path, text);
    utimesSync(path, modified, modified);
  }
}

function kindOf(hex: string | undefined): RequestKind {
  const decoding = decodeRequest(Buffer.from(hex ?? '', 'hex'));
  return decoding.kind === 'request' ? decoding.request.kind : 'query-version';
}

/** What starts no processes itself runs here, which is fifty times as fast. */
async function run([program = '', ...args]: readonly string[], place: string): Promise<ProgramResult> {
  if (program !== 'dinitctl' && program !== 'dinit-check')
    return await runCompat([program, ...args], { directory: place });
  let stdout = '';
  let stderr = '';
  const surroundings = {
    output: {
      out: (text: string | Uint8Array) => void (stdout += Buffer.from(text).toString()),
      err: (text: string | Uint8Array) => void (stderr += Buffer.from(text).toString()),
    },
    environment: { PATH: '/usr/bin:/bin', HOME: place },
    uid: 0,
    users: memoryUsers,
  };
  try {
    const exit = await (program === 'dinitctl' ? runDinitctl(args, surroundings) : runCheck(args, surroundings));
    return { stdout, stderr, exit };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { stdout, stderr: stderr + error.message, exit: 1 };
  }
}
