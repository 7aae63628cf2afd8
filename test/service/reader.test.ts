import { describe, expect, test } from 'vitest';
import { described, loadTree, problems } from '../support/load-tree.ts';

const command = (text: string): readonly string[] => described(`type = scripted\ncommand = ${text}\n`).command;

describe('lines and words', () => {
  test.each([
    ['a  b\t\tc   ', ['a', 'b', 'c']],
    ['"a  b" x"y z"w "" "#q" a"#"b', ['a  b', 'xy zw', '', '#q', 'a#b']],
    ["'a b'", ["'a", "b'"]],
    ['a\\ b \\"c \\#d "e\\"f\\\\g\\h" i\\\\j', ['a b', '"c', '#d', 'e"f\\gh', 'i\\j']],
    ['a b # c "d', ['a', 'b']],
    ['a\u00a0b', ['a\u00a0b']],
    ['a \\\n   b\\\n\tc', ['a', 'b', 'c']],
    ['a\\\\', ['a\\']],
    ['a\\\\\\\n b', ['a\\', 'b']],
    ['"a\\\n  b"', ['a\n  b']],
    ['a # comment \\\n  b', ['a', 'b']],
    ['\\\n  a', ['a']],
    ['a \\\r\n  b', ['a', 'b']],
  ])('readWords() reads %j', (text, expected) => {
    expect(command(text)).toEqual(expected);
  });

  test.each([
    ['command = a#b', "1:12: a '#' stands where no comment can begin"],
    ['command =#b', "1:10: a '#' stands where no comment can begin"],
    ['command = # b', "1:11: a '#' stands where no comment can begin"],
    ['command = "a"#b', "1:14: a '#' stands where no comment can begin"],
    ['command = ä𝄞"x', '1:13: a quoted text is not closed'],
    ['command = a \\\n  b \\\n  "c', '3:3: a quoted text is not closed'],
    ['nonsense', "1:9: no operator after 'nonsense'"],
    ['command + = x', "1:9: no operator after 'command'"],
    ['= x', '1:1: not a setting'],
    ['  1a = x', '1:3: not a setting'],
    ['-a = x', '1:1: not a setting'],
    ['!x', '1:1: not a setting'],
    ['frobnicate = x', '1:1: unknown setting'],
    ['type += x', "1:6: type: '+=' cannot be used with this setting"],
    ['@frob x', "1:1: unknown '@' command"],
    ['# x \\\ny', '2:1: a continuation line does not begin with white space'],
    ['# x \\\n\n', '2:1: a continuation line does not begin with white space'],
    ['# x \\', '1:5: the file ends where a line is to be continued'],
    ['# x \\\n', '2:1: the file ends where a line is to be continued'],
    ['restart = maybe', '1:11: restart: not a restart mode'],
    ['restart =   ', '1:10: restart: not a restart mode'],
    ['type = scripted\ncommand = x "a\\"${B:y}"', "2:21: command: 'y' cannot follow the name in '${'"],
    ['chain-to = a   ${X=y}', "1:19: chain-to: '=' cannot follow the name in '${'"],
  ])('the place of a problem is exact: %j', (text, expected) => {
    expect(problems(text)[0]).toContain(`/sd/web:${expected}`);
  });

  test('every problem of a file is reported, in the order of the file', () => {
    const text = 'type = deamon\ncomand = x\nrestart = maybe\n@frob\nnice = low\n# \\\nstart-timeout = 5s\n';
    expect(problems(text).map((line) => line.split(': ')[0])).toEqual(
      ['1:8', '2:1', '3:11', '4:1', '5:8', '7:1', '7:17'].map((place) => `/sd/web:${place}`),
    );
  });

  test('at most a hundred problems are kept', () => {
    expect(problems('x\n'.repeat(1000))).toHaveLength(100);
  });

  test.each([
    ['comand = x', "did you mean 'command'?"],
    ['options = skipable', "did you mean 'skippable'?"],
    ['load-options = export-service-nam', "did you mean 'export-service-name'?"],
    ['type = proces', "did you mean 'process'?"],
    ['@inclde x', "did you mean '@include'?"],
    ['term-signal = SIGHUP', "did you mean 'HUP'?"],
    ['securebits = no-root', "did you mean 'noroot'?"],
  ])('a misspelling gets a suggestion: %j', (text, advice) => {
    expect(problems(text)[0]).toContain(advice);
  });

  test('a file that is not UTF-8 is refused with the place of the first bad byte', () => {
    const bytes = Buffer.concat([Buffer.from('type = internal\n# ä\ufffd'), Buffer.from([0xff, 0x61, 0xfe, 0x0a])]);
    expect(problems(bytes)).toEqual(['/sd/web:2:5: not UTF-8 text: expected a file in UTF-8']);
  });

  test('a NUL byte is refused with its place', () => {
    expect(problems('type = internal\n#\0\n')).toEqual(['/sd/web:2:2: a NUL byte: expected text']);
  });
});

