/** Text from outside on a terminal: no control characters get through, and it fits. */

/** Makes control characters visible, except tabs. For one line. */
export function oneLine(text: string): string {
  return text.replaceAll(/[^\P{Cc}\t]/gu, visible);
}

/** Output of a service for a terminal: colours stay, whatever else would steer the terminal does not. */
export function terminalOutput(text: string): string {
  return text.replaceAll(/(\p{Cc})(\[[\d;]*m)?/gu, (found, control: string, colour: string | undefined) => {
    const isHarmless = control === '\n' || control === '\r' || control === '\t';
    if (isHarmless || (control === '\u{1b}' && colour !== undefined)) return found;
    return `${visible(control)}${colour ?? ''}`;
  });
}

/** Output of a service inside of our own text, one line of it: no colours either. */
export function quotedOutput(line: string): string {
  return oneLine(line.replaceAll(/(\p{Cc})\[[\d;]*m/gu, (found, control) => (control === '\u{1b}' ? '' : found)));
}

function visible(control: string): string {
  return control === '\n' ? String.raw`\n` : String.raw`\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** At most `columns` characters, the last one `…` when something was cut. */
export function cut(text: string, columns: number | undefined): string {
  if (columns === undefined || text.length <= columns) return text;
  return `${text.slice(0, Math.max(0, columns - 1))}…`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
