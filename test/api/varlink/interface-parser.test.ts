import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { StructType, EnumType, ValueType } from '../../../src/api/varlink/interface-definition.ts';
import { InterfaceSyntaxError, parseInterface } from '../../../src/api/varlink/interface-parser.ts';

const folder = new URL('../../../src/api/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.varlink'));

test('parseInterface() reads every construct', () => {
  const definition = parseInterface(
    `# What it is,
# in two lines.
interface org.example.all-of.it2

# not documentation, because a line is empty

type T (a: ?bool, b: []int, c: [string]float, d: ?[]T, # trailing
  # documented
  e: (one, two), f: (g: object, h: any), type: string, null: E)
type E (x_y, Z)
# Does it.
method Do(t: T) -> ()
error Bad ()
`,
  );
  expect(definition.name).toBe('org.example.all-of.it2');
  expect(definition.documentation).toBe('What it is,\nin two lines.');
  expect(definition.types.get('T')?.documentation).toBe('');
  expect(definition.methods.get('Do')?.documentation).toBe('Does it.');
  const type = definition.types.get('T')?.type;
  expect(type?.kind === 'struct' && Object.fromEntries(type.fields)).toEqual({
    a: { kind: 'nullable', of: { kind: 'bool' } },
    b: { kind: 'array', of: { kind: 'int' } },
    c: { kind: 'map', of: { kind: 'float' } },
    d: { kind: 'nullable', of: { kind: 'array', of: { kind: 'named', name: 'T' } } },
    e: { kind: 'enum', values: ['one', 'two'] },
    f: {
      kind: 'struct',
      fields: new Map([
        ['g', { kind: 'object' }],
        ['h', { kind: 'any' }],
      ] as const),
    },
    type: { kind: 'string' },
    null: { kind: 'named', name: 'E' },
  });
});

test.each([
  ['', 'line 1: expected interface, got the end'],
  ['interface single', 'line 1: expected an interface name, got single'],
  ['interface a.b\nmethod M() ->', 'line 2: expected (, got the end'],
  ['interface a.b\nmethod m() -> ()', 'line 2: expected a name that begins with a capital letter, got m'],
  ['interface a.b\nmethod M(a: Nope) -> ()', 'line 2: type Nope is not defined'],
  ['interface a.b\nerror E ()\ntype E (a: int)', 'line 3: E is defined twice'],
  ['interface a.b\ntype T (a: int, a: int)', 'line 2: a is there twice'],
  ['interface a.b\ntype T (a: int,)', 'line 2: expected a field name, got )'],
  ['interface a.b\ntype T (a: int, b)', 'line 2: fields and enum values are mixed'],
  ['interface a.b\ntype T (a: ??int)', 'line 2: ?? is not a type'],
  ['interface a.b\ntype T (a__b: int)', 'line 2: expected a field name, got a__b'],
  ['interface a.b\nerror E', 'line 2: expected (, got the end'],
  ['interface a.b\nerror E () error F ()', 'line 2: error must begin a line'],
  ['interface a.b\nmethod M(a, b) -> ()', 'line 2: expected fields with types'],
  ['interface a.b\ntype T (a: int; b: int)', 'line 2: unexpected ";"'],
])('parseInterface() refuses %j', (text, message) => {
  expect(() => parseInterface(text)).toThrow(
    new InterfaceSyntaxError(message.replace(/^line \d+: /, ''), Number(message.split(/[ :]/)[1])),
  );
});

test.each(files)('%s is named after its interface and documents every method, type and error', (name) => {
  const definition = parseInterface(readFileSync(new URL(name, folder), 'utf8'));
  expect(`${definition.name}.varlink`).toBe(name);
  const members = [definition.types, definition.methods, definition.errors].flatMap((map) => [...map.values()]);
  expect(members.filter(({ documentation }) => documentation === '')).toEqual([]);
});

test.each(files)('%s stays in the subset that all known parsers accept', (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');
  expect(text).not.toMatch(/[^\n -~]/);
  const definition = parseInterface(text);
  const structs = [
    ...[...definition.types.values()].map(({ type }) => type),
    ...[...definition.methods.values()].flatMap(({ input, output }) => [input, output]),
    ...[...definition.errors.values()].map(({ parameters }) => parameters),
  ];
  expect([...definition.types.values()].filter(({ type }) => type.kind === 'struct' && type.fields.size === 0)).toEqual(
    [],
  );
  expect(structs.flatMap((each) => unportable(each))).toEqual([]);
});

function unportable(type: ValueType | StructType | EnumType): string[] {
  switch (type.kind) {
    case 'any':
      return ['any'];
    case 'enum':
      return type.values.length < 2 ? ['an enum of one value'] : [];
    case 'struct':
      return [...type.fields.values()].flatMap(unportable);
    case 'array':
    case 'map':
      return ['array', 'map', 'nullable'].includes(type.of.kind) ? ['nested containers'] : unportable(type.of);
    case 'nullable':
      return unportable(type.of);
    default:
      return [];
  }
}