describe('@include and @meta', () => {
  test('@include reads settings as if they stood in its place, from the directory of the file', () => {
    const { descriptions } = loadTree(
      {
        web: 'type = scripted\n@include inc/one\ncommand += z\n',
        'inc/one': 'command = a\n@include two\n',
        'inc/two': 'command += b\n',
      },
      ['web'],
    );
    expect(descriptions.get('web')?.command).toEqual(['a', 'b', 'z']);
  });

  test('@include starts from the real directory of a linked file', () => {
    const { descriptions } = loadTree({ '/real/web': '@include frag\n', '/real/frag': 'type = triggered\n' }, ['web'], {
      links: { web: '../real/web' },
    });
    expect(descriptions.get('web')?.type).toBe('triggered');
  });

  test('a problem in an included file names that file', () => {
    const { failures } = loadTree({ web: '@include inc/x\n', 'inc/x': '\nbad = 1\n' }, ['web']);
    expect(failures[0]?.problems[0]?.origin).toEqual({ file: '/sd/inc/x', line: 2, column: 1 });
  });

  test('a relative dependency directory in an included file is looked for beside that file', () => {
    const { descriptions } = loadTree(
      { web: '@include inc/x\n', 'inc/x': 'waits-for.d: d\n', 'inc/d/b': '', 'd/c': '', b: '', c: '' },
      ['web'],
    );
    expect(descriptions.get('web')?.dependencies.map(({ name }) => name)).toEqual(['b']);
  });

  test.each([
    ['@include', 'description', '@include takes one path'],
    ['@include a b', 'description', '@include takes one path'],
    ['@include $NO', 'description', '@include takes one path'],
    ['@include nothing', 'load', 'cannot include nothing: no such file'],
    ['@include .', 'load', 'not a regular file but a directory'],
    ['@include web', 'load', 'a file includes itself: /sd/web -> /sd/web'],
    ['@include-opt web/x', 'load', 'not a directory'],
    ['@include "x', 'description', 'a quoted text is not closed'],
    ['@include ${A', 'description', "'${' is not closed"],
  ])('%j is a %s problem', (text, errorClass, message) => {
    const { failures } = loadTree({ web: text }, ['web']);
    expect(failures[0]).toMatchObject({ class: errorClass });
    expect(failures[0]?.problems[0]?.message).toContain(message);
  });

  test('@include-opt ignores a file that is missing', () => {
    expect(described('@include-opt nothing\ntype = triggered\n').type).toBe('triggered');
  });

  test('@include is substituted with the daemon environment and the argument', () => {
    const { descriptions } = loadTree({ web: '@include "inc $B-$1"\n', 'inc bb-q': 'type = triggered\n' }, ['web@q'], {
      environment: { B: 'bb' },
    });
    expect(descriptions.get('web@q')?.type).toBe('triggered');
  });

  test('files that include each other are refused before they run out of anything', () => {
    const { failures } = loadTree({ web: '@include a\n', a: '@include b\n', b: '@include a\n' }, ['web']);
    expect(failures[0]?.problems.map(({ message }) => message)).toEqual([
      'a file includes itself: /sd/a -> /sd/b -> /sd/a',
    ]);
  });

  test('includes are limited in depth and in number', () => {
    const chain = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}`, `@include f${i + 1}\n`]));
    const deep = loadTree({ ...chain, f40: '', web: '@include f0\n' }, ['web']);
    expect(deep.failures[0]?.problems[0]?.message).toContain('at most 32');
    const tree = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`g${i}`, `@include g${i + 1}\n`.repeat(2)]));
    const wide = loadTree({ ...tree, g12: '', web: '@include g0\n' }, ['web']);
    expect(wide.failures[0]?.problems.map(({ message }) => message)).toEqual([
      'too many included files: at most 256 for one service',
    ]);
  });

  test('@meta enable-via is kept, and every other @meta ignored', () => {
    expect(described('@meta enable-via multi\n').enableVia).toBe('multi');
    expect(described('@meta anything goes "here\n').enableVia).toBeUndefined();
  });

  test.each(['@meta enable-via', '@meta enable-via a b', '@meta enable-via .x'])('%j is only a warning', (text) => {
    const { descriptions, warnings } = loadTree({ web: text }, ['web']);
    expect(descriptions.get('web')?.enableVia).toBeUndefined();
    expect(warnings[0]?.problem.message).toContain("'@meta enable-via' is ignored");
  });
});
