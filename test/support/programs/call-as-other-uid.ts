/**
 * Becomes somebody else, calls methods at a socket one after the other, and prints each reply on a line of its own.
 * Arguments: the socket; uid, gid and supplementary groups (`1,2`, or nothing); the calls.
 */
import { RawClient } from '../raw-client.ts';

const [path = '', uid = '', gid = '', groups = '', ...calls] = process.argv.slice(2);
process.setgroups?.(groups === '' ? [] : groups.split(',').map(Number));
process.setgid?.(Number(gid));
process.setuid?.(Number(uid));
using client = await RawClient.open(path);
for (const call of calls) {
  client.send(call);
  process.stdout.write(`${(await client.reply()) ?? 'closed'}\n`);
}
client.socket.end();
