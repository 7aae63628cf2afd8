/** Tables: columns aligned, and on a narrow terminal the less important columns left out and the last one cut. */
import type { Output } from './output.ts';
import { paint, type Tone } from './colours.ts';
import { cut } from './text.ts';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface Column {
  readonly title: string;
  /** Columns with the largest number are left out first; 0 never. */
  readonly expendable: number;
  readonly align?: 'right';
}

const gap = 2;

export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  output: Output,
): readonly string[] {
  const widths = columns.map(({ title }, index) =>
    rows.reduce((width, row) => Math.max(width, row[index]?.text.length ?? 0), title.length),
  );
  const shown = fitting(columns, widths, output.columns);
  const titles = columns.map(({ title }): Cell => ({ text: title, tone: 'quiet' }));
  return [titles, ...rows].map((row) => renderRow(row, columns, widths, shown, output));
}

/** The last column may be cut, so only its title must fit. */
function fitting(
  columns: readonly Column[],
  widths: readonly number[],
  available: number | undefined,
): readonly number[] {
  const shown = columns.map((_, index) => index);
  const last = columns.length - 1;
  const needed = (): number =>
    shown.reduce(
      (sum, index) => sum + gap + (index === last ? (columns[index]?.title.length ?? 0) : (widths[index] ?? 0)),
      -gap,
    );
  while (available !== undefined && needed() > available) {
    const victim = shown.reduce((worst, index) =>
      (columns[index]?.expendable ?? 0) >= (columns[worst]?.expendable ?? 0) ? index : worst,
    );
    if ((columns[victim]?.expendable ?? 0) === 0) break;
    shown.splice(shown.indexOf(victim), 1);
  }
  return shown;
}

function renderRow(
  row: readonly Cell[],
  columns: readonly Column[],
  widths: readonly number[],
  shown: readonly number[],
  output: Output,
): string {
  let line = '';
  let used = 0;
  shown.forEach((index, place) => {
    const { text = '', tone = 'plain' } = row[index] ?? {};
    const isLast = place === shown.length - 1;
    const room = output.columns === undefined ? undefined : output.columns - used;
    const words = isLast ? cut(text, room) : text;
    const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - words.length));
    const painted = paint(output, tone, words);
    if (columns[index]?.align === 'right') line += padding + painted;
    else line += isLast ? painted : painted + padding;
    if (!isLast) line += ' '.repeat(gap);
    used += (widths[index] ?? 0) + gap;
  });
  return line.trimEnd();
}
