import { describe, expect, it } from 'vitest';
import { decodeRequest, encodeRequest, requests } from '../../src/dinit/requests.ts';
import { encodeInformation } from '../../src/dinit/information.ts';
import { encodeReply, type ReplyKind } from '../../src/dinit/replies.ts';
import { decodeServerPacket } from '../../src/dinit/server-packets.ts';
import { readRecording, type RecordedPacket, recordedFiles, recordingName, recordings } from './recordings.ts';

interface ServerRecording {
  /** The stock daemon answers a request twice: no client can read that. */
  readonly stock_defect?: string;
  readonly steps: readonly {
    readonly do: string;
    readonly on?: string;
    readonly hex?: string;
    readonly packets?: readonly RecordedPacket[];
  }[];
}

const informationCodes: readonly string[] = ['SERVICEEVENT', 'SERVICEEVENT5', 'ENVEVENT'];
const continued: readonly string[] = ['SVCINFO', 'PREACK'];

describe.skipIf(recordings === undefined)('the codec', () => {
  it.each(recordedFiles('protocol', 'server-').map((path) => [recordingName(path), path] as const))(
    'reads and writes every packet of %s',
    (_, path) => {
      const recording = readRecording<ServerRecording>(path);
      if (recording.stock_defect !== undefined) return;
      const asked = new Map<string, (readonly ReplyKind[])[]>();
      let packets = 0;
      for (const { do: what, on = 'A', packets: recorded = [] } of recording.steps) {
        const open = asked.get(on) ?? [];
        asked.set(on, open);
        for (const { packet, hex } of recorded) {
          const bytes = Buffer.from(hex, 'hex');
          packets += 1;
          if (what === 'send') {
            const decoding = decodeRequest(bytes);
            if (decoding.kind !== 'request') {
              open.push(['bad-request']);
              continue;
            }
            expect(encodeRequest(decoding.request).toString('hex')).toBe(hex);
            open.push([...requests[decoding.request.kind].answers, 'bad-request']);
          } else {
            const awaited = informationCodes.includes(packet) ? [] : (open[0] ?? ['bad-request']);
            const decoding = decodeServerPacket(bytes, 0, awaited);
            if (decoding.kind === 'reply') {
              expect(encodeReply(decoding.reply).toString('hex')).toBe(hex);
              if (!continued.includes(packet)) open.shift();
            } else if (decoding.kind === 'information') {
              expect(encodeInformation(decoding.information).toString('hex')).toBe(hex);
            } else {
              expect.fail(`${packet} ${hex}: ${JSON.stringify(decoding)}`);
            }
          }
        }
      }
      expect(packets).toBeGreaterThan(0);
    },
  );
});
