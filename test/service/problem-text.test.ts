import { expect, test } from 'vitest';
import { quote, renderFailure, renderProblem } from '../../src/service/problem-text.ts';

const origin = { file: 'services.d/web', line: 4, column: 8 };

test('renderProblem() names service, place, setting, what was expected and found, and what to do', () => {
  const problem = { message: 'not a type', origin, setting: 'type', expected: 'process', found: 'x', advice: 'fix it' };
  expect(renderProblem('web', problem)).toBe(
    "web: services.d/web:4:8: type: not a type: expected process, found 'x'\n    fix it",
  );
});

test('renderProblem() leaves out what is not known', () => {
  expect(renderProblem('web', { message: 'is broken' })).toBe('web: is broken');
  expect(renderProblem('web', { message: 'is broken', found: '' })).toBe("web: is broken: found ''");
});

test('renderFailure() shows every problem', () => {
  const problems = [{ message: 'one' }, { message: 'two' }];
  expect(renderFailure({ name: 'web', class: 'load', problems })).toBe('web: one\nweb: two');
});

test('quote() makes control characters visible and shortens what is long', () => {
  expect(quote('a\n\t\u001b[31m\u0085')).toBe("'a\\n\\t\\x1b[31m\\x85'");
  expect(quote('x'.repeat(100))).toBe(`'${'x'.repeat(60)}…'`);
});

test('renderProblem() does not let a name write to the terminal', () => {
  expect(renderProblem('\u001b]0;x', { message: 'no' })).toBe('\\x1b]0;x: no');
});
