/**
 * Environment files: one item a line.
 *
 *     NAME=VALUE         the value is everything after the `=`, as it stands
 *     !clear             begin with nothing
 *     !unset NAME...     remove, and do not inherit
 *     !import NAME...    take from the parent environment after all
 *
 * Leading white space, empty lines and lines that begin with `#` are ignored. A line that is none of these is a warning and skipped, as one bad
 * line must not take the other variables away.
 */
import type { EnvironmentStep, Problem } from './description.ts';
import { isWhitespace, trimEnd } from './logical-lines.ts';
import { didYouMean } from './suggestion.ts';

export interface EnvironmentFile {
  readonly steps: readonly EnvironmentStep[];
  readonly warnings: readonly Problem[];
}

const commands = ['!clear', '!unset', '!import'];

export function parseEnvironmentFile(text: string, file: string): EnvironmentFile {
  const steps: EnvironmentStep[] = [];
  const warnings: Problem[] = [];
  let number = 0;
  for (const line of text.split('\n')) {
    number++;
    let start = 0;
    while (start < line.length && isWhitespace(line.charCodeAt(start))) start++;
    if (start === line.length || line.charAt(start) === '#') continue;
    const problem =
      line.charAt(start) === '!' ? readCommand(line.slice(start), steps) : readAssignment(line, start, steps);
    if (problem) warnings.push({ ...problem, origin: { file, line: number, column: start + 1 } });
  }
  return { steps, warnings };
}

function readAssignment(line: string, start: number, steps: EnvironmentStep[]): Problem | undefined {
  const equals = line.indexOf('=', start);
  const name = equals < 0 ? '' : trimEnd(line.slice(start, equals));
  if (name === '' || /[ \t\v\f\r]/.test(name)) {
    return {
      message: 'not an environment setting; the line is ignored',
      expected: "NAME=VALUE, a '!' command or a comment",
      found: line.slice(start),
    };
  }
  steps.push({ kind: 'set', name, value: line.slice(equals + 1) });
  return undefined;
}

function readCommand(text: string, steps: EnvironmentStep[]): Problem | undefined {
  const words = text.split(/[ \t\v\f\r]+/).filter((word) => word !== '');
  const [command = '', ...names] = words;
  const bad = names.find((name) => name.includes('='));
  if (bad !== undefined) {
    return { message: `not a variable name after ${command}; the line is ignored`, expected: 'a name', found: bad };
  }
  switch (command) {
    case '!clear':
      steps.push({ kind: 'clear' });
      if (names.length === 0) return undefined;
      return {
        message: '!clear takes no names and clears everything',
        found: text,
        advice: 'use !unset for single names',
      };
    case '!unset':
      for (const name of names) steps.push({ kind: 'unset', name });
      return undefined;
    case '!import':
      for (const name of names) steps.push({ kind: 'import', name });
      return undefined;
    default:
      return {
        message: 'unknown command in an environment file; the line is ignored',
        expected: '!clear, !unset or !import',
        found: command,
        ...didYouMean(command, commands),
      };
  }
}

/** What a program of steps makes of a parent environment: a view that copies nothing. */
export function environmentView(
  steps: readonly EnvironmentStep[],
  parent: ReadonlyMap<string, string>,
): (name: string) => string | undefined {
  if (steps.length === 0) return (name) => parent.get(name);
  const changed = new Map<string, string | undefined>();
  let inherits = true;
  for (const step of steps) {
    switch (step.kind) {
      case 'clear':
        changed.clear();
        inherits = false;
        break;
      case 'unset':
        changed.set(step.name, undefined);
        break;
      case 'import':
        if (parent.has(step.name)) changed.set(step.name, parent.get(step.name));
        break;
      case 'set':
        changed.set(step.name, step.value);
        break;
    }
  }
  return (name) => (changed.has(name) ? changed.get(name) : inherits ? parent.get(name) : undefined);
}

/** The environment that results for a parent: what the daemon's own environment file makes of the daemon's. */
export function applyEnvironment(
  steps: readonly EnvironmentStep[],
  parent: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const view = environmentView(steps, parent);
  const names = new Set(parent.keys());
  for (const step of steps) if (step.kind !== 'clear') names.add(step.name);
  const result = new Map<string, string>();
  for (const name of names) {
    const value = view(name);
    if (value !== undefined) result.set(name, value);
  }
  return result;
}
