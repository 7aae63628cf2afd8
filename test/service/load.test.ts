import { describe, expect, test, vi } from 'vitest';
import { renderProblem } from '../../src/service/problem-text.ts';
import { MemoryFiles } from '../support/memory-files.ts';
import { failureLines, loadTree, type Tree } from '../support/load-tree.ts';
import { memoryUsers } from '../support/memory-users.ts';
import { loadServices } from '../../src/service/load.ts';

// Many cases: on a busy machine they take their time.
vi.setConfig({ testTimeout: 120_000 });

const running = 'type = process\ncommand = /bin/x\n';

/** Failed services with their class, and those that are fine. */
function outcome(
  tree: Tree,
  names: readonly string[],
): { readonly failed: Record<string, string>; readonly fine: string[] } {
  const { failures, descriptions } = loadTree(tree, names);
  return {
    failed: Object.fromEntries(failures.map(({ name, class: errorClass }) => [name, errorClass])),
    fine: [...descriptions.keys()],
  };
}

describe('loadServices()', () => {
  test('loadServices() loads what the named services need, dependencies first', () => {
    const tree = {
      web: 'depends-on: db\nwaits-for: cache\ndepends-ms: net\nprepared-by: prep\n',
      db: 'depends-on: net\n',
      cache: '',
      net: '',
      prep: '',
      other: '',
    };
    expect([...loadTree(tree, ['web']).descriptions.keys()]).toEqual(['net', 'db', 'cache', 'prep', 'web']);
  });

  test('loadServices() does not load what is only named by before, after, consumer-of or chain-to', () => {
    const tree = { web: `${running}before: a\nafter: b\nconsumer-of = c\nchain-to = d\n`, a: '', b: '', c: '', d: '' };
    expect(outcome(tree, ['web'])).toEqual({ failed: {}, fine: ['web'] });
  });

  test('loadServices() keeps dependencies in the order of the file, each mention one of its own', () => {
    const { descriptions } = loadTree({ web: 'waits-for: b\nafter: c\ndepends-on: b\nwaits-for: a\n', a: '', b: '' }, [
      'web',
    ]);
    const dependencies = descriptions.get('web')?.dependencies.map(({ kind, name }) => `${kind} ${name}`);
    expect(dependencies).toEqual(['waits-for b', 'after c', 'depends-on b', 'waits-for a']);
  });

  test('loadServices() loads each argument of a service as an instance of its own', () => {
    const { descriptions } = loadTree({ web: 'depends-on: db@$1\n', db: 'working-dir = $1\n' }, ['web@x', 'web@y']);
    expect([...descriptions.keys()]).toEqual(['db@x', 'web@x', 'db@y', 'web@y']);
    expect(descriptions.get('db@y')).toMatchObject({ base: 'db', argument: 'y', file: '/sd/db' });
  });

  test('loadServices() substitutes dependency names from the daemon environment, never from the environment file', () => {
    const tree = { web: 'env-file = ef\ndepends-on: $B\n', ef: 'B=other\n', bb: '', other: '' };
    const { descriptions } = loadTree(tree, ['web'], { environment: { B: 'bb' } });
    expect([...descriptions.keys()]).toEqual(['bb', 'web']);
  });

  test('loadServices() fails the dependents of a service that cannot be loaded, soft ones too, and nobody else', () => {
    const tree = {
      a: 'depends-on: b\n',
      b: 'waits-for: c\ndepends-on: d\n',
      c: 'what = ever\n',
      d: '',
      e: 'after: c\n',
    };
    expect(outcome(tree, ['a', 'e'])).toEqual({
      failed: { a: 'load', b: 'load', c: 'description' },
      fine: ['d', 'e'],
    });
    expect(failureLines(loadTree(tree, ['a']).failures.find(({ name }) => name === 'b'))).toEqual([
      "/sd/b:1:12: waits-for: could not load dependency 'c'\n    c: unknown setting",
    ]);
  });

  test('loadServices() reports every dependency that failed, in the order of the file', () => {
    const tree = { a: 'depends-on: x\ndepends-on: y\ndepends-on: z\n', y: '' };
    const { failures } = loadTree(tree, ['a']);
    expect(failureLines(failures.find(({ name }) => name === 'a')).map((line) => line.split('\n')[0])).toEqual([
      "/sd/a:1:13: depends-on: could not load dependency 'x'",
      "/sd/a:3:13: depends-on: could not load dependency 'z'",
    ]);
  });

  test.each([['nope'], ['nope@arg']])('loadServices() says that there is no file for %s', (name) => {
    expect(loadTree({}, [name]).failures).toEqual([
      {
        name,
        class: 'not-found',
        problems: [
          {
            message: 'no service file of this name',
            expected: "'nope' in /sd",
            advice: 'check the spelling of the name, or create the file',
          },
        ],
      },
    ]);
  });

  test.each(['', '.x', '@x', 'a/b', '../x'])(
    'loadServices() refuses the name %j without looking for a file',
    (name) => {
      const files = new MemoryFiles({ files: { '/x': '', '/sd/a/b': '' } });
      const options = { files, directories: ['/sd'], users: memoryUsers, environment: new Map(), effectiveUid: 0 };
      expect(loadServices([name], options).failures[0]).toMatchObject({ name, class: 'description' });
      expect(files.identities()).toEqual([]);
    },
  );

  test('loadServices() takes the file from the first directory that has one', () => {
    const tree = { '/one/a': 'type = triggered\n', '/two/a': '', '/two/b': '' };
    const { descriptions } = loadTree(tree, ['a', 'b'], { directories: ['/none', '/one', '/two'] });
    expect(descriptions.get('a')).toMatchObject({ directory: '/one', file: '/one/a', type: 'triggered' });
    expect(descriptions.get('b')?.directory).toBe('/two');
  });

  test('loadServices() goes on searching after a file it cannot get at, and remembers it', () => {
    const tree = { '/one/x': '', '/two/b': '' };
    const options = { directories: ['/one', '/two'], links: { '/one/b': 'x/y', '/one/c': 'x/y' } };
    const { descriptions, failures } = loadTree(tree, ['b', 'c'], options);
    expect([...descriptions.keys()]).toEqual(['b']);
    expect(failureLines(failures[0])).toEqual(['cannot read the service file /one/c: not a directory']);
  });

  test('loadServices() ends the search at something that is no file', () => {
    const { failures } = loadTree({ '/one/a/x': '', '/two/a': '' }, ['a'], { directories: ['/one', '/two'] });
    expect(failureLines(failures[0])).toEqual([
      'cannot read the service file /one/a: not a regular file but a directory',
    ]);
  });

  test('loadServices() tells everything it looked at, also what was not there', () => {
    const tree = {
      '/two/web': 'env-file = ef\n@include-opt frag\nwaits-for.d: d\n',
      '/two/ef': '',
      '/two/d/dep': '',
      '/two/dep': '',
    };
    const { identities } = loadTree(tree, ['web'], { directories: ['/one', '/two'] });
    expect(identities.map(({ kind, path }) => `${kind} ${path}`).toSorted()).toEqual([
      'absent /one/dep',
      'absent /one/web',
      'absent /two/frag',
      'directory /two/d',
      'file /two/dep',
      'file /two/ef',
      'file /two/web',
    ]);
  });

  test('loadServices() warns of bad lines in an environment file and uses the others', () => {
    const { descriptions, warnings } = loadTree({ web: 'env-file = ef\n', ef: 'bad line\nA=1\n' }, ['web']);
    expect(descriptions.get('web')?.environment).toEqual([{ kind: 'set', name: 'A', value: '1' }]);
    expect(warnings.map(({ name, problem }) => renderProblem(name, problem))).toEqual([
      "web: /sd/ef:1:1: not an environment setting; the line is ignored: expected NAME=VALUE, a '!' command or a comment, found 'bad line'",
    ]);
  });

  test.each([
    ['env-file = none\n', 'cannot read the environment file /sd/none: no such file'],
    ['env-file = web/x\n', 'cannot read the environment file /sd/web/x: not a directory'],
  ])('loadServices() needs the environment file of %j', (text, message) => {
    const { failures } = loadTree({ web: text }, ['web']);
    expect(failures[0]).toMatchObject({ class: 'load' });
    expect(failureLines(failures[0])[0]).toContain(message);
  });
});

