/** The graph in Graphviz's language: an arrow goes from a dependent to its dependency. Failed and blocking services stand out. Pure. */
import type { DependencyLink } from '../../api/history.ts';
import { stateWord } from '../output/service-words.ts';
import { type GraphNode, isOrdering, type ServiceGraph } from './service-graph.ts';

const fills: Readonly<Record<string, string>> = {
  started: '#d9f2d9',
  starting: '#fff2cc',
  stopping: '#fff2cc',
  stopped: '#eeeeee',
  failed: '#f8d4d4',
};

export function dotText(graph: ServiceGraph): string {
  const nodes = [...graph.values()].map(nodeLine);
  const edges = [...graph.values()].flatMap(({ dependencies }) =>
    dependencies.filter(({ to }) => graph.has(to)).map(edgeLine),
  );
  return [
    'digraph reeve {',
    '  rankdir=LR;',
    '  node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=11, color="#888888"];',
    '  edge [color="#666666", arrowsize=0.7];',
    ...nodes,
    ...edges,
    '}',
    '',
  ].join('\n');
}

function nodeLine({ summary, blocks }: GraphNode): string {
  const word = stateWord(summary);
  const label = [summary.name, word, ...(blocks.length > 0 ? [`blocks ${blocks.join(', ')}`] : [])].join('\n');
  const frame = summary.isFailed
    ? ', color="#c00000", penwidth=2.5'
    : blocks.length > 0
      ? ', color="#e08000", penwidth=2.5'
      : '';
  return `  ${quoted(summary.name)} [label=${quoted(label)}, fillcolor="${fills[word] ?? '#ffffff'}"${frame}];`;
}

function edgeLine(link: DependencyLink): string {
  const { from, to, kind, isWaiting } = link;
  const attributes = [
    ...(isOrdering(link) ? ['style=dotted', 'constraint=false'] : kind === 'waits-for' ? ['style=dashed'] : []),
    ...(kind === 'depends-on' ? [] : [`tooltip=${quoted(kind)}`]),
    ...(isWaiting ? ['color="#e08000"', 'penwidth=2'] : []),
  ];
  return `  ${quoted(from)} -> ${quoted(to)}${attributes.length === 0 ? '' : ` [${attributes.join(', ')}]`};`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
