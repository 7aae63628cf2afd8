import { describe, expect, test } from 'vitest';
import { applyEnvironment, environmentView, parseEnvironmentFile } from '../../src/service/environment-file.ts';

describe('parseEnvironmentFile()', () => {
  test('parseEnvironmentFile() takes values as they stand and ignores comments and empty lines', () => {
    const { steps, warnings } = parseEnvironmentFile(
      '# c\n\n  A= x "y" $B # z  \nB  =  b\nC=a=b\nodd-na.me%=\nD=last',
      '/e',
    );
    expect(warnings).toEqual([]);
    expect(steps).toEqual([
      { kind: 'set', name: 'A', value: ' x "y" $B # z  ' },
      { kind: 'set', name: 'B', value: '  b' },
      { kind: 'set', name: 'C', value: 'a=b' },
      { kind: 'set', name: 'odd-na.me%', value: '' },
      { kind: 'set', name: 'D', value: 'last' },
    ]);
  });

  test('parseEnvironmentFile() reads the commands', () => {
    const { steps, warnings } = parseEnvironmentFile('!clear\n !unset A  B\n!import C\n!unset\n', '/e');
    expect(warnings).toEqual([]);
    expect(steps).toEqual([
      { kind: 'clear' },
      { kind: 'unset', name: 'A' },
      { kind: 'unset', name: 'B' },
      { kind: 'import', name: 'C' },
    ]);
  });

  test('parseEnvironmentFile() warns of each bad line with its place and goes on', () => {
    const { steps, warnings } = parseEnvironmentFile(
      'no setting\n=x\n  a b=1\n!imprt X\n!unset A=1\n!clear x\nGOOD=1\n',
      '/e',
    );
    expect(steps).toEqual([{ kind: 'clear' }, { kind: 'set', name: 'GOOD', value: '1' }]);
    expect(warnings.map(({ origin, advice }) => [origin?.line, origin?.column, advice])).toEqual([
      [1, 1, undefined],
      [2, 1, undefined],
      [3, 3, undefined],
      [4, 1, "did you mean '!import'?"],
      [5, 1, undefined],
      [6, 1, 'use !unset for single names'],
    ]);
  });
});

describe('environmentView()', () => {
  const parent = new Map([
    ['K', 'daemon'],
    ['B', 'bb'],
  ]);
  const view = (text: string): ((name: string) => string | undefined) =>
    environmentView(parseEnvironmentFile(text, '/e').steps, parent);

  test('environmentView() inherits, overrides and removes', () => {
    const look = view('K=own\n!unset B\nV=1\n');
    expect(['K', 'B', 'V', 'X'].map(look)).toEqual(['own', undefined, '1', undefined]);
  });

  test('environmentView() forgets everything at !clear, and !import takes single variables back', () => {
    const look = view('V=1\n!clear\n!import B nope\n');
    expect(['K', 'B', 'V', 'nope'].map(look)).toEqual([undefined, 'bb', undefined, undefined]);
  });

  test('environmentView() lets !import undo an assignment, but only where the parent has the variable', () => {
    const look = view('K=own\nX=own\n!import K X\n');
    expect(['K', 'X'].map(look)).toEqual(['daemon', 'own']);
  });

  test('applyEnvironment() gives the whole environment', () => {
    const { steps } = parseEnvironmentFile('!unset K\nV=1\n', '/e');
    expect([...applyEnvironment(steps, parent)]).toEqual([
      ['B', 'bb'],
      ['V', '1'],
    ]);
  });
});
