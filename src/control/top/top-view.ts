/** The screen of `top` as lines. Pure. */
import { stripVTControlCharacters } from 'node:util';
import { bytesText } from '../output/bytes.ts';
import { paint, type Tone } from '../output/colours.ts';
import { durationText } from '../output/duration.ts';
import { remarks, stateTone, stateWord } from '../output/service-words.ts';
import { type Cell, type Column, renderTable } from '../output/table.ts';
import { cut, oneLine } from '../output/text.ts';
import { type Mode, type Order, selectedPlace, type TopRow, type TopState, visibleRows } from './top-model.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Lines around the table: the head, an empty one, the titles; the message and the keys below. */
const frameLines = 5;

export const pageSize = ({ rows }: Size): number => Math.max(1, rows - frameLines);

const columns: readonly (Column & { readonly order?: Order })[] = [
  { title: 'SERVICE', expendable: 0, order: 'name' },
  { title: 'STATE', expendable: 0, order: 'state' },
  { title: 'FOR', expendable: 3, align: 'right', order: 'time' },
  { title: 'PID', expendable: 4, align: 'right' },
  { title: 'CPU', expendable: 1, align: 'right', order: 'cpu' },
  { title: 'MEMORY', expendable: 2, align: 'right', order: 'memory' },
  { title: 'REMARKS', expendable: 5 },
];

export function screenLines(
  state: TopState,
  head: string,
  size: Size,
  hasColours: boolean,
  now: number,
): readonly string[] {
  const output = { columns: size.columns, hasColours, isTerminal: true, write: () => {} };
  const body = state.mode.kind === 'text' ? textLines(state.mode, size) : tableLines(state, output, size, now);
  const filled = [cut(head, size.columns), '', ...body];
  const room = Math.max(0, size.rows - 2);
  return [
    ...filled.slice(0, room),
    ...Array.from({ length: Math.max(0, room - filled.length) }, () => ''),
    cut(oneLine(messageText(state)), size.columns),
    paint(output, 'quiet', cut(keysText(state.mode), size.columns)),
  ].slice(0, size.rows);
}

function tableLines(
  state: TopState,
  output: Parameters<typeof renderTable>[2],
  size: Size,
  now: number,
): readonly string[] {
  const rows = visibleRows(state);
  const place = selectedPlace(state);
  const page = pageSize(size);
  const first = Math.max(0, Math.min(place - Math.floor(page / 2), rows.length - page));
  const shown = rows.slice(first, first + page);
  const titles = columns.map((column) => ({
    ...column,
    title: column.order === state.order ? `${column.title}${state.isReversed ? '^' : 'v'}` : column.title,
  }));
  const [title = '', ...lines] = renderTable(
    titles,
    shown.map((row) => cells(row, now)),
    output,
  );
  return [title, ...lines.map((line, index) => marked(line, first + index === place, size, output.hasColours))];
}

/** The selected line is turned round, and without colours begins with a mark. */
function marked(line: string, isSelected: boolean, { columns: width }: Size, hasColours: boolean): string {
  if (!isSelected) return line;
  if (!hasColours) return `>${line.slice(1)}`;
  // Colours inside would end the inversion.
  const plain = stripVTControlCharacters(line);
  return `\x1b[7m${plain.padEnd(width)}\x1b[27m`;
}

function cells({ service, usage }: TopRow, now: number): readonly Cell[] {
  const tone: Tone = service.isFailed ? 'bad' : 'plain';
  return [
    { text: ` ${oneLine(service.name)}` },
    { text: stateWord(service), tone: stateTone(service) },
    { text: durationText(now - service.since), tone: 'quiet' },
    { text: service.pid === undefined ? '' : String(service.pid) },
    { text: usage?.cpu === undefined ? '' : `${usage.cpu.toFixed(1)} %` },
    { text: usage ? bytesText(usage.residentBytes) : '' },
    { text: remarks(service).join(', '), tone },
  ];
}

function textLines({ title, lines, top }: Extract<Mode, { kind: 'text' }>, size: Size): readonly string[] {
  return [
    title,
    ...lines.slice(top, top + pageSize(size)).map((line) => cut(stripVTControlCharacters(line), size.columns)),
  ];
}

function messageText({ mode, message, search }: TopState): string {
  if (mode.kind === 'confirm')
    return `${mode.verb} ${mode.name}? y: yes, f: with what depends on it, any other key: no`;
  if (mode.kind === 'search') return `show names with: ${search}_`;
  return message !== '' || search === '' ? message : `only names with '${search}' (escape: all)`;
}

function keysText({ kind }: Mode): string {
  switch (kind) {
    case 'list':
      return '? help  enter status  w why  o output  s start  x stop  r restart  SNCMT order  / search  q quit';
    case 'search':
      return 'enter: done  escape: show all';
    case 'confirm':
      return '';
    case 'text':
      return 'up, down: scroll  any other key: back';
    default:
      return kind satisfies never;
  }
}
