import { createConnection } from 'node:net';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ReeveInstance } from '../support/reeve-instance.ts';

test('reevectl catlog shows the newest output of a buffered service, also after it has stopped', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\n',
      'sd/talk':
        'type = scripted\ncommand = /bin/sh -c "for i in 1 2 3; do echo line $$i; done; echo err >&2"\nlog-type = buffer\n',
    },
  });
  expect((await reeve.ctl('start', 'talk')).code).toBe(0);
  await reeve.until(async () => (await reeve.ctl('catlog', 'talk')).out === 'line 1\nline 2\nline 3\nerr\n', 'the log');
  await reeve.ctl('stop', 'talk');
  expect((await reeve.ctl('catlog', 'talk')).out).toBe('line 1\nline 2\nline 3\nerr\n');
  expect((await reeve.ctl('catlog', '--clear', 'talk')).code).toBe(0);
});

test('log-type = file writes to the file with the mode that was asked for', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = scripted\ncommand = /bin/echo hello\nlogfile = {DIR}/out.log\nlogfile-permissions = 640\n',
    },
  });
  await reeve.until(() => reeve.read('out.log') === 'hello\n', 'the line in the file');
  expect(statSync(reeve.path('out.log')).mode & 0o777).toBe(0o640);
});

test('a log file that cannot be opened fails the start at that step', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\n',
      'sd/web': 'type = scripted\ncommand = /bin/true\nlogfile = {DIR}/none/out.log\n',
    },
  });
  const result = await reeve.ctl('start', 'web');
  expect(result.code).toBe(1);
  expect(result.out + result.err).toContain(`cannot open log file ${reeve.directory}/none/out.log`);
});

test('a log file is rotated by size and nothing is lost', async () => {
  const count = 20_000;
  await using reeve = await ReeveInstance.boot({
    files: {
      'bin/talk': `#!/bin/sh\ni=0\nwhile test $i -lt ${count}; do echo line $i; i=$((i+1)); done\n`,
      'sd/boot':
        'type = scripted\ncommand = {DIR}/bin/talk\nlogfile = {DIR}/out.log\nlog-rotate-size = 20K\nlog-rotate-count = 50\n',
    },
  });
  const older = Array.from({ length: 50 }, (_, index) => `out.log.${50 - index}`);
  const all = (): string => [...older, 'out.log'].map((name) => reeve.read(name)).join('');
  const wanted = Array.from({ length: count }, (_, index) => `line ${index}\n`).join('');
  await reeve.until(() => all() === wanted, 'all lines in the files');
  const sizes = older.map((name) => reeve.read(name).length).filter((size) => size > 0);
  expect(sizes.length).toBeGreaterThan(1);
  // A file ends with a line, and with the piece of at most 64 KiB in which its limit was reached.
  for (const size of sizes) expect(size).toBeLessThanOrEqual(20_480 + 65_536);
});

test('a consumer reads what another service writes, over restarts of both', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'sd/boot': 'type = internal\nwaits-for: producer\nwaits-for: consumer\n',
      'sd/producer': 'type = process\ncommand = /bin/sh -c "echo from $$$$; exec sleep 1000"\nlog-type = pipe\n',
      'sd/consumer':
        'type = process\ncommand = /bin/sh -c "while read line; do echo got $$line >> {DIR}/log; done"\nconsumer-of = producer\n',
    },
  });
  const lines = (): number => reeve.read('log').split('\n').length - 1;
  await reeve.until(() => lines() === 1, 'the first line');
  expect((await reeve.ctl('restart', 'producer')).code).toBe(0);
  await reeve.until(() => lines() === 2, 'the second line');
  expect((await reeve.ctl('stop', 'consumer')).code).toBe(0);
  expect((await reeve.ctl('restart', 'producer')).code).toBe(0);
  expect((await reeve.ctl('start', 'consumer')).code).toBe(0);
  await reeve.until(() => lines() === 3, 'the line that was written while nobody read');
});

test('an activation socket is passed to the service and outlives its restarts', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      'bin/serve':
        '#!/usr/bin/env node\nconst net = require("net");\nif (process.env.LISTEN_FDS !== "1" || process.env.LISTEN_PID !== String(process.pid)) process.exit(9);\nnet.createServer((s) => s.end(`pid ${process.pid}\\n`)).listen({ fd: 3 });\n',
      'sd/boot':
        'type = process\ncommand = {DIR}/bin/serve\nsocket-listen = {DIR}/web.sock\nsocket-permissions = 600\nlog-type = buffer\n',
    },
  });
  const ask = async (): Promise<string> => {
    const socket = createConnection(reeve.path('web.sock'));
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    await once(socket, 'close');
    return text;
  };
  const first = await reeve.untilStatus('boot', { state: 'started' });
  expect(await ask()).toBe(`pid ${first.pid}\n`);
  expect(statSync(reeve.path('web.sock')).mode & 0o777).toBe(0o600);
  expect((await reeve.ctl('restart', 'boot')).code).toBe(0);
  expect(await ask()).toBe(`pid ${(await reeve.status('boot')).pid}\n`);
});

test('an activation socket never replaces anything but a socket', async () => {
  await using reeve = await ReeveInstance.boot({
    files: {
      precious: 'keep me',
      'sd/boot': 'type = internal\n',
      'sd/web': 'type = process\ncommand = /bin/sleep 1000\nsocket-listen = {DIR}/precious\n',
    },
  });
  const result = await reeve.ctl('start', 'web');
  expect(result.code).toBe(1);
  expect(result.out + result.err).toContain('cannot listen on');
  expect(reeve.read('precious')).toBe('keep me');
});
