/** One packet of every layout, worked out by hand from the layouts: each line is the bytes field by field. */
import type { Information } from '../../src/dinit/information.ts';
import type { Reply } from '../../src/dinit/replies.ts';
import type { Request } from '../../src/dinit/requests.ts';

interface Vector<T> {
  readonly packet: T;
  /** Blanks separate fields. */
  readonly hex: string;
}

const text = (value: string): Buffer => Buffer.from(value);

export const requestVectors: readonly Vector<Request>[] = [
  { packet: { kind: 'query-version' }, hex: '00' },
  { packet: { kind: 'find', name: text('tick') }, hex: '01 0400 7469636b' },
  { packet: { kind: 'load', name: text('a@b') }, hex: '02 0300 614062' },
  { packet: { kind: 'start', flags: 0x81, handle: 1 }, hex: '03 81 01000000' },
  { packet: { kind: 'stop', flags: 0x86, handle: 0x01020304 }, hex: '04 86 04030201' },
  { packet: { kind: 'wake', flags: 0, handle: 2 }, hex: '05 00 02000000' },
  { packet: { kind: 'release', flags: 1, handle: 0xffff_ffff }, hex: '06 01 ffffffff' },
  { packet: { kind: 'unpin', handle: 3 }, hex: '07 03000000' },
  { packet: { kind: 'list' }, hex: '08' },
  { packet: { kind: 'unload', handle: 4 }, hex: '09 04000000' },
  { packet: { kind: 'shutdown', type: 2 }, hex: '0a 02' },
  { packet: { kind: 'add-dependency', dependency: 3, from: 1, to: 2 }, hex: '0b 03 01000000 02000000' },
  { packet: { kind: 'remove-dependency', dependency: 0, from: 2, to: 1 }, hex: '0c 00 02000000 01000000' },
  { packet: { kind: 'query-load-mechanism' }, hex: '0d' },
  { packet: { kind: 'enable', dependency: 2, from: 0, to: 1 }, hex: '0e 02 00000000 01000000' },
  { packet: { kind: 'query-name', reserved: 7, handle: 5 }, hex: '0f 07 05000000' },
  { packet: { kind: 'reload', handle: 6 }, hex: '10 06000000' },
  { packet: { kind: 'set-environment', text: text('A=1') }, hex: '11 0300 413d31' },
  { packet: { kind: 'status', handle: 7 }, hex: '12 07000000' },
  { packet: { kind: 'set-trigger', handle: 8, value: 1 }, hex: '13 08000000 01' },
  { packet: { kind: 'read-log', flags: 1, handle: 9 }, hex: '14 01 09000000' },
  { packet: { kind: 'signal', signal: -1, handle: 10 }, hex: '15 ffffffff 0a000000' },
  { packet: { kind: 'query-directory', reserved: 0, handle: 11 }, hex: '16 00 0b000000' },
  { packet: { kind: 'close-handle', handle: 12 }, hex: '17 0c000000' },
  { packet: { kind: 'get-environment', reserved: 0 }, hex: '18 00' },
  { packet: { kind: 'list-5' }, hex: '19' },
  { packet: { kind: 'status-5', handle: 13 }, hex: '1a 0d000000' },
  { packet: { kind: 'listen-environment' }, hex: '1b' },
  { packet: { kind: 'status-6', handle: 14 }, hex: '1c 0e000000' },
  { packet: { kind: 'enable-7', dependency: 2, from: 3, to: 4 }, hex: '1d 02 03000000 04000000' },
];

const running = { state: 2, target: 2, flags: 0x18, stopReason: 0, stage: 0 } as const;
const runningHex = '02 02 18 00 0000';
const ended = { state: 0, target: 0, flags: 0, stopReason: 4, stage: 18 } as const;
const endedHex = '00 00 00 04 1200';

