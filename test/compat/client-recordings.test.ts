import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeRequest, type RequestKind } from '../../src/dinit/requests.ts';
import { readRecording, type RecordedPacket, recordedFiles, recordingName, recordings } from '../dinit/recordings.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';
import { type ProgramResult, runCompat } from './program-run.ts';
import { serveRecording } from './recorded-server.ts';
import { relocate } from './relocate.ts';
import { runInProcess } from './run-in-process.ts';

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

async function run(argv: readonly string[], place: string): Promise<ProgramResult> {
  // Its command has our standard output.
  return argv[0] === 'dinit-monitor' ? await runCompat(argv, { directory: place }) : await runInProcess(argv, place);
}