describe('dependency directories', () => {
  const tree = { web: 'waits-for.d: d\n', 'd/b': 'garbage', 'd/c@x': '', 'd/.hidden': '', b: '', c: '' };

  test('every entry that is a service name is a dependency', () => {
    const { descriptions, warnings } = loadTree(tree, ['web']);
    const web = descriptions.get('web');
    const origin = { file: '/sd/web', line: 1, column: 14 };
    expect(web?.dependencies).toEqual([
      { kind: 'waits-for', name: 'b', origin, directoryEntry: '/sd/d/b' },
      { kind: 'waits-for', name: 'c@x', origin, directoryEntry: '/sd/d/c@x' },
    ]);
    expect(web?.waitsForDirectories).toEqual(['/sd/d']);
    expect(warnings).toEqual([]);
  });

  test('an entry that is no service name is a warning', () => {
    const { descriptions, warnings } = loadTree({ ...tree, 'd/b~': '' }, ['web']);
    expect(descriptions.get('web')?.dependencies).toHaveLength(2);
    expect(warnings[0]?.problem).toMatchObject({
      message: '/sd/d has an entry that is no service name; it is ignored',
      found: 'b~',
    });
  });

  test('an entry without a service file is a warning, and no failure of its own', () => {
    const { descriptions, warnings, failures } = loadTree({ ...tree, 'd/ghost': '' }, ['web']);
    expect(descriptions.get('web')?.dependencies.map(({ name }) => name)).toEqual(['b', 'c@x']);
    expect(failures).toEqual([]);
    expect(warnings.map(({ problem }) => problem.message)).toEqual([
      '/sd/d/ghost names a service without a service file; it is ignored',
    ]);
  });

  test('an entry without a service file is a failure when it is asked for by name', () => {
    expect(outcome({ ...tree, 'd/ghost': '' }, ['web', 'ghost']).failed).toEqual({ ghost: 'not-found' });
  });

  test('an entry that cannot be loaded fails the service with the class of its error', () => {
    expect(outcome({ ...tree, b: 'bad = 1\n' }, ['web'])).toEqual({
      failed: { b: 'description', web: 'description' },
      fine: ['c@x'],
    });
    expect(outcome({ ...tree, b: 'depends-on: nope\n' }, ['web']).failed).toMatchObject({ b: 'load', web: 'load' });
  });

  test('a directory that is not there is a warning', () => {
    const { descriptions, warnings } = loadTree({ web: 'depends-on.d: nowhere\n' }, ['web']);
    expect(descriptions.get('web')?.dependencies).toEqual([]);
    expect(warnings[0]?.problem.message).toBe(
      'cannot read the dependency directory /sd/nowhere: no such directory; it gives no dependencies',
    );
  });

  test('a relative directory is looked for beside the link, not beside what it leads to', () => {
    const links = { web: '/real/web' };
    const { descriptions } = loadTree(
      { '/real/web': 'waits-for.d: d\n', '/real/d/c': '', 'd/b': '', b: '', c: '' },
      ['web'],
      { links },
    );
    expect(descriptions.get('web')?.dependencies.map(({ name }) => name)).toEqual(['b']);
  });
});

