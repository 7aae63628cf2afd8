/** "Did you mean": the known word that is nearest to an unknown one. */

/** The nearest of `known` within a distance that a typing error explains. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  const limit = word.length <= 3 ? 1 : word.length <= 7 ? 2 : 3;
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The advice that goes with it, as properties of a problem. */
export function didYouMean(word: string, known: Iterable<string>): { readonly advice?: string } {
  const best = word.length > 40 ? undefined : suggest(word, known);
  return best === undefined ? {} : { advice: `did you mean '${best}'?` };
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one into the other. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const present = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a.charCodeAt(row - 1) === b.charCodeAt(column - 1);
      let distance = Math.min(
        (last[column] ?? 0) + 1,
        (present[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const isSwap =
        row > 1 &&
        column > 1 &&
        a.charCodeAt(row - 1) === b.charCodeAt(column - 2) &&
        a.charCodeAt(row - 2) === b.charCodeAt(column - 1);
      if (isSwap) distance = Math.min(distance, (beforeLast[column - 2] ?? 0) + 1);
      present.push(distance);
    }
    beforeLast = last;
    last = present;
  }
  return last[b.length] ?? 0;
}
