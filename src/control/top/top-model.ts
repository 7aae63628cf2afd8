/**
 * What `top` shows and what keys do to it. Pure: a key gives a new state, and sometimes something to be done.
 *
 *     list     the table; letters act on the selected service or change the order
 *     search   typing narrows the table down
 *     confirm  a question before something that is not easily taken back
 *     text     lines about one service, to read and leave
 */
import type { ServiceSummary } from '../../api/service-status.ts';
import { badness } from '../output/service-words.ts';
import type { Key } from './keys.ts';
import type { Usage } from './usage-sampler.ts';

export interface TopRow {
  readonly service: ServiceSummary;
  readonly usage: Usage | undefined;
}

export const orders = ['state', 'name', 'cpu', 'memory', 'time'] as const;
export type Order = (typeof orders)[number];

export type Mode =
  | { readonly kind: 'list' }
  | { readonly kind: 'search' }
  | { readonly kind: 'confirm'; readonly verb: 'stop' | 'restart'; readonly name: string }
  | { readonly kind: 'text'; readonly title: string; readonly lines: readonly string[]; readonly top: number };

export interface TopState {
  readonly mode: Mode;
  readonly rows: readonly TopRow[];
  readonly order: Order;
  readonly isReversed: boolean;
  readonly search: string;
  /** Name of the selected service. */
  readonly selected: string | undefined;
  /** Of the last thing done, or what is wrong. */
  readonly message: string;
  /** Rows that fit on the screen. */
  readonly pageSize: number;
}

export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'refresh' }
  | {
      readonly kind: 'command';
      readonly verb: 'start' | 'stop' | 'restart';
      readonly name: string;
      readonly isForced: boolean;
    }
  | { readonly kind: 'read'; readonly what: 'status' | 'why' | 'output'; readonly name: string };

export interface Change {
  readonly state: TopState;
  readonly effect?: Effect;
}

export const initialState: TopState = {
  mode: { kind: 'list' },
  rows: [],
  order: 'state',
  isReversed: false,
  search: '',
  selected: undefined,
  message: '',
  pageSize: 20,
};

/** The rows that the search leaves, in their order. */
export function visibleRows({ rows, order, isReversed, search }: TopState): readonly TopRow[] {
  const sorted = rows.filter(({ service }) => service.name.includes(search)).toSorted(comparisons[order]);
  return isReversed ? sorted.toReversed() : sorted;
}

const byName = (a: TopRow, b: TopRow): number => (a.service.name < b.service.name ? -1 : 1);

const comparisons: Readonly<Record<Order, (a: TopRow, b: TopRow) => number>> = {
  state: (a, b) => badness(a.service) - badness(b.service) || byName(a, b),
  name: byName,
  cpu: (a, b) => (b.usage?.cpu ?? -1) - (a.usage?.cpu ?? -1) || byName(a, b),
  memory: (a, b) => (b.usage?.residentBytes ?? -1) - (a.usage?.residentBytes ?? -1) || byName(a, b),
  time: (a, b) => b.service.since - a.service.since || byName(a, b),
};

/** The place of the selected row among the visible ones. */
export function selectedPlace(state: TopState): number {
  const place = visibleRows(state).findIndex(({ service }) => service.name === state.selected);
  return Math.max(0, place);
}

export function press(state: TopState, key: Key): Change {
  if (key.kind === 'interrupt') return { state, effect: { kind: 'quit' } };
  switch (state.mode.kind) {
    case 'list':
      return pressInList({ ...state, message: '' }, key);
    case 'search':
      return { state: pressInSearch(state, key) };
    case 'confirm':
      return pressInQuestion(state, state.mode, key);
    case 'text':
      return { state: pressInText(state, state.mode, key) };
    default:
      return state.mode satisfies never;
  }
}

function pressInList(state: TopState, key: Key): Change {
  switch (key.kind) {
    case 'up':
      return { state: move(state, -1) };
    case 'down':
      return { state: move(state, 1) };
    case 'page-up':
      return { state: move(state, -state.pageSize) };
    case 'page-down':
      return { state: move(state, state.pageSize) };
    case 'home':
      return { state: move(state, -Infinity) };
    case 'end':
      return { state: move(state, Infinity) };
    case 'enter':
      return read(state, 'status');
    case 'escape':
      return { state: { ...state, search: '' } };
    case 'character':
      return pressLetter(state, key.character);
    case 'backspace':
    case 'interrupt':
      return { state };
    default:
      return key satisfies never;
  }
}

