/** The graph as a tree of lines. What is reached twice is drawn once. Pure, but for the colours of the terminal. */
import type { Output } from '../output/output.ts';
import { paint } from '../output/colours.ts';
import { stateTone, stateWord } from '../output/service-words.ts';
import { cut, oneLine } from '../output/text.ts';
import { type Direction, type GraphNode, type Neighbour, neighbours, type ServiceGraph } from './service-graph.ts';

export function treeLines(
  graph: ServiceGraph,
  names: readonly string[],
  direction: Direction,
  output: Output,
): readonly string[] {
  const drawn = new Set<string>();
  const lines: string[] = [];
  const draw = (name: string, link: Neighbour['link'] | undefined, first: string, rest: string): void => {
    const node = graph.get(name);
    if (!node) return;
    const children = neighbours(node, direction);
    const isRepeated = drawn.has(name) && children.length > 0;
    lines.push(first + nodeText(node, link, isRepeated, output, first.length));
    drawn.add(name);
    if (isRepeated) return;
    children.forEach(({ name: child, link: next }, index) => {
      const isLast = index === children.length - 1;
      draw(child, next, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`);
    });
  };
  for (const name of names) draw(name, undefined, '', '');
  return lines;
}

function nodeText(
  { summary, blocks }: GraphNode,
  link: Neighbour['link'] | undefined,
  isRepeated: boolean,
  output: Output,
  indent: number,
): string {
  const words = [
    stateWord(summary),
    ...(link?.isWaiting === true && summary.state !== 'started' ? ['waited for'] : []),
    ...(blocks.length > 1 ? [`blocks ${blocks.length}`] : []),
    ...(isRepeated ? ['see above'] : []),
  ];
  const kind = link && link.kind !== 'depends-on' ? ` (${link.kind})` : '';
  const name = `${oneLine(summary.name)}${kind}: `;
  const room = output.columns === undefined ? undefined : output.columns - indent - name.length;
  const isBlocking = blocks.length > 0;
  const tone = isBlocking && !summary.isFailed ? 'busy' : stateTone(summary);
  return `${name}${paint(output, tone, cut(words.join(', '), room))}`;
}
