import { describe, expect, it } from 'vitest';
import { fillIn, splitCommand } from '../../src/compat/dinit-monitor/command-template.ts';
import { startDinitFixture } from '../daemon/dinit/dinit-fixture.ts';
import { runCompat } from './program-run.ts';

describe('splitCommand()', () => {
  it.each([
    ['echo %n %s', ['echo', '%n', '%s']],
    ['printf "<%n: %s>" a', ['printf', '<%n: %s>', 'a']],
    ['a"b c"d ""', ['ab cd', '']],
    ['  ', []],
    ['', []],
  ])('%j', (text, words) => {
    expect(splitCommand(text)).toEqual(words);
  });
});

describe('fillIn()', () => {
  it('puts values in whole, and leaves any other % as it is written', () => {
    const happening = { name: 'a b', status: 'started', value: 'v' };
    expect(fillIn(['%n', 'x%sx', '%v%v', '100%', '%%', '%x'], happening)).toEqual([
      'a b',
      'xstartedx',
      'vv',
      '100%',
      '%%',
      '%x',
    ]);
  });
});

describe('dinit-monitor', () => {
  it('says that its command cannot be executed, and runs nothing else', async () => {
    await using fixture = await startDinitFixture({ tree: { 'services/boot': 'type = internal\n' }, boot: 'boot' });
    const words = ['dinit-monitor', '-p', fixture.path, '-i', '-e', '-c', '/nonexistent %n', 'boot'];
    expect(await runCompat(words, { directory: fixture.directory })).toEqual({
      stdout: '',
      stderr: 'dinit-monitor: exec: No such file or directory\n',
      exit: 0,
    });
  });

  it('tells an event in which a change of the environment comes between', async () => {
    await using fixture = await startDinitFixture({ tree: { 'services/boot': 'type = internal\n' }, boot: 'boot' });
    const words = ['dinit-monitor', '-p', fixture.path, '-E', '-i', '-e', '-c', 'echo %n %s %v', 'PATH'];
    expect((await runCompat(words, { directory: fixture.directory })).stdout).toBe('PATH set /usr/bin:/bin\n');
  });
});
