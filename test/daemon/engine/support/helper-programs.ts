/**
 * The recorded scenarios' helper programs (small shell scripts) as behaviours of virtual processes. They are taken apart word by word as the
 * scripts do; shell text that is not understood makes a scenario unplayable.
 */
import { NotPlayable } from './scenario.ts';
import { type ScratchPlace, here } from './scratch-place.ts';
import type { Timeline } from './timeline.ts';
import type { VirtualProcess } from './virtual-process.ts';

const INT = 2;
const TERM = 15;

export interface Machine {
  readonly place: ScratchPlace;
  readonly time: Timeline;
  /** A child of the process, apart from it. */
  fork(parent: VirtualProcess): VirtualProcess;
  signal(pid: number, signal: number): void;
}

/** Does what the command would do once it is executed. */
export function runCommand(
  machine: Machine,
  process: VirtualProcess,
  [program = '', ...words]: readonly string[],
): void {
  const name = program.replace(/^.*\//, '');
  switch (name) {
    case 'svc':
      return svc(machine, process, words);
    case 'once':
      return once(machine, process, words);
    case 'bg':
      return bg(machine, process, words);
    case 'args':
      machine.place.say(['args', ...words.map((word) => `[${word.replaceAll('\n', '\\n')}]`)].join(' '));
      return process.exit(0);
    case 'run':
      return runStatements(machine, process, (words[0] ?? '').split(/;\s*/));
    case 'sleep':
      return machine.time.after(Number(words[0] ?? 0) * 1000, () => process.exit(0));
    case 'true':
    case 'false':
      return process.exit(name === 'true' ? 0 : 1);
    default:
      throw new NotPlayable(`needs the program ${name}`);
  }
}

/** `name=value` words as the scripts read them; a bare `stubborn` is true. */
function options(words: readonly string[]): ReadonlyMap<string, string> {
  const pairs = words.flatMap((word): [string, string][] => {
    const equals = word.indexOf('=');
    if (equals !== -1) return [[word.slice(0, equals), word.slice(equals + 1)]];
    return word === 'stubborn' ? [['stubborn', '1']] : [];
  });
  return new Map(pairs.filter(([, value]) => value !== ''));
}

function afterWait(
  machine: Machine,
  process: VirtualProcess,
  file: string | undefined,
  waiting: string,
  go: () => void,
): void {
  if (file === undefined) return go();
  machine.place.say(waiting);
  return machine.place.whenThere(file, () => process.isAlive, go);
}

function svc(machine: Machine, process: VirtualProcess, [name = '', ...words]: readonly string[]): void {
  const { place } = machine;
  const given = options(words);
  const say = (line: string): void => place.say(`${name} ${line}`);
  const finish = (): void => {
    const end = (): void => {
      say('down');
      process.exit(Number(given.get('status') ?? 0));
    };
    const hold = given.get('hold');
    if (hold === undefined) return end();
    // The shell runs a trap to its end before it looks at the next signal.
    process.on(TERM, () => undefined);
    return afterWait(machine, process, hold, `${name} stopping`, end);
  };
  process.on(TERM, given.has('stubborn') ? () => undefined : finish);
  interruptible(process, given.get('int'), () => say('interrupted'));
  afterWait(machine, process, given.get('wait'), `${name} waiting`, () => {
    say('up');
    if (given.has('fd') || given.has('fdvar')) process.ready();
    if (given.has('close')) process.closeReadiness();
    const quit = given.get('quit');
    if (quit !== undefined) return process.exit(Number(quit));
    const quitIf = given.get('quitif');
    if (quitIf !== undefined)
      place.whenThere(
        quitIf,
        () => process.isAlive,
        () => process.exit(1),
      );
    return undefined;
  });
}

function once(machine: Machine, process: VirtualProcess, [text = '', ...words]: readonly string[]): void {
  const { place } = machine;
  const given = options(words);
  interruptible(process, given.get('int'), () => place.say(`${text} interrupted`));
  if (given.has('stubborn')) for (const signal of [INT, TERM]) process.on(signal, () => undefined);
  afterWait(machine, process, given.get('wait'), `${text} waiting`, () => {
    place.say(text);
    const victim = given.get('kill');
    if (victim !== undefined) machine.signal(Number(place.read(victim)), TERM);
    process.exit(Number(given.get('exit') ?? 0));
  });
}

function bg(machine: Machine, process: VirtualProcess, [name = '', file = '', ...words]: readonly string[]): void {
  const child = machine.fork(process);
  svc(machine, child, [name, ...words]);
  machine.place.write(file, `${child.facts.pid}\n`);
  process.exit(0);
}

function interruptible(process: VirtualProcess, status: string | undefined, say: () => void): void {
  if (status === undefined) return;
  process.on(INT, () => {
    say();
    process.exit(Number(status));
  });
}

type Statement = (
  machine: Machine,
  process: VirtualProcess,
  found: readonly string[],
  rest: readonly string[],
) => 'next' | 'ended';

const file = String.raw`\$here/(\S+)`;

/** One statement of shell text each: the form, and what it does. `ended`: nothing after it is to be run (now). */
const statements: readonly (readonly [RegExp, Statement])[] = [
  [
    new RegExp(String.raw`^\[ -e ${file} \] (&&|\|\|) exit (\d+)$`),
    ({ place }, process, [path = '', operator, status]) => {
      if (place.has(path) !== (operator === '&&')) return 'next';
      process.exit(Number(status));
      return 'ended';
    },
  ],
  [
    /^say ([^`$]*)$/,
    ({ place }, _process, [text = '']) => {
      place.say(text);
      return 'next';
    },
  ],
  [/^echo [^$>]*$/, () => 'next'],
  [
    new RegExp(String.raw`^echo \$\$ > ${file}$`),
    ({ place }, process, [path = '']) => {
      place.write(path, `${process.facts.pid}\n`);
      return 'next';
    },
  ],
  [
    new RegExp(String.raw`^printf %s '([^']*)' > ${file}$`),
    ({ place }, _process, [text = '', path = '']) => {
      place.write(path, text);
      return 'next';
    },
  ],
  [
    new RegExp('^kill `cat ' + file + '`$'),
    (machine, _process, [path = '']) => {
      machine.signal(Number(machine.place.read(path)), TERM);
      return 'next';
    },
  ],
  [
    /^kill -TERM \$\$$/,
    (_machine, process) => {
      process.signal(TERM);
      return 'ended';
    },
  ],
  [
    new RegExp(String.raw`^while \[ ! -e ${file} \]$`),
    (machine, process, [path = ''], rest) => {
      machine.place.whenThere(
        path,
        () => process.isAlive,
        () => runStatements(machine, process, rest.slice(2)),
      );
      return 'ended';
    },
  ],
  [
    /^echo r >\/proc\/self\/fd\/\d+$/,
    (_machine, process) => {
      process.ready();
      return 'next';
    },
  ],
  [
    /^exec (\S+(?: [^$]*)?)$/,
    (machine, process, [command = '']) => {
      runCommand(machine, process, command.split(' '));
      return 'ended';
    },
  ],
  [
    /^exec \$here\/(bin\/.*)$/,
    (machine, process, [command = '']) => {
      runCommand(machine, process, command.split(' '));
      return 'ended';
    },
  ],
  [
    new RegExp(String.raw`^\$here/bin/svc (\w+) & echo \$! ?(.*) > ${file}$`),
    (machine, process, [name = '', more = '', path = '']) => {
      const child = machine.fork(process);
      svc(machine, child, [name]);
      machine.place.write(path, `${child.facts.pid} ${more}\n`);
      return 'next';
    },
  ],
  [
    new RegExp(String.raw`^\$here/bin/svc (\w+) & printf '([^']*)' \$! > ${file}$`),
    (machine, process, [name = '', format = '', path = '']) => {
      const child = machine.fork(process);
      svc(machine, child, [name]);
      const { pid } = child.facts;
      const text = format
        .replace('%x', pid.toString(16))
        .replace('%s', String(pid))
        .replaceAll(String.raw`\n`, '\n');
      machine.place.write(path, text);
      return 'next';
    },
  ],
  [
    new RegExp(String.raw`^\(setsid \$here/bin/svc (\w+) & echo \$! > ${file}\) & wait$`),
    (machine, process, [name = '', path = '']) => {
      const child = machine.fork(process);
      svc(machine, child, [name]);
      machine.place.write(path, `${child.facts.pid}\n`);
      return 'next';
    },
  ],
  [
    new RegExp(String.raw`^\(exit (\d+)\) & echo \$! > ${file}$`),
    (machine, process, [status, path = '']) => {
      const child = machine.fork(process);
      child.exit(Number(status));
      machine.place.write(path, `${child.facts.pid}\n`);
      return 'next';
    },
  ],
];

function runStatements(machine: Machine, process: VirtualProcess, texts: readonly string[]): void {
  for (const [index, text] of texts.entries()) {
    const match = statements
      .map(([form, does]) => ({ found: form.exec(text.trim()), does }))
      .find(({ found }) => found);
    if (!match?.found) throw new NotPlayable(`needs a shell for '${here(text)}'`);
    if (match.does(machine, process, match.found.slice(1), texts.slice(index + 1)) === 'ended') return;
  }
  process.exit(0);
}
