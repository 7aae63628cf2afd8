/** Which descriptor a service gets at which number, and the variables that tell it, on top of all others. Pure. */
import type { ServicePlan } from '../../../plan/plan.ts';

/** A descriptor of ours, or none: /dev/null up to 2, nothing above. */
export type Stream = number | 'ignore';
export type StandardStreams = readonly [input: Stream, output: Stream, error: Stream];

export interface PassRequest {
  readonly environment: ReadonlyMap<string, string>;
  readonly standard: StandardStreams;
  readonly listener?: number;
  readonly readiness?: number;
  readonly rules?: ServicePlan['readiness'];
}

export interface Passed {
  readonly stdio: Stream[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Where LISTEN_FDS begins. */
const firstListener = 3;

export function passDescriptors({ environment, standard, listener, readiness, rules }: PassRequest): Passed {
  const stdio: Stream[] = [...standard];
  const variables = Object.fromEntries(environment);
  const place = (number: number, descriptor: number): void => {
    while (stdio.length <= number) stdio.push('ignore');
    stdio[number] = descriptor;
  };
  if (listener !== undefined) {
    place(firstListener, listener);
    variables['LISTEN_FDS'] = '1';
  }
  if (readiness !== undefined && rules) {
    const number = rules.descriptor >= 0 ? rules.descriptor : stdio.length;
    place(number, readiness);
    if (rules.descriptor < 0) variables[rules.variable] = String(number);
  }
  return { stdio, environment: variables };
}

/**
 * Moves standard input to a number that is free, and puts the listener in its place as well: only there Node.js makes a descriptor block, as services expect it
 * of a socket they are given. Whoever uses this puts standard input back.
 */
export function makeListenerBlock(
  stdio: readonly Stream[],
  listener: number,
  input: number,
): { readonly stdio: Stream[]; readonly input: number } {
  const spare = [4, 5].find((number) => (stdio[number] ?? 'ignore') === 'ignore') ?? 6;
  const moved: Stream[] = [...stdio];
  while (moved.length <= spare) moved.push('ignore');
  moved[spare] = input;
  moved[0] = listener;
  return { stdio: moved, input: spare };
}
