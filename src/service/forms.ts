/**
 * Value forms: what the text of one value may be. A form turns text into the typed value, or into a refusal that says what it expected.
 */
import type { Identity, IoPriority, LimitValue, Readiness, SocketAddress } from './description.ts';
import { parseByteSize, parseOctal, parseSeconds, parseSigned, parseUnsigned, type NumberRefusal } from './numbers.ts';
import { nameExpectation, parseServiceName } from './names.ts';
import { didYouMean } from './suggestion.ts';
import type { UserDatabase } from './users.ts';

export class Refused {
  readonly message: string;
  readonly expected: string | undefined;
  readonly advice: string | undefined;

  constructor(message: string, expected?: string, advice?: string) {
    this.message = message;
    this.expected = expected;
    this.advice = advice;
  }
}

export type Form<T> = (text: string, users: UserDatabase) => T | Refused;

export const anyText: Form<string> = (text) => text;

export const nonEmptyText: Form<string> = (text) => (text === '' ? new Refused('is empty', 'a path') : text);

export function oneOf<T extends string>(what: string, words: readonly T[]): Form<T> {
  const known: ReadonlySet<string> = new Set(words);
  const isKnown = (text: string): text is T => known.has(text);
  return (text) => (isKnown(text) ? text : new Refused(`not ${what}`, list(words), didYouMean(text, words).advice));
}

export const yesOrNo: Form<boolean> = (text) => {
  if (text === 'yes' || text === 'true') return true;
  if (text === 'no' || text === 'false') return false;
  return new Refused('neither yes nor no', list(['yes', 'true', 'no', 'false']));
};

export const seconds: Form<number> = (text) =>
  numberOr(parseSeconds(text), 'not a time', 'seconds, such as 5 or 0.25, without sign or unit, up to 4294967295');

export function count(max: number): Form<number> {
  return (text) => numberOr(parseUnsigned(text, max), 'not a usable number', `a whole number from 0 to ${max}`);
}

export function signed(min: number, max: number): Form<number> {
  return (text) => numberOr(parseSigned(text, min, max), 'not a usable number', `a whole number from ${min} to ${max}`);
}

export const permissions: Form<number> = (text) =>
  numberOr(parseOctal(text, 0o7777), 'not an octal file mode', 'octal digits such as 640, at most 7777');

export const creationMask: Form<number> = (text) =>
  numberOr(parseOctal(text, 0o777), 'not a file creation mask', 'octal digits such as 027, at most 777');

export const byteSize: Form<number> = (text) =>
  numberOr(parseByteSize(text), 'not a size', 'a number of bytes, optionally followed by K, M or G');

export const serviceName: Form<string> = (text) => {
  const name = parseServiceName(text);
  if (name.kind === 'name') return text;
  const advice = /[ ,]/.test(text) ? 'write one setting for each name' : undefined;
  return new Refused(`not a service name: it ${name.reason}`, nameExpectation, advice);
};

/** (uid_t) -1 means "none" to the system. */
const largestId = 0xfffffffe;

export const userIdentity: Form<Identity> = (text, users) =>
  identity(text, 'user', users, (name) => users.byName(name) !== undefined);

export const groupIdentity: Form<Identity> = (text, users) =>
  identity(text, 'group', users, (name) => users.groupByName(name) !== undefined);

function identity(
  text: string,
  what: 'user' | 'group',
  { limits }: UserDatabase,
  exists: (name: string) => boolean,
): Identity | Refused {
  if (/^[-+0-9]/.test(text)) {
    const id = parseUnsigned(text, largestId);
    if (typeof id === 'number') return { kind: 'number', id };
    return new Refused(
      `not a ${what} number`,
      `a number from 0 to ${largestId}, or a ${what} name that does not begin with a digit`,
    );
  }
  if (text !== '' && exists(text)) return { kind: 'name', name: text };
  return new Refused(`no such ${what}`, `a ${what} that exists, by name or number`, limits);
}

const ioClasses = { realtime: 1, 'best-effort': 2 } as const;

export const ioPriority: Form<IoPriority> = (text) => {
  if (text === 'none') return { class: 0, level: 0 };
  if (text === 'idle') return { class: 3, level: 0 };
  for (const [name, number] of Object.entries(ioClasses)) {
    if (!text.startsWith(`${name}:`)) continue;
    const level = parseUnsigned(text.slice(name.length + 1), 7);
    if (typeof level === 'number') return { class: number, level };
  }
  return new Refused('not an I/O priority', 'none, idle, realtime:N or best-effort:N, with N from 0 to 7');
};

const largestLimit = Number.MAX_SAFE_INTEGER;
/** What the system calls infinity, should somebody write it out. */
const infinity = '18446744073709551615';

