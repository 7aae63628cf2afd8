/** Starts as a chart in SVG: a line for each service, light while it waited for others, dark during its own start action, red when it failed. Pure. */
import { type ServiceStart, startTimes } from './service-starts.ts';

const rowHeight = 18;
const barHeight = 12;
const margin = 12;
const headHeight = 52;
const chartWidth = 900;
const characterWidth = 6.6;
const colours = { waited: '#c9d6e8', own: '#3b6ea5', failed: '#c0392b', unfinished: '#e0a030' };
const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 3_600_000];

export function bootChart(starts: readonly ServiceStart[], title: string, now: number): string {
  const begin = Math.min(...starts.map(({ starting }) => starting));
  const end = Math.max(...starts.map(({ end: last }) => last ?? now));
  const labelWidth = Math.max(...starts.map(({ name }) => name.length)) * characterWidth + 2 * margin;
  const span = Math.max(end - begin, 1);
  const x = (time: number): number => round(labelWidth + ((time - begin) / span) * chartWidth);
  const height = headHeight + starts.length * rowHeight + margin;
  const width = round(labelWidth + chartWidth + 90);
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${margin}" y="20" font-size="14">${escaped(title)}</text>
${gridLines(span, (offset) => x(begin + offset), height).join('\n')}
${starts.map((start, index) => row(start, headHeight + index * rowHeight, labelWidth, x, now)).join('\n')}
</svg>
`;
}

function gridLines(span: number, x: (offset: number) => number, height: number): readonly string[] {
  const step = steps.find((each) => span / each <= 12) ?? span;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => {
    const at = x(index * step);
    return (
      `<line x1="${at}" x2="${at}" y1="${headHeight - 4}" y2="${height - margin}" stroke="#e4e4e4"/>` +
      `<text x="${at}" y="${headHeight - 10}" fill="#777777" text-anchor="middle">${seconds(index * step)}</text>`
    );
  });
}

function row(start: ServiceStart, top: number, labelWidth: number, x: (time: number) => number, now: number): string {
  const { name, starting, acting, end, hasFailed } = start;
  const last = end ?? now;
  const { own, waited } = startTimes(start, now);
  const fill = hasFailed ? colours.failed : end === undefined ? colours.unfinished : colours.own;
  const middle = top + rowHeight - 6;
  const remark = `${seconds(own)}${hasFailed ? ', failed' : end === undefined ? ', not done' : ''}`;
  return (
    `<text x="${labelWidth - margin}" y="${middle}" text-anchor="end">${escaped(name)}</text>` +
    (waited > 0 ? bar(x(starting), x(acting ?? last), top, colours.waited) : '') +
    bar(x(acting ?? last), x(last), top, fill) +
    `<text x="${x(last) + 5}" y="${middle}" fill="#777777">${remark}</text>`
  );
}

function bar(from: number, to: number, top: number, fill: string): string {
  const width = round(Math.max(to - from, 1));
  return `<rect x="${from}" y="${top + (rowHeight - barHeight) / 2}" width="${width}" height="${barHeight}" fill="${fill}"/>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const seconds = (milliseconds: number): string =>
  milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${round(milliseconds / 1_000)} s`;

function escaped(text: string): string {
  return text.replaceAll(/[&<>"\p{Cc}]/gu, (character) =>
    `&#${character.codePointAt(0) ?? 32};`.replace(/^&#(0|[1-8]|1[0-9]|2[0-9]|3[01]);$/, '?'),
  );
}
