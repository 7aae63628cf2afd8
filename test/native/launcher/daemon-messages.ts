/** What a daemon can say to the launcher, one well-formed message of each kind, about services and generations that are not there. */
import { FrameWriter } from '../../../src/frame/fields.ts';
import { toLauncher } from '../../../src/daemon/launcher/messages.ts';

/** A slot that is not there, and that no single wrong bit makes one that is. */
const absent = 0x5555;

type Fields = (writer: FrameWriter) => void;

export interface DaemonMessage {
  readonly type: number;
  readonly fields: Fields;
  /** Smallest and largest payload (docs/protocol.md; native/launcher/policy.c). */
  readonly sizes: readonly [smallest: number, largest: number];
}

const fixed = (type: number, size: number, fields: Fields): DaemonMessage => ({ type, fields, sizes: [size, size] });

/** All but HELLO, which is another each time, and EXIT, which ends everything. */
export const messages: Readonly<Record<string, DaemonMessage>> = {
  ack: fixed(toLauncher.ack, 4, (w) => w.u32(0)),
  compile: {
    type: toLauncher.compile,
    fields: (w) => w.u32(9).list(['a'], (each, name) => each.text(name)),
    sizes: [8, 65_536],
  },
  use: {
    type: toLauncher.use,
    fields: (w) => w.u32(1).list([0], (each, slot) => each.u32(slot)),
    sizes: [8, 8 + 4 * 65_536],
  },
  discard: fixed(toLauncher.discard, 4, (w) => w.u32(9)),
  forget: fixed(toLauncher.forget, 4, (w) => w.u32(absent)),
  start: fixed(toLauncher.start, 10, (w) => w.u32(absent).u8(0).u32(1).u8(0)),
  signal: fixed(toLauncher.signal, 7, (w) => w.u32(absent).u8(0).u8(15).u8(0)),
  readPidFile: fixed(toLauncher.readPidFile, 8, (w) => w.u32(absent).u32(1)),
  closeSocket: fixed(toLauncher.closeSocket, 4, (w) => w.u32(absent)),
  setenv: { type: toLauncher.setenv, fields: (w) => w.text('A=b'), sizes: [5, 131_077] },
  unsetenv: { type: toLauncher.unsetenv, fields: (w) => w.text('A'), sizes: [5, 131_077] },
  timer: fixed(toLauncher.timer, 8, (w) => w.u64(0n)),
  renew: fixed(toLauncher.renew, 1, (w) => w.u8(1)),
  logClear: fixed(toLauncher.logClear, 4, (w) => w.u32(absent)),
};

export const hello = (pid: number, version = 1): DaemonMessage =>
  fixed(toLauncher.hello, 8, (w) => w.u32(version).u32(pid));
export const exit = (status: number): DaemonMessage => fixed(toLauncher.exit, 1, (w) => w.u8(status));

export const bytesOf = ({ type, fields }: Pick<DaemonMessage, 'type' | 'fields'>): Buffer =>
  new FrameWriter().frame(type, fields).take();

/** The beginning of a frame, with whatever length. */
export const header = (type: number, length: number): Buffer =>
  Buffer.from([2, type, length & 255, (length >> 8) & 255, (length >> 16) & 255, length >>> 24]);
