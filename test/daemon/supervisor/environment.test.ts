import { expect, test } from 'vitest';
import { Environment } from '../../../src/daemon/supervisor/environment.ts';

function environment(): { changed: [string, string | undefined][]; environment: Environment } {
  const changed: [string, string | undefined][] = [];
  return { changed, environment: new Environment({ setEnvironment: (...change) => void changed.push(change) }) };
}

test('Environment holds what the launcher tells, first what is set and then the answers', async () => {
  const { environment: variables, changed } = environment();
  variables.answer({ kind: 'environment', result: 'set', text: 'A=1' });
  variables.synced();
  const outcome = variables.change('B', 'x=y');
  expect(changed).toEqual([['B', 'x=y']]);
  variables.answer({ kind: 'environment', result: 'set', text: 'B=x=y' });
  expect(await outcome).toEqual({ kind: 'done' });
  expect([...variables.variables]).toEqual([
    ['A', '1'],
    ['B', 'x=y'],
  ]);
});

test('Environment says how to allow a name that the launcher refuses', async () => {
  const { environment: variables } = environment();
  variables.synced();
  const outcome = variables.change('PATH', '/tmp');
  variables.answer({ kind: 'environment', result: 'not-allowed', text: 'PATH=/tmp' });
  expect(await outcome).toMatchObject({ kind: 'refused', refusal: { kind: 'not-allowed' } });
  expect(variables.variables.has('PATH')).toBe(false);
});

test.each(['', 'A=B', 'A\0'])('Environment never asks the launcher for the name %j', async (name) => {
  const { environment: variables, changed } = environment();
  expect(await variables.change(name, 'x')).toMatchObject({ kind: 'refused' });
  expect(changed).toEqual([]);
});
