import { expect, test } from 'vitest';
import { startControlFixture } from '../support/control-fixture.ts';
import { ctl } from '../support/ctl.ts';

async function started() {
  const fixture = await startControlFixture({
    boot: { dependsOn: ['web', 'site'] },
    web: { dependsOn: ['db'] },
    db: {},
    site: { dependsOn: ['db', 'worker'] },
    worker: { start: 'fails' },
    'tick@"1"': {},
  });
  const socket = fixture.path;
  for (const name of ['web', 'boot', 'tick@"1"']) await ctl(['start', name], { socket });
  return { fixture, socket };
}

test('graph draws a tree, what is reached twice only once, and says what has failed', async () => {
  const { fixture, socket } = await started();
  await using _fixture = fixture;
  expect((await ctl(['graph', 'boot'], { socket })).out).toBe(
    [
      'boot: failed',
      '├─ web: started',
      '│  └─ db: started',
      '└─ site: failed',
      '   ├─ db: started',
      '   └─ worker: failed',
      '',
    ].join('\n'),
  );
  expect((await ctl(['graph', '--reverse', 'db'], { socket })).out).toBe(
    ['db: started', '├─ web: started', '│  └─ boot: failed', '└─ site: failed', '   └─ boot: failed', ''].join('\n'),
  );
  const { out } = await ctl(['graph'], { socket });
  expect(out.split('\n').filter((line) => !line.startsWith('│') && !/^[├└ ]/.test(line))).toEqual([
    'boot: failed',
    'tick@"1": started',
    '',
  ]);
});

test('graph fits a narrow terminal', async () => {
  const { fixture, socket } = await started();
  await using _fixture = fixture;
  const { out } = await ctl(['graph'], { socket, terminal: 20 });
  expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(20);
});

test('graph --dot and --svg draw the same, with every name', async () => {
  const { fixture, socket } = await started();
  await using _fixture = fixture;
  const dot = (await ctl(['graph', '--dot'], { socket })).out;
  expect(dot).toContain('"boot" -> "web";');
  expect(dot).toContain('"tick@\\"1\\"" [label="tick@\\"1\\"\\nstarted"');
  expect(dot).toMatch(/"worker" \[.*fillcolor="#f8d4d4", color="#c00000", penwidth=2.5\];/);
  const svg = (await ctl(['graph', '--svg', 'boot'], { socket })).out;
  expect(svg).toMatch(/^<\?xml[^]*<\/svg>\n$/);
  for (const name of ['boot', 'web', 'db', 'site', 'worker']) expect(svg).toContain(`>${name}</text>`);
  expect(svg).not.toContain('tick');
});

test('graph says which services are not loaded, and prints JSON for programs', async () => {
  const { fixture, socket } = await started();
  await using _fixture = fixture;
  expect(await ctl(['graph', 'web', 'none'], { socket })).toMatchObject({ code: 3, err: 'none: not loaded\n' });
  const document = JSON.parse((await ctl(['graph', 'web', '--json'], { socket })).out);
  expect(document.services.map(({ name }: { name: string }) => name)).toEqual(['db', 'web']);
  expect(document.links).toEqual([{ from: 'web', to: 'db', kind: 'depends-on', isHolding: true, isWaiting: false }]);
  expect((await ctl(['graph', '--dot', '--svg'], { socket })).code).toBe(2);
});
