import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expositionText } from '../../../src/daemon/metrics/exposition.ts';
import { MetricsServer } from '../../../src/daemon/metrics/metrics-server.ts';
import { serviceMetrics } from '../../../src/daemon/metrics/service-metrics.ts';
import { Totals } from '../../../src/daemon/history/totals.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';
import { service } from '../engine/support/service.ts';
import { World } from '../engine/support/world.ts';

test('expositionText() escapes what would break a line, and puts suffixes after names', () => {
  expect(
    expositionText([
      {
        name: 'a_total',
        type: 'counter',
        help: 'Line\none \\ two.',
        samples: [{ value: 1.5 }, { labels: { service: 'x"y\\z\n', result: 'ok' }, value: 2 }],
      },
      { name: 'b', type: 'summary', help: 'B.', samples: [{ suffix: '_sum', value: 0 }] },
    ]),
  ).toBe(
    [
      '# HELP a_total Line\\none \\\\ two.',
      '# TYPE a_total counter',
      'a_total 1.5',
      'a_total{service="x\\"y\\\\z\\n",result="ok"} 2',
      '# HELP b B.',
      '# TYPE b summary',
      'b_sum 0',
      '',
    ].join('\n'),
  );
});

test('serviceMetrics() counts starts, restarts and ends of what the engine did', () => {
  const totals = new Totals();
  const world = new World([
    service('a', { type: 'process', restart: { delay: 0 } }),
    service('b', { type: 'internal' }),
  ]);
  world.onTurn = (turn) => totals.record(turn);
  world.start('a');
  world.exit('a', 3);
  world.stop('a');
  const lines = expositionText(serviceMetrics(world.state, totals)).split('\n');
  for (const line of [
    'reeve_services{state="stopped"} 2',
    'reeve_services{state="started"} 0',
    'reeve_service_state{service="a",state="stopped"} 1',
    'reeve_service_starts_total{service="a"} 2',
    'reeve_service_restarts_total{service="a"} 1',
    'reeve_service_start_seconds_count{service="a"} 2',
    'reeve_service_exits_total{service="a",result="failure"} 1',
    'reeve_service_exits_total{service="a",result="success"} 1',
    'reeve_service_starts_total{service="b"} 0',
  ]) {
    expect(lines).toContain(line);
  }
  const restored = new Totals();
  restored.restore(JSON.parse(JSON.stringify(totals.write())));
  expect(expositionText(serviceMetrics(world.state, restored)).split('\n')).toEqual(lines);
});

test('MetricsServer answers GET /metrics on a loopback port, and nothing else', async () => {
  let collected = 0;
  await using server = new MetricsServer({ collect: () => `reeve_x ${++collected}\n` });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${server.port}`;
  const answer = await fetch(`${url}/metrics`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await answer.text()).toBe('reeve_x 1\n');
  expect((await fetch(`${url}/metrics?x=1`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`, { method: 'HEAD' })).text()).toBe('');
  expect((await fetch(url)).status).toBe(404);
  expect((await fetch(`${url}/metrics`, { method: 'POST', body: 'x'.repeat(100_000) })).status).toBe(405);
  expect(collected).toBe(3);
});

async function raw(server: MetricsServer, text: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: server.port ?? 0 });
  let got = '';
  socket.on('data', (chunk) => (got += String(chunk)));
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  return got;
}

test('MetricsServer tells nothing to a page that has its own name lead here', async () => {
  await using server = new MetricsServer({ collect: () => 'secret\n' });
  await server.listen({ host: '127.0.0.1', port: 0 });
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80']) {
    const answer = await raw(server, `GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 421 /);
    expect(answer).not.toContain('secret');
  }
  expect(await raw(server, 'GET /metrics HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n')).toContain(
    'secret',
  );
});

test('MetricsServer refuses what is too large or no HTTP, and bounds connections', async () => {
  await using server = new MetricsServer({ collect: () => '' });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const header = `X: ${'x'.repeat(20_000)}`;
  expect(await raw(server, `GET /metrics HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
  expect(await raw(server, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  const many = Array.from({ length: 40 }, () => connect({ host: '127.0.0.1', port: server.port ?? 0 }));
  await Promise.all(many.map((socket) => once(socket, 'connect')));
  await Promise.all(many.slice(16).map((socket) => socket.closed || once(socket, 'close')));
  expect(server.connectionCount).toBe(16);
  for (const socket of many) socket.destroy();
});

test('MetricsServer serves a Unix socket under any name', async () => {
  using directory = makeTemporaryDirectory();
  await using server = new MetricsServer({ collect: () => 'reeve_x 1\n' });
  const path = join(directory.path, 'metrics');
  await server.listen({ path });
  const socket = connect(path);
  let got = '';
  socket.on('data', (chunk) => (got += String(chunk)));
  socket.write('GET /metrics HTTP/1.1\r\nHost: whatever\r\nConnection: close\r\n\r\n');
  await once(socket, 'close');
  expect(got).toContain('reeve_x 1\n');
});
