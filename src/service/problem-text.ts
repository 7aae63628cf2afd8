/** How a problem reads. Every message about a service file that a person sees is built here. */
import type { LoadFailure, Origin, Problem } from './description.ts';

/**
 * `web: services.d/web:4:8: type: not a service type: expected process..., found 'deamon'`, and, where there is something to be done about it, an
 * indented second line that says what.
 */
export function renderProblem(service: string, problem: Problem): string {
  const place = problem.origin ? `${renderOrigin(problem.origin)}: ` : '';
  const setting = problem.setting === undefined ? '' : `${problem.setting}: `;
  const details = [
    ...(problem.expected === undefined ? [] : [`expected ${problem.expected}`]),
    ...(problem.found === undefined ? [] : [`found ${quote(problem.found)}`]),
  ];
  const rest = details.length === 0 ? '' : `: ${details.join(', ')}`;
  const advice = problem.advice === undefined ? '' : `\n    ${problem.advice}`;
  // Paths in a message come from files too.
  const message = [...problem.message].map(visible).join('');
  return `${quoteName(service)}: ${place}${setting}${message}${rest}${advice}`;
}

/** All problems of a failure, one after the other. */
export function renderFailure(failure: LoadFailure): string {
  return failure.problems.map((problem) => renderProblem(failure.name, problem)).join('\n');
}

export function renderOrigin(origin: Origin): string {
  return `${origin.file}:${origin.line}:${origin.column}`;
}

const longest = 60;

/** Text from a file, safe to print: quoted, shortened, with control characters made visible. */
export function quote(text: string): string {
  const characters = [...text];
  const shown = characters.slice(0, longest).map(visible).join('');
  return `'${shown}${characters.length > longest ? '…' : ''}'`;
}

function quoteName(name: string): string {
  return [...name].map(visible).join('');
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return `\\x${code.toString(16).padStart(2, '0')}`;
  return character;
}
