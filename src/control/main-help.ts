/** `reevectl --help`: what there is, in groups. */
import { commandTable, groupTitles } from './command-table.ts';
import { globalOptionLines } from './session/global-options.ts';

export function mainHelp(columns: number | undefined): string {
  const groups = Object.entries(groupTitles).map(([group, title]) => {
    const rows = commandTable
      .filter((command) => command.group === group)
      .map(({ name, summary }) => [name, summary] as const);
    return `${title}:\n${rows.map((row) => helpRow(row, 12, columns)).join('\n')}`;
  });
  return `Usage: reevectl [OPTIONS] COMMAND [ARGUMENTS]

Looks at the services of reeve and drives them.

${groups.join('\n\n')}

Options:
${globalOptionLines.map((row) => helpRow(row, 26, columns)).join('\n')}

Environment:
  REEVE_SOCKET  the control socket, unless an option says otherwise
  NO_COLOR      no colours

Exit status: 0 done, 1 failed, 2 usage, 3 no such service or not loaded, 4 no daemon, 5 refused, 6 timed out.

Examples:
  reevectl list
  reevectl start web
  reevectl status web
  reevectl start --help
`;
}

/** A name, and its meaning broken to the width of the terminal. */
function helpRow([name, meaning]: readonly [string, string], width: number, columns = 100): string {
  const indent = width + 4;
  const lines: string[] = [];
  let line = '';
  for (const word of meaning.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [
    `  ${name.padEnd(width)}  ${lines[0] ?? line}`,
    ...(lines.length === 0 ? [] : [...lines.slice(1), line]).map((rest) => ' '.repeat(indent) + rest),
  ].join('\n');
}
