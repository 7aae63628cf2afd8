/** events: what has happened to services, and with --follow what happens. */
import { setTimeout } from 'node:timers/promises';
import { connect } from '../../api/client.ts';
import { eventText } from '../../api/event-text.ts';
import type { ServiceEvent } from '../../api/service-status.ts';
import { isDaemonAway, retryDelay } from '../session/away.ts';
import type { CommandDefinition } from '../session/command.ts';
import type { Context } from '../session/context.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { parseCount } from '../session/parse-count.ts';
import { parseMoment } from '../session/parse-moment.ts';
import { paint, type Tone } from '../output/colours.ts';
import { momentText } from '../output/moment.ts';
import { oneLine } from '../output/text.ts';

interface Values {
  readonly follow?: true;
  readonly lines?: string;
  readonly since?: string;
  readonly until?: string;
}

/** Past events before those that come, unless another number was asked for. */
const followedEvents = 10;

export const events: CommandDefinition = {
  name: 'events',
  group: 'look',
  summary: 'what has happened to services, and with --follow what happens',
  examples: [
    { command: 'reevectl events', meaning: 'the newest events of all services' },
    { command: 'reevectl events -f web db', meaning: 'of two services, and what comes' },
    { command: 'reevectl events --since 1h --json', meaning: 'for programs, one JSON object a line' },
  ],
  define: (command) =>
    void command
      .argument('[NAME...]', 'only these services')
      .option('-f, --follow', 'go on with what happens, also when the daemon ends and another one takes over')
      .option('-n, --lines <COUNT>', `only the last events (with --follow: ${followedEvents})`)
      .option('--since <MOMENT>', 'only from then on (10:30, 5m, today)')
      .option('--until <MOMENT>', 'only up to then'),
  run: async (context, command) => {
    const values = command.opts<Values>();
    const names = command.args.length > 0 ? command.args : undefined;
    if (values.follow) {
      await follow(context, names, values);
      return exitCodes.ok;
    }
    const reeve = await context.connect();
    const past = await reeve.recentEvents({ ...(names && { names }) });
    for (const event of select(context, past, values)) tell(context, event);
    return exitCodes.ok;
  },
};

/** The sequence numbers go on over ends of the daemon: what happened while it was away is known by them. */
async function follow(context: Context, names: readonly string[] | undefined, values: Values): Promise<void> {
  const chosen = names && { names };
  let last: number | undefined;
  for (;;) {
    try {
      using reeve = await connect(context.socket.path);
      let told = new Set<number>();
      for await (const change of reeve.events(names)) {
        if (change.kind === 'state') {
          const past = await reeve.recentEvents({ ...chosen, ...(last !== undefined && { after: last }) });
          for (const event of last === undefined ? select(context, past, values) : past) tell(context, event);
          told = new Set(past.map(({ sequence }) => sequence));
          last = past.at(-1)?.sequence ?? last ?? 0;
        } else if (!told.has(change.event.sequence)) {
          tell(context, change.event);
          last = change.event.sequence;
        }
      }
      return;
    } catch (error) {
      if (!isDaemonAway(error)) throw error;
    }
    await setTimeout(retryDelay);
  }
}

function select(context: Context, past: readonly ServiceEvent[], values: Values): readonly ServiceEvent[] {
  const now = context.surroundings.now();
  const since = values.since === undefined ? -Infinity : parseMoment(values.since, now);
  const until = values.until === undefined ? Infinity : parseMoment(values.until, now);
  const chosen = past.filter(({ time }) => time >= since && time <= until);
  const isAsked = values.lines !== undefined || values.since !== undefined || !values.follow;
  const count = values.lines === undefined ? (isAsked ? Infinity : followedEvents) : parseCount(values.lines);
  return chosen.slice(Math.max(0, chosen.length - count));
}

function tell(context: Context, event: ServiceEvent): void {
  const { out, now } = context.surroundings;
  context.print(event);
  const moment = paint(out, 'quiet', momentText(event.time, now()));
  context.show([`${moment} ${paint(out, tone(event), oneLine(eventText(event)))}`]);
}

function tone({ event }: ServiceEvent): Tone {
  switch (event) {
    case 'started':
      return 'good';
    case 'start-failed':
      return 'bad';
    case 'start-cancelled':
    case 'stop-cancelled':
      return 'busy';
    case 'stopped':
      return 'plain';
    default:
      return event satisfies never;
  }
}
