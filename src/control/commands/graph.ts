/** graph: who depends on whom, with what has failed and what holds others up. */
import type { CommandDefinition } from '../session/command.ts';
import { exitCodes } from '../session/exit-codes.ts';
import { usageError } from '../session/failure.ts';
import { noteMissing } from '../session/missing.ts';
import { dotText } from '../graph/dot.ts';
import { type Direction, reachable, roots, serviceGraph } from '../graph/service-graph.ts';
import { treeLines } from '../graph/text-tree.ts';

interface Values {
  readonly dot?: true;
  readonly svg?: true;
  readonly reverse?: true;
}

export const graph: CommandDefinition = {
  name: 'graph',
  group: 'look',
  summary: 'who depends on whom, what has failed, what holds others up',
  description: 'A tree of the services named and of what they depend on; without names, of everything that is loaded.',
  examples: [
    { command: 'reevectl graph', meaning: 'the whole tree' },
    { command: 'reevectl graph --reverse db', meaning: 'what depends on db' },
    { command: 'reevectl graph --svg > services.svg', meaning: 'a picture; failed and blocking services stand out' },
  ],
  define: (command) =>
    void command
      .argument('[NAME...]', 'services to begin with')
      .option('-r, --reverse', 'dependents instead of dependencies')
      .option('--dot', 'in the language of Graphviz')
      .option('--svg', 'as a picture'),
  run: async (context, command) => {
    const values = command.opts<Values>();
    if (values.dot && values.svg) throw usageError('reevectl: --dot and --svg exclude each other');
    const reeve = await context.connect();
    const [services, links] = await Promise.all([reeve.list(), reeve.dependencies()]);
    const whole = serviceGraph(services, links);
    const direction: Direction = values.reverse ? 'dependents' : 'dependencies';
    const names = command.args.length > 0 ? command.args : roots(whole, direction);
    const part = command.args.length > 0 ? reachable(whole, names, direction) : whole;
    const { out } = context.surroundings;
    if (values.dot) out.write(dotText(part));
    else if (values.svg) out.write(await context.surroundings.renderSvg(dotText(part)));
    else {
      context.print({
        services: [...part.values()].map(({ summary }) => summary),
        links: links.filter(({ from, to }) => part.has(from) && part.has(to)),
      });
      context.show(treeLines(part, names, direction, out));
    }
    return noteMissing(context, command.args, new Set(whole.keys())) ? exitCodes.notFound : exitCodes.ok;
  },
};