function pressLetter(state: TopState, letter: string): Change {
  switch (letter) {
    case 'q':
      return { state, effect: { kind: 'quit' } };
    case 'j':
      return { state: move(state, 1) };
    case 'k':
      return { state: move(state, -1) };
    case 'S':
      return { state: inOrder(state, 'state') };
    case 'N':
      return { state: inOrder(state, 'name') };
    case 'C':
      return { state: inOrder(state, 'cpu') };
    case 'M':
      return { state: inOrder(state, 'memory') };
    case 'T':
      return { state: inOrder(state, 'time') };
    case 's':
      return command(state, 'start');
    case 'x':
      return ask(state, 'stop');
    case 'r':
      return ask(state, 'restart');
    case 'w':
      return read(state, 'why');
    case 'o':
      return read(state, 'output');
    case '/':
      return { state: { ...state, mode: { kind: 'search' } } };
    case ' ':
      return { state, effect: { kind: 'refresh' } };
    case '?':
    case 'h':
      return { state: { ...state, mode: { kind: 'text', title: 'keys', lines: helpLines, top: 0 } } };
    default:
      return { state };
  }
}

export const helpLines: readonly string[] = [
  'up, down, j, k      select a service; also page up, page down, home, end',
  'enter               its status',
  'w                   why it is in its state',
  'o                   its last output',
  's                   start it',
  'x                   stop it',
  'r                   restart it',
  'S N C M T           order by state (worst first), name, processor time, memory, time in its state;',
  '                    the same once more: the other way round',
  '/                   show only names that contain what you type; escape shows all again',
  'space               look again now',
  'q, Ctrl-C           leave',
];

function inOrder(state: TopState, order: Order): TopState {
  return { ...state, order, isReversed: state.order === order && !state.isReversed };
}

function move(state: TopState, by: number): TopState {
  const rows = visibleRows(state);
  const place = Math.min(Math.max(0, selectedPlace(state) + by), rows.length - 1);
  return { ...state, selected: rows[place]?.service.name };
}

/** What letters act on. */
function target(state: TopState): string | undefined {
  return visibleRows(state)[selectedPlace(state)]?.service.name;
}

function command(state: TopState, verb: 'start' | 'stop' | 'restart', isForced = false): Change {
  const name = target(state);
  return name === undefined ? { state } : { state, effect: { kind: 'command', verb, name, isForced } };
}

function ask(state: TopState, verb: 'stop' | 'restart'): Change {
  const name = target(state);
  return name === undefined ? { state } : { state: { ...state, mode: { kind: 'confirm', verb, name } } };
}

function read(state: TopState, what: 'status' | 'why' | 'output'): Change {
  const name = target(state);
  return name === undefined ? { state } : { state, effect: { kind: 'read', what, name } };
}

function pressInSearch(state: TopState, key: Key): TopState {
  switch (key.kind) {
    case 'character':
      return { ...state, search: state.search + key.character };
    case 'backspace':
      return { ...state, search: [...state.search].slice(0, -1).join('') };
    case 'enter':
      return { ...state, mode: { kind: 'list' } };
    case 'escape':
      return { ...state, mode: { kind: 'list' }, search: '' };
    case 'up':
      return move(state, -1);
    case 'down':
      return move(state, 1);
    default:
      return state;
  }
}

function pressInQuestion(state: TopState, { verb, name }: Extract<Mode, { kind: 'confirm' }>, key: Key): Change {
  const answered: TopState = { ...state, mode: { kind: 'list' } };
  if (key.kind !== 'character') return { state: answered };
  const isForced = key.character === 'f';
  if (key.character !== 'y' && !isForced) return { state: answered };
  return { state: answered, effect: { kind: 'command', verb, name, isForced } };
}

function pressInText(state: TopState, mode: Extract<Mode, { kind: 'text' }>, key: Key): TopState {
  const scrolled = (by: number): TopState => {
    const last = Math.max(0, mode.lines.length - state.pageSize);
    return { ...state, mode: { ...mode, top: Math.min(Math.max(0, mode.top + by), last) } };
  };
  switch (key.kind) {
    case 'up':
      return scrolled(-1);
    case 'down':
      return scrolled(1);
    case 'page-up':
      return scrolled(-state.pageSize);
    case 'page-down':
      return scrolled(state.pageSize);
    case 'home':
      return scrolled(-Infinity);
    case 'end':
      return scrolled(Infinity);
    case 'character':
      if (key.character === 'j') return scrolled(1);
      if (key.character === 'k') return scrolled(-1);
      return { ...state, mode: { kind: 'list' } };
    case 'enter':
    case 'escape':
    case 'backspace':
    case 'interrupt':
      return { ...state, mode: { kind: 'list' } };
    default:
      return key satisfies never;
  }
}