export const replyVectors: readonly Vector<Reply>[] = [
  { packet: { kind: 'ack' }, hex: '32' },
  { packet: { kind: 'nak' }, hex: '33' },
  { packet: { kind: 'bad-request' }, hex: '34' },
  { packet: { kind: 'out-of-memory' }, hex: '35' },
  { packet: { kind: 'version', minimum: 1, current: 7 }, hex: '3a 0100 0700' },
  { packet: { kind: 'service-record', state: 3, handle: 1, target: 2 }, hex: '3b 03 01000000 02' },
  { packet: { kind: 'no-service' }, hex: '3c' },
  { packet: { kind: 'already' }, hex: '3d' },
  {
    packet: { kind: 'service-info-1', ...running, detail: 2436, name: text('web') },
    hex: `3e 03 ${runningHex} 84090000 776562`,
  },
  {
    packet: { kind: 'service-info-5', ...ended, detail: 2, exitStatus: 0, name: text('db') },
    hex: `3e 02 ${endedHex} 02000000 00000000 6462`,
  },
  { packet: { kind: 'list-done' }, hex: '3f' },
  {
    packet: { kind: 'load-mechanism', workingDirectory: text('/w'), directories: [text('a'), text('/b/c')] },
    hex: '40 01 1d000000 02000000 02000000 2f77 01000000 61 04000000 2f622f63',
  },
  {
    packet: { kind: 'dependents', handles: [1, 0x01020304] },
    hex: '41 0200000000000000 01000000 04030201',
  },
  { packet: { kind: 'service-name', reserved: 0, name: text('tick') }, hex: '42 00 0400 7469636b' },
  { packet: { kind: 'pinned-stopped' }, hex: '43' },
  { packet: { kind: 'pinned-started' }, hex: '44' },
  { packet: { kind: 'shutting-down' }, hex: '45' },
  { packet: { kind: 'status-1', wasThere: 0, ...ended, detail: -1 }, hex: `46 00 ${endedHex} ffffffff` },
  {
    packet: { kind: 'status-5', wasThere: 0, ...running, detail: 2436, exitStatus: 0 },
    hex: `46 00 ${runningHex} 84090000 00000000`,
  },
  {
    packet: {
      kind: 'status-6',
      wasThere: 1,
      ...ended,
      detail: 3,
      exitStatus: 11,
      modifiedSeconds: 1_000_000_000n,
      modifiedNanoseconds: 5n,
    },
    hex: `46 01 ${endedHex} 03000000 0b000000 00ca9a3b00000000 0500000000000000`,
  },
  { packet: { kind: 'description-error' }, hex: '47' },
  { packet: { kind: 'load-error' }, hex: '48' },
  { packet: { kind: 'log', reserved: 0, log: text('ready\n') }, hex: '49 00 06000000 72656164790a' },
  { packet: { kind: 'no-process' }, hex: '4a' },
  { packet: { kind: 'bad-signal' }, hex: '4b' },
  { packet: { kind: 'kill-failed' }, hex: '4c' },
  { packet: { kind: 'description-directory', directory: text('/etc/s') }, hex: '4d 06000000 2f6574632f73' },
  { packet: { kind: 'environment', environment: text('A=1\0') }, hex: '4e 0400000000000000 413d3100' },
  { packet: { kind: 'pre-acknowledged' }, hex: '4f' },
];

export const informationVectors: readonly Vector<Information>[] = [
  { packet: { kind: 'service-event-old', handle: 1, event: 4 }, hex: '64 07 01000000 04' },
  {
    packet: { kind: 'service-event', handle: 2, event: 0, ...running, detail: 2436 },
    hex: `64 11 02000000 00 ${runningHex} 84090000`,
  },
  {
    packet: { kind: 'service-event-5', handle: 3, event: 1, ...ended, detail: 1, exitStatus: 3 },
    hex: `65 15 03000000 01 ${endedHex} 01000000 03000000`,
  },
  {
    packet: { kind: 'environment-event', isOverridden: 1, text: text('A=two words\0') },
    hex: '66 05 01 0c00 413d74776f20776f72647300',
  },
];
