/** Becomes the uid and gid of its second and third argument, calls a method at the socket of the first, and prints the reply. */
import { RawClient } from '../raw-client.ts';

const [path = '', uid = '', gid = '', ...calls] = process.argv.slice(2);
process.setgroups?.([Number(gid), 4242]);
process.setgid?.(Number(gid));
process.setuid?.(Number(uid));
using client = await RawClient.open(path);
for (const call of calls) {
  client.send(call);
  process.stdout.write(`${await client.reply()}\n`);
}
client.socket.end();
