import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startControlFixture } from '../support/control-fixture.ts';
import { docExamples } from '../support/doc-examples.ts';
import { makeTemporaryDirectory } from '../support/temporary-directory.ts';

const document = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const examples = docExamples(document);
const run = promisify(execFile);

/** What the package exports, as an example outside of it sees it. */
const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

test('docs/api.md has an example in every section on the client, and each says what it prints', () => {
  expect(examples.length).toBeGreaterThanOrEqual(5);
  expect(document.match(/^```ts$/gm)?.length).toBe(examples.length);
});

test.each(examples.map((example) => [example.title, example] as const))(
  'docs/api.md, %s: the example prints what it says',
  async (_title, { code, prints }) => {
    await using fixture = await startControlFixture({
      web: { dependsOn: ['db'], log: 'listening on port 8080\n' },
      db: {},
      bad: { start: 'fails' },
      slow: { start: 'waits', waitingFor: ['readiness'] },
    });
    await fixture.manager.load('web');
    if (!code.includes("start('web')")) await start(fixture.manager, 'web');
    const waiting = setInterval(() => fixture.manager.finish('slow'), 5);
    using directory = makeTemporaryDirectory();
    const file = join(directory.path, 'example.ts');
    writeFileSync(
      file,
      code.replaceAll(/from 'reeve(\/[\w-]+)?'/g, (_, path = '') => `from '${exported(path)}'`),
    );
    const environment = { PATH: process.env['PATH'], REEVE_SOCKET: fixture.path };
    const { stdout } = await run(process.execPath, [file], { env: environment });
    clearInterval(waiting);
    expect(stdout).toBe(prints);
  },
);

function exported(path: string): string {
  return new URL(`../../${exports[`.${path}`]}`, import.meta.url).href;
}

async function start(manager: Awaited<ReturnType<typeof startControlFixture>>['manager'], name: string): Promise<void> {
  const reply = manager.command('start', name, {});
  if (reply.kind === 'accepted') await reply.outcome;
}
