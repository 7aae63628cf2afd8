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

/** Not comparable at all, each for its reason. */
const incomparable: Readonly<Record<string, string>> = {
  'server-badreq-dep-kind': 'the stock daemon answers twice',
  'server-dependents': 'the stock daemon writes a stop reason to services at rest',
  'server-signal-kill-error': 'a process that is no child of the launcher is never supervised',
  'server-status-stages': 'this version cannot put a service into a cgroup',
};

const files = recordedFiles('protocol', 'server-')
  .map((path) => [recordingName(path), readRecording<ServerRecording>(path)] as const)
  .filter(([name]) => incomparable[name] === undefined);

/** Where we do better than what was recorded, or else on purpose: what is recorded, and what we send. */
const differences: Readonly<Record<string, readonly (readonly [recorded: RegExp, ours: string])[]>> = {
  // The process exists when the launcher has reported it, which is after the reply.
  // A closed readiness pipe is a failure like any other, not a normal stop.
  'server-events-failed': [
    [/^651504000000020300100000/, '65150400000002030010030000........00000000'],
    [/^641104000000020300100000/, '64110400000002030010030000........'],
    [/^65150400000001000000000000/, '65150400000001000000030000020000000f000000'],
    [/^64110400000001000000000000/, '64110400000001000000030000ffffffff'],
  ],
  'server-enable-v7': [
    [/^460[01]01021000/, '460[01]010200000000' + '00'.repeat(8) + '.{32}'],
    [/^460[01]01021004/, '460[01]01020004120002000000' + '00'.repeat(4) + '.{32}'],
  ],
};

function patternOf(name: string, { hex, match }: RecordedPacket): string {
  const ours = differences[name]?.find(([recorded]) => recorded.test(hex));
  return ours?.[1] ?? match ?? hex;
}

const isEvent = (hex: string): boolean => hex.startsWith('64') || hex.startsWith('65');

/** Events of services that do not wait for each other come in any order; everything else in the order recorded. */
function expectPackets(received: readonly string[], patterns: readonly string[], note: string): void {
  const inOrder = (packets: readonly string[]): string[] => packets.filter((packet) => !isEvent(packet));
  const replies = inOrder(received);
  for (const [index, pattern] of inOrder(patterns).entries()) {
    expect(replies[index], note).toMatch(new RegExp(`^${pattern}$`));
  }
  const places = (packets: readonly string[]): string =>
    packets.map((packet) => (isEvent(packet) ? 'e' : 'r')).join('');
  expect(places(received), note).toBe(places(patterns));
  const events = received.filter(isEvent);
  for (const pattern of patterns.filter(isEvent)) {
    const index = events.findIndex((packet) => new RegExp(`^${pattern}$`).test(packet));
    expect(index, `${note}: ${pattern} among ${events.join(', ')}`).toBeGreaterThanOrEqual(0);
    events.splice(index, 1);
  }
}

describe.skipIf(recordings === undefined)('DinitServer', () => {
  it.each(files)('answers as it was recorded in %s', async (name, { tree, daemon, steps }) => {
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
        case 'receive': {
          const received: string[] = [];
          for (const _ of step.packets ?? []) received.push((await client?.packet()) ?? 'the end');
          expectPackets(
            received,
            (step.packets ?? []).map((packet) => patternOf(name, packet)),
            note,
          );
          if (step.closed !== undefined) expect(await client?.packet(), note).toBeUndefined();
          break;
        }
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
