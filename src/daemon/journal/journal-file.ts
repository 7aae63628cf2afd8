/**
 * The journal as bytes: a header, then records. It lives in memory that the launcher keeps (a memfd), so it outlives any daemon but no reboot.
 *
 *     header   magic u32, version u32, epoch u32, begin u32, crc u32           20 bytes at 0
 *     record   frame of type 1 (snapshot) or 2 (entry), payload: epoch u32, crc u32, bytes
 *
 * `begin` is where the newest snapshot is; records of its epoch follow it without a gap. A compaction writes a new snapshot where it does not touch the old
 * one, then moves the header over with one write, then gives the rest of the memory back. So whatever byte the daemon dies at, there is one whole
 * journal. Reading stops at the first record that is not exactly right: what comes before it counts.
 */
import { fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { FieldReader, FrameWriter } from '../../frame/fields.ts';
import { FrameError, FrameReader } from '../../frame/frame.ts';

const magic = 0x4a524545;
const version = 1;
const headerSize = 20;
const largestRecord = 1 << 28;

export const recordTypes = { snapshot: 1, entry: 2 } as const;

const rules = [
  { type: recordTypes.snapshot, name: 'snapshot', smallest: 8, largest: largestRecord },
  { type: recordTypes.entry, name: 'entry', smallest: 8, largest: largestRecord },
];

export interface JournalContents {
  readonly snapshot: Buffer | undefined;
  readonly entries: readonly Buffer[];
  /** What is wrong with it, in words; undefined for a journal that is whole (or was never begun). */
  readonly damage: string | undefined;
}

export class JournalFile {
  readonly #descriptor: number;
  #epoch = 0;
  #begin = headerSize;
  #end = headerSize;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Bytes since the newest snapshot began. */
  get size(): number {
    return this.#end - this.#begin;
  }

  /** Reads everything; later records are appended to the part that was right. */
  read(): JournalContents {
    const data = Buffer.alloc(fstatSync(this.#descriptor).size);
    const got = data.length === 0 ? 0 : readSync(this.#descriptor, data, 0, data.length, 0);
    if (got === 0) return { snapshot: undefined, entries: [], damage: undefined };
    const header = readHeader(data.subarray(0, got));
    if (!header) return { snapshot: undefined, entries: [], damage: 'its header is damaged' };
    this.#epoch = header.epoch;
    this.#begin = header.begin;
    return this.#readRecords(data.subarray(0, got));
  }

  /** Several entries at once: one write. */
  append(entries: readonly string[]): void {
    const writer = new FrameWriter();
    for (const entry of entries) writeRecord(writer, recordTypes.entry, this.#epoch, Buffer.from(entry));
    this.#write(writer.take(), this.#end);
  }

  /** Begins anew with this snapshot. */
  compact(snapshot: string): void {
    const epoch = (this.#epoch + 1) >>> 0;
    const writer = new FrameWriter();
    writeRecord(writer, recordTypes.snapshot, epoch, Buffer.from(snapshot));
    const bytes = writer.take();
    const begin = this.#begin - headerSize >= bytes.length ? headerSize : this.#end;
    this.#end = begin;
    this.#write(bytes, begin);
    const header = headerBytes(epoch, begin);
    writeSync(this.#descriptor, header, 0, header.length, 0);
    this.#epoch = epoch;
    this.#begin = begin;
    ftruncateSync(this.#descriptor, this.#end);
  }

  #write(bytes: Buffer, position: number): void {
    writeSync(this.#descriptor, bytes, 0, bytes.length, position);
    this.#end = position + bytes.length;
  }

  #readRecords(data: Buffer): JournalContents {
    let snapshot: Buffer | undefined;
    const entries: Buffer[] = [];
    this.#end = this.#begin;
    try {
      for (const { type, payload } of new FrameReader(rules).feed(data.subarray(this.#begin))) {
        const bytes = checked(payload, this.#epoch);
        if ((type === recordTypes.snapshot) !== (snapshot === undefined)) throw new FrameError('misplaced record', 0);
        if (snapshot) entries.push(Buffer.from(bytes));
        else snapshot = Buffer.from(bytes);
        this.#end += payload.length + 7;
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      return { snapshot, entries, damage: `${error.message}, after ${entries.length} entries` };
    }
    const isWhole = snapshot !== undefined && this.#end === data.length;
    return { snapshot, entries, damage: isWhole ? undefined : `it is cut off after ${entries.length} entries` };
  }
}

function readHeader(data: Buffer): { readonly epoch: number; readonly begin: number } | undefined {
  if (data.length < headerSize) return undefined;
  const fields = new FieldReader(data.subarray(0, headerSize));
  const isOurs = fields.u32() === magic && fields.u32() === version;
  const [epoch, begin, crc] = [fields.u32(), fields.u32(), fields.u32()];
  if (!isOurs || crc !== crc32(data.subarray(0, headerSize - 4)) || begin > data.length) return undefined;
  return { epoch, begin };
}

function headerBytes(epoch: number, begin: number): Buffer {
  const header = new FrameWriter().u32(magic).u32(version).u32(epoch).u32(begin);
  const bytes = header.take();
  return Buffer.concat([bytes, new FrameWriter().u32(crc32(bytes)).take()]);
}

function writeRecord(writer: FrameWriter, type: number, epoch: number, bytes: Buffer): void {
  writer.frame(type, (w) => w.u32(epoch).u32(crc32(bytes)).bytes(bytes));
}

/** @throws {FrameError} when the record is of another epoch or its bytes are not what was written. */
function checked(payload: Buffer, epoch: number): Buffer {
  const fields = new FieldReader(payload);
  const [recordEpoch, crc] = [fields.u32(), fields.u32()];
  const bytes = fields.rest();
  if (recordEpoch !== epoch) throw new FrameError('a record of another epoch', 0);
  if (crc !== crc32(bytes)) throw new FrameError('a record that was changed', 0);
  return bytes;
}
