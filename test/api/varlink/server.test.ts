import { expect, test } from 'vitest';
import { RawClient } from '../../support/raw-client.ts';
import { startToyServer } from '../../support/toy-server.ts';

/** What was sent, and the replies to it in order. */
const exchanges: readonly { title: string; calls: readonly string[]; replies: readonly string[] }[] = [
  {
    title: 'GetInfo lists its own interface too',
    calls: ['{"method": "org.varlink.service.GetInfo"}'],
    replies: [
      '{"parameters":{"vendor":"Example","product":"Toy","version":"1","url":"https://example.org/","interfaces":["org.example.toy","org.varlink.service"]}}',
    ],
  },
  {
    title: 'an unknown interface has no description',
    calls: [
      '{"method": "org.varlink.service.GetInterfaceDescription", "parameters": {"interface": "org.example.none"}}',
    ],
    replies: ['{"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":"org.example.none"}}'],
  },
  {
    title: 'escaped text comes back as UTF-8',
    calls: ['{"method": "org.example.toy.Ping", "parameters": {"text": "h\\u00e9 \\ud83d\\ude00"}}'],
    replies: ['{"parameters":{"text":"hé 😀"}}'],
  },
  {
    title: 'structures and enums are checked',
    calls: [
      '{"method": "org.example.toy.Types", "parameters": {"item": {"name": "web", "state": "stopped"}}}',
      '{"method":"org.example.toy.Types","parameters":{"item":{"name":"web","state":"gone"}}}',
      '{"method":"org.example.toy.Types","parameters":{"item":{"name":"web","state":"stopped","note":null}}}',
    ],
    replies: [
      '{"parameters":{"item":{"name":"web","state":"stopped"}}}',
      '{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"item.state"}}',
      '{"parameters":{"item":{"name":"web","state":"stopped"}}}',
    ],
  },
  {
    title: 'a call with more has several replies, and what is behind it waits',
    calls: [
      '{"method":"org.example.toy.Watch","more":true,"parameters":{"count":2}}',
      '{"method":"org.example.toy.Ping","parameters":{"text":"queued"}}',
    ],
    replies: [
      '{"continues":true,"parameters":{"index":0}}',
      '{"continues":true,"parameters":{"index":1}}',
      '{"parameters":{"done":true}}',
      '{"parameters":{"text":"queued"}}',
    ],
  },
  {
    title: 'a method that can stream answers once without more',
    calls: ['{"method": "org.example.toy.Watch"}'],
    replies: ['{"parameters":{"index":0}}'],
  },
  {
    title: 'a method that only streams asks for more',
    calls: ['{"method": "org.example.toy.List"}'],
    replies: ['{"error":"org.varlink.service.ExpectedMore"}'],
  },
  {
    title: 'an error ends a stream and leaves the connection',
    calls: [
      '{"method": "org.example.toy.List", "more": true, "parameters": {"how": "midfail"}}',
      '{"method":"org.example.toy.List","more":true,"parameters":{"how":"empty"}}',
    ],
    replies: [
      '{"continues":true,"parameters":{"name":"a"}}',
      '{"error":"org.example.toy.Broken","parameters":{"reason":"disk"}}',
      '{"error":"org.example.toy.NoSuchItem"}',
    ],
  },
  {
    title: 'declared errors carry their parameters',
    calls: ['{"method": "org.example.toy.Fail", "parameters": {"kind": "broken"}}'],
    replies: ['{"error":"org.example.toy.Broken","parameters":{"reason":"because","code":7}}'],
  },
  {
    title: 'oneway is never answered, whatever is wrong',
    calls: [
      '{"method": "org.example.toy.Take", "oneway": true, "parameters": {"text": "a"}}',
      '{"method":"org.example.toy.Nope","oneway":true}',
      '{"method":"org.example.toy.Take","oneway":true,"parameters":{"text":3}}',
      '{"method": "org.example.toy.Ping", "parameters": {"text": "after"}}',
    ],
    replies: ['{"parameters":{"text":"after"}}'],
  },
  {
    title: 'unknown methods and interfaces are told apart',
    calls: ['{"method":"org.example.toy.Nope"}', '{"method":"org.example.none.Ping"}', '{"method":"nothing"}'],
    replies: [
      '{"error":"org.varlink.service.MethodNotFound","parameters":{"method":"org.example.toy.Nope"}}',
      '{"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":"org.example.none"}}',
      '{"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":"nothing"}}',
    ],
  },
  {
    title: 'a method that is defined only is not implemented',
    calls: ['{"method":"org.example.toy.Absent"}'],
    replies: ['{"error":"org.varlink.service.MethodNotImplemented","parameters":{"method":"org.example.toy.Absent"}}'],
  },
  {
    title: 'blanks, false flags, null parameters and members of vendors are accepted',
    calls: [
      ' \n{ "method" : "org.example.toy.Watch",\r\n "more":false, "oneway":false, "upgrade":false, "parameters":null, "org.example":{"x":[1]} }\t',
    ],
    replies: ['{"parameters":{"index":0}}'],
  },
  {
    title: 'parameters are named when they are missing, unknown, of the wrong type or there twice',
    calls: [
      '{"method":"org.example.toy.Ping"}',
      '{"method":"org.example.toy.Ping","parameters":{"text":"a","extra":1}}',
      '{"method":"org.example.toy.Ping","parameters":{"text":3}}',
      '{"method":"org.example.toy.Ping","parameters":{"text":"a","text":"b"}}',
      '{"method":"org.example.toy.Types","parameters":{"item":{"name":"a","name":"b","state":"stopped"}}}',
      '{"method":"org.example.toy.Ping","parameters":{"text":"a","__proto__":{"x":1}}}',
      '{"method":"org.example.toy.Watch","parameters":{"count":1.5}}',
      '{"method":"org.example.toy.Ping","upgrade":true,"parameters":{"text":"a"}}',
    ],
    replies: ['text', 'extra', 'text', 'text', 'item.name', '__proto__', 'count', 'upgrade'].map(
      (parameter) =>
        `{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":${JSON.stringify(parameter)}}}`,
    ),
  },
  {
    title: 'as many levels as are allowed are read',
    calls: [
      `{"method":"org.example.toy.Ping","parameters":{"text":${'['.repeat(62)}${']'.repeat(62)}}}`,
      '{"method":"org.example.toy.Ping","parameters":{"text":"still there"}}',
    ],
    replies: [
      '{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"text"}}',
      '{"parameters":{"text":"still there"}}',
    ],
  },
];