describe('cycles', () => {
  test.each<[string, Tree, readonly string[], string, string]>([
    ['depends-on and waits-for', { a: 'depends-on: b\n', b: 'waits-for: a\n' }, ['a'], 'b', 'a -> b -> a'],
    ['oneself', { a: 'depends-on: a\n' }, ['a'], 'a', 'a -> a'],
    ['before oneself', { a: 'before: a\n' }, ['a'], 'a', 'a -> (before) a'],
    ['after oneself', { a: 'after: a\n' }, ['a'], 'a', 'a -> (after) a'],
    ['after a dependent', { a: 'depends-on: b\n', b: 'after: a\n' }, ['a'], 'b', 'a -> b -> (after) a'],
    ['before a dependency', { a: 'depends-on: b\nbefore: b\n', b: '' }, ['a'], 'a', 'a -> b -> (before) a'],
    ['through a directory', { a: 'waits-for.d: d\n', 'd/b': '', b: 'depends-on: a\n' }, ['a'], 'b', 'a -> b -> a'],
    ['orderings alone', { a: 'after: b\n', b: 'after: a\n' }, ['a', 'b'], 'b', 'a -> (after) b -> (after) a'],
    ['three', { a: 'depends-ms: b\n', b: 'prepared-by: c\n', c: 'depends-on: a\n' }, ['a'], 'c', 'a -> b -> c -> a'],
    [
      'below the named one',
      { x: 'depends-on: a\n', a: 'depends-on: b\n', b: 'depends-on: a\n' },
      ['x'],
      'b',
      'a -> b -> a',
    ],
  ])('a cycle is a load failure of the service that closes it: %s', (_, tree, names, culprit, path) => {
    const { failures } = loadTree(tree, names);
    const failure = failures.find(({ name }) => name === culprit);
    expect(failure?.class).toBe('load');
    expect(failure?.problems.map(({ message }) => message)).toEqual([`closes a dependency cycle: ${path}`]);
    const others = failures.filter(({ name }) => name !== culprit);
    for (const { problems } of others) expect(problems[0]?.message).toContain('could not load dependency');
  });

  test('whoever depends on a cycle fails, and nobody else', () => {
    const tree = { a: 'depends-on: b\n', b: 'depends-on: a\n', c: 'depends-on: a\n', d: 'depends-on: e\n', e: '' };
    expect(outcome(tree, ['c', 'd'])).toEqual({ failed: { a: 'load', b: 'load', c: 'load' }, fine: ['e', 'd'] });
  });

  test('only the service that closes a cycle of orderings fails', () => {
    expect(outcome({ a: 'depends-on: b\nbefore: b\n', b: '' }, ['a']).fine).toEqual(['b']);
    expect(outcome({ a: 'after: b\n', b: 'after: a\n' }, ['a', 'b']).fine).toEqual(['a']);
  });

  test('every one of several cycles is found', () => {
    const tree = {
      a: 'depends-on: b\n',
      b: 'depends-on: a\n',
      c: 'after: d\n',
      d: 'after: c\n',
      e: 'after: e\n',
      f: '',
    };
    expect(outcome(tree, ['a', 'c', 'd', 'e', 'f'])).toEqual({
      failed: { a: 'load', b: 'load', d: 'load', e: 'load' },
      fine: ['c', 'f'],
    });
  });

  test.each<[string, Tree]>([
    ['a before in the direction of the dependency', { a: 'depends-on: b\n', b: 'before: a\n' }],
    ['an instance that is ordered with its plain namesake', { a: 'after: a\n' }],
    ['several ways to the same service', { a: 'depends-on: b\nwaits-for: c\nafter: b\n', b: 'depends-on: c\n', c: '' }],
    ['a service that is named in orderings but not loaded', { a: 'after: z\n', z: 'after: a\n' }],
  ])('%s is no cycle', (_, tree) => {
    expect(outcome(tree, ['a@1']).failed).toEqual({});
  });
});

