import { describe, expect, test } from 'vitest';
import { substitute, type Variables } from '../../src/service/substitution.ts';

const variables: Readonly<Record<string, string>> = {
  A: 'p  q',
  B: 'bb',
  Emp: '',
  W: ' lead trail ',
  Ä: 'umlaut',
  Nl: 'x\ny',
};

function words(text: string, argument?: string): unknown {
  const context: Variables = { argument, lookUp: (name) => variables[name] };
  const result = substitute(text, context);
  return result.kind === 'words' ? result.words : { offset: result.offset, message: result.message };
}

describe('substitute()', () => {
  test.each([
    ['plain', ['plain']],
    ['', ['']],
    ['$$', ['$']],
    ['$$$$A', ['$$A']],
    ['$A', ['p  q']],
    ['x${B}y', ['xbby']],
    ['$B.x', ['bb.x']],
    ['$B-y', ['bb-y']],
    ['$B/w', ['bb/w']],
    ['$Ä', ['umlaut']],
    ['$NO', ['']],
    ['${NO-w}', ['w']],
    ['${Emp-w}', ['']],
    ['${Emp:-w}', ['w']],
    ['${Emp+w}', ['w']],
    ['${Emp:+w}', ['']],
    ['${B:+w}', ['w']],
    ['${NO-$B}', ['$B']],
    ['${NO-a}b}', ['ab}']],
    ['${NO:-a b}', ['a b']],
    ['${NO-}', ['']],
  ])('substitute() makes one word of %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  test.each([
    ['$/A', ['p', 'q']],
    ['x$/{A}y', ['xp', 'qy']],
    ['a$/{W}b', ['a', 'lead', 'trail', 'b']],
    ['$/W', ['lead', 'trail']],
    ['$/Nl', ['x', 'y']],
    ['$/NO', []],
    ['$/Emp$/NO', []],
    ['$/Emp$Emp', ['']],
    ['x$/NO', ['x']],
    ['$/{NO:-u v}', ['u', 'v']],
    ['$/{B}x', ['bbx']],
    ['$/A$/A', ['p', 'qp', 'q']],
  ])('substitute() splits %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  test.each([
    ['$1', 'q', ['q']],
    ['${1}0', 'q', ['q0']],
    ['$1x', 'q', ['qx']],
    ['$1', '', ['']],
    ['${1-none}', '', ['']],
    ['${1:-none}', '', ['none']],
    ['${1-none}', undefined, ['none']],
    ['${1+set}', undefined, ['']],
    ['${1:+set}', 'q', ['set']],
    ['$/1', ' a b ', ['a', 'b']],
  ])('substitute() puts the argument into %j (argument %j)', (text, argument, expected) => {
    expect(words(text, argument)).toEqual(expected);
  });

  test.each([
    ['x$', 1, "no variable name after '$'"],
    ['$-x', 0, "no variable name after '$'"],
    ['$/', 0, "no variable name after '$'"],
    ['ab${}', 2, "no variable name after '$'"],
    ['$2', 1, 'there is no service argument 2'],
    ['$10', 1, 'there is no service argument 10'],
    ['${01}', 2, 'there is no service argument 01'],
    ['${B:x}', 4, "'x' cannot follow the name in '${'"],
    ['${B=x}', 3, "'=' cannot follow the name in '${'"],
    ['${B', 3, "'${' is not closed"],
    ['${B-x', 0, "'${' is not closed"],
    ['x$1', 1, 'the service has no argument'],
    ['${1}', 0, 'the service has no argument'],
  ])('substitute() refuses %j at offset %d', (text, offset, message) => {
    expect(words(text)).toEqual({ offset, message });
  });

  test('substitute() refuses a value that grows beyond what a program can be given', () => {
    const lookUp = (): string => 'x'.repeat(60_000);
    expect(substitute('$A$A', { argument: undefined, lookUp }).kind).toBe('words');
    expect(substitute('$A$A$A', { argument: undefined, lookUp })).toMatchObject({
      message: 'too long after substitution',
    });
  });
});