/** `SOFT:HARD`; a side may be `-` for unlimited or empty to leave it alone; one value without `:` is both. */
export const resourceLimit: Form<{ readonly soft: LimitValue; readonly hard: LimitValue }> = (text) => {
  const expected = "SOFT:HARD or one value for both, each a number, '-' for unlimited or (with ':') empty to leave it";
  const colon = text.indexOf(':');
  const soft = limitValue(colon < 0 ? text : text.slice(0, colon));
  const hard = colon < 0 ? soft : limitValue(text.slice(colon + 1));
  if (soft === 'too large' || hard === 'too large')
    return new Refused('too large for a limit', `at most ${largestLimit}`);
  if (soft === 'bad' || hard === 'bad' || text === '') return new Refused('not a limit', expected);
  return { soft, hard };
};

function limitValue(text: string): LimitValue | NumberRefusal {
  if (text === '') return 'keep';
  if (text === '-' || text === infinity) return 'unlimited';
  return parseUnsigned(text, largestLimit);
}

export const readiness: Form<Readiness> = (text) => {
  if (text.startsWith('pipefd:')) {
    const descriptor = parseUnsigned(text.slice(7), 0x7fffffff);
    if (typeof descriptor === 'number') return { kind: 'descriptor', descriptor };
    return new Refused('not a descriptor number', 'pipefd:N with a whole number N');
  }
  if (text.startsWith('pipevar:')) {
    const variable = text.slice(8);
    if (variable !== '' && !/[=\s]/.test(variable)) return { kind: 'variable', variable };
    return new Refused('not the name of a variable', 'pipevar:NAME');
  }
  return new Refused('unknown way of reporting readiness', 'pipefd:N or pipevar:NAME');
};

/** Linux numbers, the same on every architecture that Node runs on. */
export const termSignals: ReadonlyMap<string, number> = new Map([
  ['HUP', 1],
  ['INT', 2],
  ['QUIT', 3],
  ['KILL', 9],
  ['USR1', 10],
  ['USR2', 12],
  ['TERM', 15],
  ['CONT', 18],
  ['STOP', 19],
]);

export const termSignal: Form<number | null> = (text) => {
  if (text === 'none' || text === 'NONE') return null;
  const number = termSignals.get(text);
  if (number !== undefined) return number;
  const plain = text.toUpperCase().replace(/^SIG/, '');
  const advice = termSignals.has(plain) ? `did you mean '${plain}'?` : undefined;
  return new Refused(
    'not a signal that can be sent to stop a service',
    `none, ${list([...termSignals.keys()])}`,
    advice,
  );
};

/** What fits into the address of a Unix socket. */
const socketPathLimit = 107;

export const socketAddress: Form<SocketAddress> = (text) => {
  if (text.startsWith('tcp:')) return tcpAddress(text.slice(4));
  if (text === '') return new Refused('is empty', 'a path or tcp:ADDRESS:PORT');
  const length = Buffer.byteLength(text);
  if (length > socketPathLimit) {
    return new Refused(`too long for a socket: ${length} bytes`, `a path of at most ${socketPathLimit} bytes`);
  }
  return { kind: 'unix', path: text };
};

function tcpAddress(text: string): SocketAddress | Refused {
  const expected = 'tcp:ADDRESS:PORT with a numeric address (IPv6 in brackets) and a port from 1 to 65535';
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text);
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3]);
  if (host === undefined || !(port >= 1 && port <= 65535)) return new Refused('not a TCP address', expected);
  const isValid = parts?.[1] === undefined ? isIpv4(host) : isIpv6(host);
  return isValid ? { kind: 'tcp', host, port } : new Refused('not a TCP address', expected);
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  const parts = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    if (part.includes('.')) {
      if (!isLast || !isIpv4(part) || text.endsWith('::')) return false;
      groups += 2;
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return false;
      groups++;
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}

/** Bounded text, in bytes: utmp has fixed fields. */
export function shortText(limit: number): Form<string> {
  return (text) => {
    const length = Buffer.byteLength(text);
    return length <= limit ? text : new Refused(`too long: ${length} bytes`, `at most ${limit} bytes`);
  };
}

const capabilityNames: ReadonlySet<string> = new Set(
  `chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service net_broadcast net_admin
  net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time
  sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon
  bpf checkpoint_restore`
    .split(/\s+/)
    .map((name) => `cap_${name}`),
);

/** The text form of cap_iab(3): names separated by commas, each with any of the prefixes `!`, `^`, `%`. */
export const capabilities: Form<string> = (text) => {
  for (const item of text === '' ? [] : text.split(',')) {
    const name = item.replace(/^[!^%]{1,3}/, '').toLowerCase();
    if (!capabilityNames.has(name)) {
      const expected = "names such as cap_net_raw, separated by ',', each optionally after '!', '^' or '%'";
      return new Refused(`'${name.slice(0, 40)}' is no capability`, expected, didYouMean(name, capabilityNames).advice);
    }
  }
  return text;
};

function numberOr(value: number | NumberRefusal, message: string, expected: string): number | Refused {
  return typeof value === 'number' ? value : new Refused(value === 'too large' ? 'out of range' : message, expected);
}

export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
