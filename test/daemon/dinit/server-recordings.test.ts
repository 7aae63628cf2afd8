import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  readRecording,
  type RecordedPacket,
  recordedFiles,
  recordingName,
  recordings,
} from '../../dinit/recordings.ts';
import { startDinitFixture } from './dinit-fixture.ts';
import { RawDinitClient } from './raw-dinit-client.ts';

interface Step {
  readonly do: string;
  readonly on?: string;
  readonly hex?: string;
  readonly packets?: readonly RecordedPacket[];
  readonly closed?: string;
  readonly tree?: Readonly<Record<string, string | null>>;
  readonly path?: string;
  readonly note?: string;
}

interface ServerRecording {
  readonly tree: Readonly<Record<string, string | null>>;
  readonly daemon: { readonly argv: readonly string[] };
  readonly steps: readonly Step[];
}

const files = recordedFiles('protocol', 'server-').map(
  (path) => [recordingName(path), readRecording<ServerRecording>(path)] as const,
);

describe.skipIf(recordings === undefined)('DinitServer', () => {
  it.each(files)('answers as it was recorded in %s', async (_, { tree, daemon, steps }) => {
    const { argv } = daemon;
    const serviceDirectories = argv.flatMap((word, index) => (argv[index - 1] === '-d' ? [word] : []));
    await using fixture = await startDinitFixture({ tree, serviceDirectories, boot: 'boot' });
    const clients = new Map<string, RawDinitClient>();
    using outsiders = new DisposableStack();
    for (const step of steps) {
      const { on = 'A', note = step.do } = step;
      const client = clients.get(on);
      switch (step.do) {
        case 'connect':
          clients.set(on, outsiders.use(await RawDinitClient.open(fixture.path)));
          break;
        case 'close':
          client?.[Symbol.dispose]();
          break;
        case 'send':
          client?.send(step.hex ?? '');
          break;
        case 'receive':
          for (const recorded of step.packets ?? []) {
            const packet = await client?.packet();
            expect(packet, `${note}: ${recorded.packet}`).toMatch(new RegExp(`^${recorded.match ?? recorded.hex}$`));
          }
          if (step.closed !== undefined) expect(await client?.packet(), note).toBeUndefined();
          break;
        case 'files':
          fixture.plant(step.tree ?? {});
          break;
        case 'remove':
          rmSync(join(fixture.directory, step.path ?? ''));
          break;
        case 'outsider': {
          const child = spawn('/bin/sleep', ['30'], { stdio: 'ignore' });
          outsiders.defer(() => void child.kill('SIGKILL'));
          fixture.plant({ [step.path ?? '']: `${child.pid}\n` });
          break;
        }
        case 'sleep':
        case 'ends':
          break;
        default:
          expect.fail(`unknown step ${step.do}`);
      }
    }
    // Nothing came that was not recorded.
    for (const client of clients.values()) {
      if (client.socket.destroyed || client.hasEnded) continue;
      expect(await client.ask('00')).toEqual(['3a01000700']);
    }
  });
});
