import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandTable } from '../../src/control/command-table.ts';
import { exitCodes } from '../../src/control/session/exit-codes.ts';
import { startControlFixture } from '../support/control-fixture.ts';
import { ctl } from '../support/ctl.ts';

const document = readFileSync(new URL('../../docs/reevectl.md', import.meta.url), 'utf8');

test('docs/reevectl.md names every command and every alias', () => {
  const names = commandTable.flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
  expect(names.filter((name) => !new RegExp(`\`${name}[ \`]`).test(document))).toEqual([]);
});

test('docs/reevectl.md lists every exit status', () => {
  const listed = [...document.matchAll(/^\| (\d) \|/gm)].map(([, status]) => Number(status));
  expect(listed).toEqual(Object.values(exitCodes));
});

test('docs/reevectl.md shows what reevectl really prints', async () => {
  await using fixture = await startControlFixture({
    web: { dependsOn: ['db'] },
    db: {},
    site: { dependsOn: ['worker'] },
    worker: { start: 'fails', log: 'worker: cannot open queue.db: permission denied\n' },
  });
  const transcript = /^```console\n([^]*?)^```$/m.exec(document)?.[1] ?? '';
  let produced = '';
  for (const [line, args = ''] of transcript.matchAll(/^\$ reevectl (.*)\n/gm)) {
    const { out, err } = await ctl(args.split(' '), { socket: fixture.path });
    produced += line + out + err;
  }
  expect(produced).toBe(transcript);
});