test.each(exchanges)('VarlinkServer: $title', async ({ calls, replies }) => {
  await using toy = await startToyServer();
  using client = await RawClient.open(toy.path);
  client.send(...calls);
  for (const expected of replies) expect(await client.reply()).toBe(expected);
});

test('VarlinkServer reads a message that comes in single bytes', async () => {
  await using toy = await startToyServer();
  using client = await RawClient.open(toy.path);
  client.socket.setNoDelay();
  for (const byte of Buffer.from('{"method":"org.example.toy.Ping","parameters":{"text":"é"}}\0')) {
    await new Promise<void>((resolve) => client.socket.write(Buffer.of(byte), () => resolve()));
  }
  expect(await client.reply()).toBe('{"parameters":{"text":"é"}}');
});

const brokenMessages: readonly (string | Buffer)[] = [
  '{"method":',
  '[]',
  '',
  '{}',
  '{"method":3}',
  '{"method":"a.b.C","more":null}',
  '{"method":"a.b.C","more":true,"oneway":true}',
  '{"method":"a.b.C","foo":1}',
  '{"method":"a.b.C","parameters":[]}',
  '{"method":"a.b.C"}{}',
  '{"method":"a.b.C",}',
  Buffer.from('{"method":"a.b.\xff"}', 'latin1'),
  '{"method":"a.b.C","method":"a.b.D"}',
  '{"method":"a.b.C","parameters":{"a":"\\ud800"}}',
  '{"method":"a.b.C","parameters":{"a":"\\u0000"}}',
  '{"method":"a.b.C","parameters":{"\\udc00":1}}',
  '\ufeff{"method":"a.b.C"}',
  `{"method":"a.b.C","parameters":${'['.repeat(200_000)}`,
  `{"method":"a.b.C","parameters":{"a":${'['.repeat(63)}${']'.repeat(63)}}}`,
  `{"method":"a.b.C","org.example":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`,
  '"'.repeat(1000),
  '{"method":"a.b.C\\',
];

test.each(brokenMessages.map((message) => [message.toString().slice(0, 60), message] as const))(
  'VarlinkServer closes without a reply on %j',
  async (_title, message) => {
    await using toy = await startToyServer();
    using client = await RawClient.open(toy.path);
    client.send(message, '{"method":"org.example.toy.Ping","parameters":{"text":"x"}}');
    expect(await client.reply()).toBeUndefined();
    expect(await toy.logged('connection dropped')).toMatch(/connection dropped: .+/);
  },
);

test('VarlinkServer answers all it has received when the client has shut down its direction', async () => {
  await using toy = await startToyServer();
  using client = await RawClient.open(toy.path);
  client.send('{"method":"org.example.toy.Slow","parameters":{"text":"last"}}');
  client.socket.end('{"method":"org.example.toy.Ping","parameters":{"text":"without end"}}');
  await new Promise((resolve) => client.socket.once('finish', resolve));
  const release = setInterval(() => toy.release(), 5);
  expect(await client.reply()).toBe('{"parameters":{"text":"last"}}');
  clearInterval(release);
  expect(await client.reply()).toBeUndefined();
  expect(toy.log).toEqual([]);
});

test('VarlinkServer drops the connection, and not itself, when a method fails in a way nobody declared', async () => {
  await using toy = await startToyServer();
  using client = await RawClient.open(toy.path);
  client.send('{"method":"org.example.toy.Fail","parameters":{"kind":"mistake"}}');
  expect(await client.reply()).toBeUndefined();
  expect(toy.log).toEqual(['connection dropped: org.example.toy.Fail failed']);
  using other = await RawClient.open(toy.path);
  other.send('{"method":"org.example.toy.Ping","parameters":{"text":"x"}}');
  expect(await other.reply()).toBe('{"parameters":{"text":"x"}}');
});

test('VarlinkServer refuses what the peer may not call, each call for itself', async () => {
  await using toy = await startToyServer({ mayCall: (method) => method.endsWith('Ping') });
  using client = await RawClient.open(toy.path);
  client.send(
    '{"method":"org.example.toy.Take","parameters":{"text":"x"}}',
    '{"method":"org.example.toy.Ping","parameters":{"text":"x"}}',
  );
  expect(await client.reply()).toBe('{"error":"org.varlink.service.PermissionDenied"}');
  expect(await client.reply()).toBe('{"parameters":{"text":"x"}}');
  expect(toy.taken).toEqual([]);
  expect(toy.log).toEqual(['call refused: org.example.toy.Take']);
});

test('VarlinkServer sends text that is not well formed as replacement characters', async () => {
  await using toy = await startToyServer();
  using client = await RawClient.open(toy.path);
  client.send('{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"a\\u001bb"}}');
  expect(await client.reply()).toBe(
    '{"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":"a\\u001bb"}}',
  );
});
