/** top: all services, live. */
import { setTimeout } from 'node:timers/promises';
import type { ReeveClient } from '../../api/client.ts';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { usageError } from '../session/failure.ts';
import { parseDuration } from '../session/parse-duration.ts';
import { initialState, type Order, orders } from '../top/top-model.ts';
import { TopSession } from '../top/top-session.ts';
import { screenLines } from '../top/top-view.ts';
import { UsageSampler } from '../top/usage-sampler.ts';

interface Values {
  readonly interval: string;
  readonly order?: string;
  readonly once?: true;
}

const shortestInterval = 100;
/** Processor time is used over a span: this long when only one look is wanted. Milliseconds. */
const onceSpan = 500;

export const top: CommandDefinition = {
  name: 'top',
  group: 'look',
  summary: 'all services, live: memory, processor time, keys to act',
  description:
    'The keys are explained by ?. Memory and processor time are those of the process of a service and of all below it, as far as the caller may see them.',
  examples: [
    { command: 'reevectl top', meaning: 'look and act' },
    { command: 'reevectl top --order memory', meaning: 'the largest first' },
    { command: 'reevectl top --once', meaning: 'one look, also into a pipe' },
  ],
  define: (command) =>
    void command
      .option('-i, --interval <DURATION>', 'time between two looks', '2s')
      .option('-o, --order <ORDER>', `the first order: ${orders.join(', ')}`)
      .option('--once', 'print what there is, once'),
  run: async (context, command) => {
    const values = command.opts<Values>();
    const interval = Math.max(parseDuration(values.interval), shortestInterval);
    const order = orderOf(values.order);
    if (values.once || context.isJson) return await print(context, interval, order, values.once ?? false);
    const { keyboard, out } = context.surroundings;
    if (!keyboard || !out.isTerminal) {
      throw usageError('reevectl: top needs a terminal', 'reevectl top --once prints the same once');
    }
    // Before the screen is taken: that nobody answers is said where it stays.
    await context.connect();
    await using session = new TopSession(context, keyboard, interval, order);
    await session.run();
    return exitCodes.ok;
  },
};

function orderOf(word: string | undefined): Order {
  const order = orders.find((each) => each === (word ?? initialState.order));
  if (!order) throw usageError(`reevectl: there is no order '${word}'`, `orders: ${orders.join(', ')}`);
  return order;
}

async function print(context: Context, interval: number, order: Order, isOnce: boolean): Promise<ExitCode> {
  const reeve = await context.connect();
  const { out, now, processes } = context.surroundings;
  const sampler = new UsageSampler(processes);
  const look = async (): ReturnType<typeof rowsOf> => rowsOf(reeve, sampler, now());
  await look();
  for (;;) {
    await setTimeout(isOnce ? onceSpan : interval);
    const rows = await look();
    context.print(rows.map(({ service, usage }) => ({ ...service, ...usage })));
    if (!isOnce) continue;
    const size = { columns: out.columns ?? 200, rows: rows.length + 5 };
    const lines = screenLines({ ...initialState, rows, order }, '', size, false, now());
    // Without the lines around the table, and nothing is selected.
    context.show(lines.slice(2, -2).map((line) => line.replace(/^>/, ' ').trimEnd()));
    return exitCodes.ok;
  }
}

async function rowsOf(reeve: ReeveClient, sampler: UsageSampler, now: number) {
  const services = await reeve.list();
  const usages = sampler.sample(services, now);
  return services.map((service) => ({ service, usage: usages.get(service.name) }));
}
