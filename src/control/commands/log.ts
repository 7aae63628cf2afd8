/** catlog: what a service has printed, byte by byte. */
import type { ReeveClient } from '../../api/client.ts';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { parseCount } from '../session/parse-count.ts';
import { plural, terminalOutput } from '../output/text.ts';

interface Values {
  readonly follow?: true;
  readonly clear?: true;
  readonly lines?: string;
}

/** With `--lines` no more than this is looked at: it comes in one piece. */
const lineWindow = 48 * 1024;

export const catlog: CommandDefinition = {
  name: 'catlog',
  group: 'look',
  summary: 'what a service has printed, byte by byte',
  description: `The bytes come out as the service wrote them; on a terminal, control characters are made visible.`,
  examples: [
    { command: 'reevectl catlog web', meaning: 'everything that is kept' },
    { command: 'reevectl catlog -f -n 20 web', meaning: 'the last 20 lines, and what comes' },
    { command: 'reevectl catlog --clear web', meaning: 'print it, then forget it' },
  ],
  define: (command) =>
    void command
      .argument('<NAME>', 'service')
      .option('-f, --follow', 'go on with what comes')
      .option('-n, --lines <COUNT>', `only the last lines (of the newest ${lineWindow / 1024} KiB)`)
      .option('--clear', 'forget the output after printing it'),
  run: async (context, command) => {
    const { follow, clear, lines } = command.opts<Values>();
    const [name = ''] = command.args;
    const count = lines === undefined ? undefined : parseCount(lines);
    const reeve = await context.connect();
    await copyLog(context, reeve, name, follow ?? false, count);
    if (clear) await reeve.clearLog(name);
    return exitCodes.ok;
  },
};

async function copyLog(
  context: Context,
  reeve: ReeveClient,
  name: string,
  follow: boolean,
  lines: number | undefined,
): Promise<void> {
  const { out } = context.surroundings;
  const decoder = new TextDecoder();
  let isFirst = true;
  let endsLine = true;
  const options = { follow, ...(lines !== undefined && { lastBytes: lineWindow }) };
  for await (const piece of reeve.readLog(name, options)) {
    const bytes = isFirst && lines !== undefined ? lastLines(piece.bytes, lines) : piece.bytes;
    // What was left out on request is not lost.
    const lost = isFirst && lines !== undefined ? 0 : piece.lost;
    isFirst = false;
    if (context.isJson) {
      context.print({ name, data: bytes.toString('base64'), lost });
      continue;
    }
    if (lost > 0) context.note(`${name}: ${plural(lost, 'byte')} before this are not kept any more`);
    if (bytes.length === 0) continue;
    endsLine = bytes.at(-1) === 0x0a;
    out.write(out.isTerminal ? terminalOutput(decoder.decode(bytes, { stream: true })) : bytes);
  }
  if (out.isTerminal && !endsLine && !context.isJson) out.write('\n');
}

function lastLines(bytes: Buffer, count: number): Buffer {
  if (count === 0) return bytes.subarray(bytes.length);
  let at = bytes.length - (bytes.at(-1) === 0x0a ? 1 : 0);
  for (let found = 0; found < count; found++) {
    at = at === 0 ? -1 : bytes.lastIndexOf(0x0a, at - 1);
    if (at === -1) return bytes;
  }
  return bytes.subarray(at + 1);
}
