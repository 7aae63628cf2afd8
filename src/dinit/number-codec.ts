/** Numbers as they stand in packets: little endian, of C's sizes on 64-bit machines. */
import type { NumberType } from './field.ts';

interface NumberCodec {
  readonly size: number;
  read(source: Buffer, offset: number): number | bigint;
  write(target: Buffer, value: number | bigint, offset: number): void;
}

export const numberCodecs: Readonly<Record<NumberType, NumberCodec>> = {
  u8: {
    size: 1,
    read: (source, offset) => source.readUInt8(offset),
    write: (target, value, offset) => void target.writeUInt8(Number(value), offset),
  },
  u16: {
    size: 2,
    read: (source, offset) => source.readUInt16LE(offset),
    write: (target, value, offset) => void target.writeUInt16LE(Number(value), offset),
  },
  u32: {
    size: 4,
    read: (source, offset) => source.readUInt32LE(offset),
    write: (target, value, offset) => void target.writeUInt32LE(Number(value), offset),
  },
  i32: {
    size: 4,
    read: (source, offset) => source.readInt32LE(offset),
    write: (target, value, offset) => void target.writeInt32LE(Number(value), offset),
  },
  u64: {
    size: 8,
    read: (source, offset) => source.readBigUInt64LE(offset),
    write: (target, value, offset) => void target.writeBigUInt64LE(BigInt(value), offset),
  },
  i64: {
    size: 8,
    read: (source, offset) => source.readBigInt64LE(offset),
    write: (target, value, offset) => void target.writeBigInt64LE(BigInt(value), offset),
  },
};
