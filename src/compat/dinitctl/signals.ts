/** The signals that dinitctl knows by name, in the order in which it lists them. */
export const signals: readonly (readonly [name: string, number: number])[] = [
  ['HUP', 1],
  ['INT', 2],
  ['QUIT', 3],
  ['KILL', 9],
  ['USR1', 10],
  ['USR2', 12],
  ['TERM', 15],
  ['CONT', 18],
  ['STOP', 19],
];

const largest = 0x7fff_ffff;

/** A name, or a number that fits an int; whether it is the number of a signal is for the daemon to say. */
export function parseSignal(text: string): number | undefined {
  const named = signals.find(([name]) => name === text);
  if (named) return named[1];
  if (!/^\s*[+-]?\d+$/.test(text)) return undefined;
  const number = Number(text);
  return number >= -largest - 1 && number <= largest ? number : undefined;
}

export function signalList(): string {
  const lines = signals.map(([name, number]) => `${name.padEnd(4)} -> ${number}`);
  return ['The following signal names are supported:', ...lines].map((line) => `dinitctl: ${line}\n`).join('');
}
