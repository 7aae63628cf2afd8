import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RawClient } from '../../support/raw-client.ts';
import { startToyServer } from '../../support/toy-server.ts';

const ping = '{"method":"org.example.toy.Ping","parameters":{"text":"x"}}';

const token = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '"',
  '\0',
  ' ',
  'null',
  'true',
  '1e999',
  '"method"',
  '"parameters"',
  '"more"',
  '"oneway"',
  '"upgrade"',
  '"org.example.toy.Ping"',
  '"org.example.toy.Take"',
  '"text"',
  '"__proto__"',
  '\\u0000',
  '{"method":',
  `${ping}\0`,
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
  fc.array(token, { maxLength: 40 }).map((tokens) => Buffer.from(tokens.join(''))),
);

test('VarlinkServer answers a good client whatever others send it', async () => {
  await using toy = await startToyServer();
  using good = await RawClient.open(toy.path);
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 3 }), async (writes) => {
      using client = await RawClient.open(toy.path);
      for (const write of writes) client.socket.write(write);
      client.socket.end();
      while ((await client.reply()) !== undefined);
      good.send(ping);
      expect(await good.reply()).toBe('{"parameters":{"text":"x"}}');
    }),
    { numRuns: 300 },
  );
  while (toy.server.connectionCount > 1) await new Promise((resolve) => setImmediate(resolve));
  const isExpected = (line: string) => /^connection dropped: |^\d+ more complaints about clients$/.test(line);
  expect(toy.log.filter((line) => !isExpected(line))).toEqual([]);
});
