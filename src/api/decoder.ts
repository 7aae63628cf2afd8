/**
 * Turns what came over the wire into typed values. A decoder takes any value and returns it with its type, or refuses it; where in the whole value that was
 * is found out on the way up, so that values that are right cost nothing for it. Unknown fields are dropped, and `null` is the same as absent.
 */

export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code = 'REEVE_DECODE';
  /** `services[3].state`; empty for the value itself. */
  readonly path: string;
  readonly expected: string;

  constructor(path: string, expected: string) {
    super(`reply of the daemon: ${path === '' ? 'the value' : path} must be ${expected}`);
    this.path = path;
    this.expected = expected;
  }
}

export type Decoder<T> = (value: unknown) => T;

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

export const text: Decoder<string> = (value) => {
  if (typeof value !== 'string') throw new DecodeError('', 'a string');
  return value;
};

export const number: Decoder<number> = (value) => {
  if (typeof value !== 'number') throw new DecodeError('', 'a number');
  return value;
};

export const flag: Decoder<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new DecodeError('', 'true or false');
  return value;
};

export function oneOf<const T extends string>(...words: readonly T[]): Decoder<T> {
  return (value) => {
    for (const word of words) if (word === value) return word;
    throw new DecodeError('', `one of ${words.join(', ')}`);
  };
}

export function list<T>(element: Decoder<T>): Decoder<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new DecodeError('', 'a list');
    const decoded: T[] = [];
    try {
      for (const each of value) decoded.push(element(each));
    } catch (error) {
      throw inside(`[${decoded.length}]`, error);
    }
    return decoded;
  };
}

export function textMap(value: unknown): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) throw new DecodeError('', 'an object');
  return new Map(Object.entries(value).map(([key, each]) => [key, named(key, each, text)]));
}

export function optional<T>(decoder: Decoder<T>): OptionalField<T> {
  return { optional: decoder };
}

export function record<F extends Fields>(fields: F): Decoder<RecordOf<F>> {
  const entries = Object.entries(fields).map(([name, field]) =>
    typeof field === 'function'
      ? { name, decode: field, isOptional: false }
      : { name, decode: field.optional, isOptional: true },
  );
  return (value) => {
    if (typeof value !== 'object' || value === null) throw new DecodeError('', 'an object');
    const decoded: Record<string, unknown> = {};
    let current = '';
    try {
      for (const { name, decode, isOptional } of entries) {
        const field: unknown = Reflect.get(value, name);
        if (isOptional && (field === undefined || field === null)) continue;
        current = name;
        decoded[name] = decode(field);
      }
    } catch (error) {
      throw inside(current, error);
    }
    return asRecord<F>(decoded);
  };
}

/**
 * One field of an object.
 * @throws {DecodeError} that names it.
 */
export function named<T>(name: string, value: unknown, decode: Decoder<T>): T {
  try {
    return decode(value);
  } catch (error) {
    throw inside(name, error);
  }
}

function inside(name: string, error: unknown): unknown {
  if (!(error instanceof DecodeError)) return error;
  const separator = error.path === '' || error.path.startsWith('[') ? '' : '.';
  return new DecodeError(`${name}${separator}${error.path}`, error.expected);
}

/** The one place where the type system is told, because it cannot follow a loop over the fields: each of them was just decoded. */
function asRecord<F extends Fields>(decoded: object): RecordOf<F> {
  return decoded as RecordOf<F>;
}
