import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ListenError, makeListener } from '../../../src/daemon/api/listen.ts';
import { RawClient } from '../../support/raw-client.ts';
import { makeTemporaryDirectory } from '../../support/temporary-directory.ts';

const program = fileURLToPath(new URL('../../support/programs/serve-inherited-listener.ts', import.meta.url));

test('makeListener() makes a socket with the mode asked for', async () => {
  using directory = makeTemporaryDirectory();
  const path = join(directory.path, 'control');
  const listener = await makeListener(path, 0o640);
  expect(statSync(path).isSocket()).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  listener.close();
});

test('makeListener() refuses a path where somebody listens, or that is no socket', async () => {
  using directory = makeTemporaryDirectory();
  const path = join(directory.path, 'control');
  const listener = await makeListener(path, 0o600);
  await expect(makeListener(path, 0o600)).rejects.toThrow(
    new ListenError(`cannot listen on ${path}: another instance is running`),
  );
  listener.close();
  const file = join(directory.path, 'file');
  writeFileSync(file, '');
  await expect(makeListener(file, 0o600)).rejects.toThrow(ListenError);
});

test('takeListener() serves an inherited socket and leaves its file when it is closed', async () => {
  using directory = makeTemporaryDirectory();
  const path = join(directory.path, 'control');
  const owner = createServer();
  owner.listen(`${path}.new`);
  await once(owner, 'listening');
  const handle: unknown = Reflect.get(owner, '_handle');
  const descriptor: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'ignore', Number(descriptor)],
  });
  await once(child, 'message');
  // Under another name the file outlives the close of the one who made it.
  renameSync(`${path}.new`, path);
  owner.close();
  using client = await RawClient.open(path);
  expect(await client.reply()).toBe(String(child.pid));
  client[Symbol.dispose]();
  const exit = once(child, 'exit');
  child.disconnect();
  await exit;
  expect(existsSync(path)).toBe(true);
});
