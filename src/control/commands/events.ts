/** events: what happens to services, as it happens. */
import { eventText } from '../../api/event-text.ts';
import type { ServiceEvent } from '../../api/service-status.ts';
import type { CommandDefinition } from '../session/command.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { paint, type Tone } from '../output/colours.ts';
import { oneLine } from '../output/text.ts';

export const events: CommandDefinition = {
  name: 'events',
  group: 'look',
  summary: 'what happens to services, as it happens, until it is interrupted',
  examples: [
    { command: 'reevectl events -f', meaning: 'everything' },
    { command: 'reevectl events web db', meaning: 'of two services' },
    { command: 'reevectl events --json', meaning: 'one JSON object a line, the present state first' },
  ],
  define: (command) =>
    void command.argument('[NAME...]', 'only these services').option('-f, --follow', 'what it does anyway'),
  run: async (context, command) => {
    const reeve = await context.connect();
    const { out } = context.surroundings;
    for await (const change of reeve.events(command.args.length > 0 ? command.args : undefined)) {
      if (context.isJson) {
        context.print(change.kind === 'state' ? { services: change.services } : { event: change.event });
      } else if (change.kind === 'event') {
        const { event } = change;
        context.show([
          `${paint(out, 'quiet', clock(event.time))} ${paint(out, tone(event), oneLine(eventText(event)))}`,
        ]);
      }
    }
    return exitCodes.ok;
  },
};

function clock(time: number): string {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
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