describe('chains', () => {
  const chain = (length: number): Tree =>
    Object.fromEntries(
      Array.from({ length }, (_, i) => [`n${i + 1}`, i + 1 < length ? `depends-on: n${i + 2}\n` : '']),
    );

  test('a chain may be a thousand services long', () => {
    expect(outcome(chain(1000), ['n1']).failed).toEqual({});
    const { failures, descriptions } = loadTree(chain(1001), ['n1']);
    expect(failures).toMatchObject([{ name: 'n1', class: 'load' }]);
    expect(failures[0]?.problems[0]?.message).toContain('a chain of 1001 dependencies');
    expect(descriptions.size).toBe(1000);
  });

  test('the limit counts the graph, through directories too, whatever was loaded before', () => {
    const tree = { ...chain(20), n20: 'depends-on.d: d\n', 'd/m1': '', m1: 'depends-on: m2\n', m2: '' };
    const { failures } = loadTree(tree, ['m1', 'n2', 'n1'], { dependencyDepth: 21 });
    expect(failures.map(({ name }) => name)).toEqual(['n1']);
  });

  test('the longest way counts, and orderings do not', () => {
    const tree = {
      ...chain(5),
      head: 'depends-on: n1\ndepends-on: leaf\n',
      leaf: '',
      other: 'depends-on: leaf\nafter: head\n',
    };
    const { failures } = loadTree(tree, ['head', 'other'], { dependencyDepth: 5 });
    expect(failures.map(({ name }) => name)).toEqual(['head']);
    expect(loadTree(tree, ['head', 'other'], { dependencyDepth: 6 }).failures).toEqual([]);
  });

  test('ten thousand services load, in one chain as far as it may go and in breadth', () => {
    const wide = Object.fromEntries(Array.from({ length: 9000 }, (_, i) => [`w${i}`, 'depends-on: n1\n']));
    const { descriptions, failures } = loadTree({ ...chain(999), ...wide }, Object.keys(wide));
    expect(failures).toEqual([]);
    expect(descriptions.size).toBe(9999);
  });

  test('a cycle of ten thousand services is found and does not exhaust the stack', () => {
    const { failures } = loadTree({ ...chain(10_000), n10000: 'depends-on: n1\n' }, ['n1']);
    expect(failures).toHaveLength(10_000);
  });
});

describe('consumers', () => {
  const producer = 'type = scripted\ncommand = /bin/p\nlog-type = pipe\n';
  const consumer = `${running}consumer-of = p\n`;

  test('a consumer and its producer load in either order', () => {
    expect(outcome({ p: producer, c: consumer }, ['p', 'c'])).toEqual({ failed: {}, fine: ['p', 'c'] });
    expect(outcome({ p: producer, c: consumer }, ['c', 'p'])).toEqual({ failed: {}, fine: ['c', 'p'] });
  });

  test.each([
    ['', "'p' is internal and has no output"],
    ['type = scripted\ncommand = /bin/p\n', "the output of 'p' does not go into a pipe"],
  ])('the producer must write into a pipe: %j', (text, message) => {
    for (const names of [
      ['c', 'p'],
      ['p', 'c'],
    ]) {
      const { failures } = loadTree({ p: text, c: consumer }, names);
      expect(failures).toMatchObject([{ name: 'c', class: 'load', problems: [{ message }] }]);
    }
  });

  test('a producer has one consumer; those that depend on a second one fail with it', () => {
    const tree = { p: producer, c: consumer, d: consumer, e: 'depends-on: d\n' };
    expect(outcome(tree, ['p', 'c', 'e'])).toEqual({ failed: { d: 'load', e: 'load' }, fine: ['p', 'c'] });
  });
});
