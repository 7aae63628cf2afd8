/** Pictures of graphs, by Graphviz in WebAssembly. Bundled as a program of its own, which is loaded when a picture is asked for. */
import { instance } from '@viz-js/viz';

export async function svgOf(dot: string): Promise<string> {
  const viz = await instance();
  return viz.renderString(dot, { format: 'svg' });
}
