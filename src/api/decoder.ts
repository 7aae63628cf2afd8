/**
 * Turns what came over the wire into typed values. A decoder takes any value and the path it was found at, and returns the value with its type or
 * refuses it; unknown fields are dropped, and `null` is the same as absent.
 */

export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code = 'REEVE_DECODE';
  /** `services[3].state` */
  readonly path: string;

  constructor(path: string, expected: string) {
    super(`reply of the daemon: ${path === '' ? 'the value' : path} must be ${expected}`);
    this.path = path;
  }
}

export type Decoder<T> = (value: unknown, path: string) => T;

/** A field that may be left out of its record. */
export interface OptionalField<T> {
  readonly optional: Decoder<T>;
}

type Fields = Readonly<Record<string, Decoder<unknown> | OptionalField<unknown>>>;
type RequiredPart<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Decoder<unknown> ? K : never]: F[K] extends Decoder<infer T> ? T : never;
};
type OptionalPart<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Decoder<unknown> ? never : K]?: F[K] extends OptionalField<infer T>
    ? T
    : never;
};
export type RecordOf<F extends Fields> = RequiredPart<F> & OptionalPart<F>;

export const text: Decoder<string> = (value, path) => {
  if (typeof value !== 'string') throw new DecodeError(path, 'a string');
  return value;
};

export const number: Decoder<number> = (value, path) => {
  if (typeof value !== 'number') throw new DecodeError(path, 'a number');
  return value;
};

export const flag: Decoder<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new DecodeError(path, 'true or false');
  return value;
};

export function oneOf<const T extends string>(...words: readonly T[]): Decoder<T> {
  return (value, path) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new DecodeError(path, `one of ${words.join(', ')}`);
    return found;
  };
}

export function list<T>(element: Decoder<T>): Decoder<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new DecodeError(path, 'a list');
    return value.map((each: unknown, index) => element(each, `${path}[${index}]`));
  };
}

export function textMap(value: unknown, path: string): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) throw new DecodeError(path, 'an object');
  return new Map(Object.entries(value).map(([key, each]) => [key, text(each, `${path}.${key}`)]));
}

export function optional<T>(decoder: Decoder<T>): OptionalField<T> {
  return { optional: decoder };
}

export function record<F extends Fields>(fields: F): Decoder<RecordOf<F>> {
  const entries = Object.entries(fields);
  return (value, path) => {
    if (typeof value !== 'object' || value === null) throw new DecodeError(path, 'an object');
    const decoded: Record<string, unknown> = {};
    for (const [name, field] of entries) {
      const inside: unknown = Reflect.get(value, name);
      const place = path === '' ? name : `${path}.${name}`;
      if (typeof field === 'function') decoded[name] = field(inside, place);
      else if (inside !== undefined && inside !== null) decoded[name] = field.optional(inside, place);
    }
    return asRecord<F>(decoded);
  };
}

/** The one place where the type system is told, because it cannot follow a loop over the fields: each of them was just decoded. */
function asRecord<F extends Fields>(decoded: object): RecordOf<F> {
  return decoded as RecordOf<F>;
}
