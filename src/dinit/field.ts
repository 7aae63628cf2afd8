/**
 * The pieces that packets are made of, and the types of their values.
 *
 * A layout is a list of fields in the order of the bytes, without padding, in little endian. Sizes, counts and totals are fields of their own because the
 * protocol does not always put them next to what they measure; they have no value in the decoded packet, the encoder derives them.
 */

export type NumberType = 'u8' | 'u16' | 'u32' | 'i32' | 'u64' | 'i64';

export type Field =
  | { readonly kind: 'number'; readonly type: NumberType; readonly name: string }
  /** A byte that is always the same. */
  | { readonly kind: 'fixed'; readonly type: NumberType; readonly value: number }
  /** How many bytes the field `of` has. */
  | {
      readonly kind: 'size';
      readonly type: NumberType;
      readonly of: string;
      readonly smallest: number;
      readonly largest: number;
    }
  /** How many elements the field `of` has. */
  | { readonly kind: 'count'; readonly type: NumberType; readonly of: string; readonly largest: number }
  /** How many bytes the whole packet has. */
  | { readonly kind: 'total'; readonly type: NumberType }
  | { readonly kind: 'bytes'; readonly name: string }
  | { readonly kind: 'numbers'; readonly type: NumberType; readonly name: string }
  /** Each element with its own size before it. */
  | { readonly kind: 'texts'; readonly type: NumberType; readonly name: string; readonly largest: number };

export type Layout = readonly Field[];

export type NumberValue<T extends NumberType> = T extends 'u64' | 'i64' ? bigint : number;

export type FieldValue<F extends Field> = F extends {
  readonly kind: 'number';
  readonly type: infer T extends NumberType;
}
  ? NumberValue<T>
  : F extends { readonly kind: 'bytes' }
    ? Buffer
    : F extends { readonly kind: 'numbers' }
      ? readonly number[]
      : F extends { readonly kind: 'texts' }
        ? readonly Buffer[]
        : never;

/** The decoded form of a layout: one property for each field that has a value. */
export type Values<L extends Layout> = {
  readonly [F in L[number] as F extends { readonly name: infer N extends string } ? N : never]: FieldValue<F>;
};

const numberField =
  <const T extends NumberType>(type: T) =>
  <const N extends string>(name: N) =>
    ({ kind: 'number', type, name }) as const;

export const u8 = numberField('u8');
export const u16 = numberField('u16');
export const u32 = numberField('u32');
export const i32 = numberField('i32');
export const i64 = numberField('i64');

export const fixed = (type: NumberType, value: number) => ({ kind: 'fixed', type, value }) as const;
export const sizeOf = (of: string, type: NumberType, largest: number, smallest = 0) =>
  ({ kind: 'size', type, of, smallest, largest }) as const;
export const countOf = (of: string, type: NumberType, largest: number) =>
  ({ kind: 'count', type, of, largest }) as const;
export const total = (type: NumberType) => ({ kind: 'total', type }) as const;
export const bytes = <const N extends string>(name: N) => ({ kind: 'bytes', name }) as const;
export const numbers = <const N extends string>(name: N, type: NumberType) =>
  ({ kind: 'numbers', type, name }) as const;
export const texts = <const N extends string>(name: N, type: NumberType, largest: number) =>
  ({ kind: 'texts', type, name, largest }) as const;
