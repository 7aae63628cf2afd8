/** Text from elsewhere as part of one line of a log: on one line, without anything that steers a terminal or turns the reading direction, and not endless. */

const longest = 128;
const unsafe = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

export function harmlessText(text: string): string {
  const start = text.slice(0, longest).replaceAll(unsafe, '?');
  return text.length > longest ? `${start}...` : start;
}
