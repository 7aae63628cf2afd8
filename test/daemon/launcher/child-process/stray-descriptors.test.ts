import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const module = resolve(import.meta.dirname, '../../../../src/daemon/launcher/child-process/stray-descriptors.ts');
const list = `require('node:child_process').spawnSync('/bin/sh', ['-c', 'echo /proc/self/fd/*'], { stdio: 'inherit' });`;

const descriptorsOfAChild = (before: string): readonly string[] => {
  // The shell hands 7 and, beyond a gap that Node.js does not look over, 99 on.
  const script = 'exec 7</dev/null 8<&-; exec "$@"';
  const args = ['-c', script, 'sh', process.execPath, '-e', `${before}; ${list}`];
  const { stdout } = spawnSync('bash', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit', ...Array.from({ length: 97 }, () => 'ignore' as const), 'pipe'],
  });
  return stdout
    .trim()
    .split(' ')
    .map((path) => path.replace('/proc/self/fd/', ''));
};

it('closeStrayDescriptors() keeps what others have left open from every child', () => {
  expect(descriptorsOfAChild('')).toContain('100');
  const rest = descriptorsOfAChild(`require(${JSON.stringify(module)}).closeStrayDescriptors()`);
  expect(rest.slice(0, 3)).toEqual(['0', '1', '2']);
  expect(rest).not.toContain('100');
});
