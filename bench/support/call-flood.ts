/** Calls one method over one connection as often as told, many under way at a time, and counts the answers: little work here, so that the server is measured. */
import { once } from 'node:events';
import { connect } from 'node:net';

const underWay = 500;

export async function callFlood(socket: string, calls: readonly object[], count: number): Promise<void> {
  const messages = calls.map((call) => `${JSON.stringify(call)}\0`);
  const connection = connect({ path: socket });
  await once(connection, 'connect');
  let sent = 0;
  let answered = 0;
  const send = (most: number): void => {
    let text = '';
    for (const end = Math.min(count, sent + most); sent < end; sent += 1) text += messages[sent % messages.length];
    if (text !== '') connection.write(text);
  };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  connection.on('data', (chunk: Buffer) => {
    if (answered === 0 && chunk.includes('"error"')) reject(new Error(String(chunk)));
    let answers = 0;
    for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, at + 1)) answers += 1;
    answered += answers;
    send(answers);
    if (answered === count) resolve();
  });
  connection.on('error', reject);
  connection.on('close', () => reject(new Error(`the connection was closed after ${answered} answers`)));
  send(underWay);
  try {
    await promise;
  } finally {
    connection.destroy();
  }
}
