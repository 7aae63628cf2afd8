import { describe, expect, it } from 'vitest';
import { loadFailureTexts } from '../../../src/daemon/dinit/log-text.ts';
import { loadServices } from '../../../src/service/load.ts';
import { DiskFiles } from '../../../src/service/disk-files.ts';
import { readRecording, recordedFiles, recordings } from '../../dinit/recordings.ts';
import { memoryUsers } from '../../support/memory-users.ts';
import { startDinitFixture } from './dinit-fixture.ts';

interface Transcript {
  readonly tree: Readonly<Record<string, string | null>>;
  readonly steps: readonly { readonly argv: readonly string[]; readonly stdout: string }[];
}

/** Services whose stock text cannot or shall not be ours, each for its reason. */
const differences: Readonly<Record<string, string>> = {
  capabilities: 'the stock program was built without them',
  'no-new-privs': 'the stock program was built without it',
  cycle: 'a cycle is found and told as a whole',
  cycle2: 'a cycle is found and told as a whole',
  cycle3: 'a cycle is found and told as a whole',
  self: 'a cycle is found and told as a whole',
  order1: 'a cycle of orderings is refused',
  order2: 'a cycle of orderings is refused',
  bef1: 'a cycle is found and told as a whole',
  'run-as-range': 'numbers are not told apart by how much too large they are',
};

describe.skipIf(recordings === undefined)('loadFailureTexts()', () => {
  it('says what the stock daemon says about each bad description', async () => {
    const [path = ''] = recordedFiles('cli', 'load-errors');
    const { tree, steps } = readRecording<Transcript>(path);
    await using fixture = await startDinitFixture({ tree });
    const directories = [`${fixture.directory}/services`];
    const texts: Record<string, string> = {};
    const recorded: Record<string, string> = {};
    for (const { argv, stdout } of steps) {
      const name = argv.at(-1) ?? '';
      if (differences[name] !== undefined || !stdout.startsWith('dinit: ')) continue;
      const { failures } = loadServices([name], {
        files: new DiskFiles(),
        directories,
        users: memoryUsers,
        environment: new Map(),
        effectiveUid: 0,
      });
      const lines = loadFailureTexts(name, failures, 'command-line', directories).map(({ text }) => `dinit: ${text}\n`);
      texts[name] = lines.join('').replaceAll(fixture.directory, '{DIR}');
      recorded[name] = stdout;
    }
    expect(Object.keys(recorded).length).toBeGreaterThan(60);
    expect(texts).toEqual(recorded);
  });
});
