/**
 * The lines of `[access]`: one grant a line, as they are written.
 *
 *     alice     = operate
 *     @webops   = operate on web* api
 *     1042      = only start stop on backup@*
 *     everybody = only observe on web
 *
 * Names of users and groups are only words here; what numbers they have is looked up later. Pure.
 */
import ini from 'ini';
import type { Allowance } from '../api/access/grant.ts';
import { patternProblem } from '../api/access/service-pattern.ts';
import { type AccessVerb, isAboutServices, isRole, isVerb, roles, verbs } from '../api/access/verb.ts';
import { didYouMean } from '../service/suggestion.ts';
import type { Complaint } from './reeve-error.ts';

export type GrantSubject =
  | { readonly kind: 'user' | 'group'; readonly name: string }
  | { readonly kind: 'user' | 'group'; readonly id: number }
  | { readonly kind: 'everybody' };

export interface GrantLine {
  /** `file:line` */
  readonly place: string;
  /** Without comment. */
  readonly text: string;
  readonly subject: GrantSubject;
  readonly allows: Allowance;
  readonly services?: readonly string[];
}

export interface AccessSection {
  readonly lines: readonly GrantLine[];
  readonly complaints: readonly Complaint[];
}

/** What is wrong with a line, and what to do about it. */
class LineProblem extends Error {
  readonly advice: string | undefined;

  constructor(message: string, advice?: string) {
    super(message);
    this.advice = advice;
  }
}

export function parseAccessSection(raw: readonly { readonly place: string; readonly text: string }[]): AccessSection {
  const lines: GrantLine[] = [];
  const complaints: Complaint[] = [];
  for (const { place, text } of raw) {
    try {
      lines.push(parseLine(place, text));
    } catch (error) {
      if (!(error instanceof LineProblem)) throw error;
      complaints.push({ place, message: error.message, ...(error.advice !== undefined && { advice: error.advice }) });
    }
  }
  return { lines, complaints };
}

function parseLine(place: string, raw: string): GrantLine {
  // The package knows about quotes and comments at the end; one line at a time, because it keeps one value for each name.
  const [entry] = Object.entries(ini.parse(raw, { bracketedArray: false }));
  const [who = '', value = ''] = entry ? [entry[0].trim(), String(entry[1])] : [];
  const subject = parseSubject(who);
  const words = value.split(/[\s,]+/).filter((word) => word !== '');
  const on = words.indexOf('on');
  const granted = on === -1 ? words : words.slice(0, on);
  const services = on === -1 ? undefined : parsePatterns(words.slice(on + 1));
  const allows = parseAllowance(granted, subject);
  if (services !== undefined) checkLimited(allows);
  return { place, text: `${who} = ${words.join(' ')}`, subject, allows, ...(services && { services }) };
}

const largestId = 0xffff_fffe;

function parseSubject(who: string): GrantSubject {
  if (who === 'everybody') return { kind: 'everybody' };
  const kind = who.startsWith('@') ? 'group' : 'user';
  const name = kind === 'group' ? who.slice(1) : who;
  if (name === '') throw new LineProblem(`no ${kind} is named`, `expected USER, @GROUP, a number, or 'everybody'`);
  if (!/^\d+$/.test(name)) {
    if (kind === 'user' && name === 'root') throw rootProblem();
    return { kind, name };
  }
  const id = Number(name);
  if (id > largestId) throw new LineProblem(`${name} is no number of a ${kind}: the largest is ${largestId}`);
  if (kind === 'user' && id === 0) throw rootProblem();
  return { kind, id };
}

/** Said where it is not only superfluous: whoever writes it may believe that it takes something away. */
function rootProblem(): LineProblem {
  return new LineProblem('root may do everything, whatever is granted', 'remove the line');
}

const form = `expected a role (${roles.join(', ')}), or 'only' and verbs; then, if it is about some services alone, 'on' and their names`;

function parseAllowance(words: readonly string[], subject: GrantSubject): Allowance {
  const [first, ...rest] = words;
  if (first === undefined) throw new LineProblem('nothing is granted', form);
  if (first === 'only') return { kind: 'verbs', verbs: parseVerbs(rest) };
  if (first === 'nothing' && rest.length === 0) {
    if (subject.kind === 'everybody') return { kind: 'verbs', verbs: [] };
    throw new LineProblem(`'nothing' takes nothing away`, `remove the line: what is not granted is refused`);
  }
  if (!isRole(first)) {
    if (isVerb(first)) throw new LineProblem(`'${first}' is a verb and no role`, "put 'only' before it");
    const { advice } = didYouMean(first, [...roles, 'only']);
    throw new LineProblem(`unknown role '${first}'`, advice ?? form);
  }
  const [next] = rest;
  if (next === undefined) return { kind: 'role', role: first };
  throw new LineProblem(`'${next}' after the role '${first}' has no meaning`, didYouMean(next, ['on']).advice ?? form);
}

function parseVerbs(words: readonly string[]): readonly AccessVerb[] {
  if (words.length === 0) throw new LineProblem(`no verb follows 'only'`, `there are ${verbs.join(', ')}`);
  return words.map((word) => {
    if (isVerb(word)) return word;
    const { advice } = didYouMean(word, verbs);
    throw new LineProblem(`unknown verb '${word}'`, advice ?? `there are ${verbs.join(', ')}`);
  });
}

function parsePatterns(words: readonly string[]): readonly string[] {
  if (words.length === 0) throw new LineProblem(`no service follows 'on'`, 'leave it out when all services are meant');
  for (const word of words) {
    const problem = patternProblem(word);
    if (problem !== undefined) throw new LineProblem(`'${word}' is no pattern of service names: ${problem}`);
  }
  return words;
}

/** What is about the instance as a whole cannot be granted for some services. */
function checkLimited(allows: Allowance): void {
  if (allows.kind === 'role') {
    if (allows.role !== 'shutdown') return;
    throw new LineProblem('shutdown stops every service, so it cannot be limited to some', `did you mean 'operate'?`);
  }
  const whole = allows.verbs.find((verb) => !isAboutServices(verb));
  if (whole === undefined) return;
  throw new LineProblem(
    `'${whole}' is not about services, so it cannot be limited to some`,
    `grant it on a line of its own, without 'on'`,
  );
}
