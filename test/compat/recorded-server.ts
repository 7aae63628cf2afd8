/** Plays the server's side of a recorded conversation: the n-th reply when the n-th complete request has arrived, whatever it is. */
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { ByteQueue } from '../../src/dinit/byte-queue.ts';
import { decodeRequest } from '../../src/dinit/requests.ts';

export interface RecordedServer extends AsyncDisposable {
  /** What has arrived, request by request, in hex. */
  readonly requests: readonly string[];
}

export async function serveRecording(
  path: string,
  replies: readonly Buffer[],
  closesAtEnd: boolean,
): Promise<RecordedServer> {
  const requests: string[] = [];
  const connections: Socket[] = [];
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => {});
    const input = new ByteQueue();
    socket.on('data', (chunk) => {
      input.append(chunk);
      for (;;) {
        const decoding = decodeRequest(input.bytes);
        if (decoding.kind !== 'request') return;
        requests.push(input.bytes.subarray(0, decoding.size).toString('hex'));
        input.consume(decoding.size);
        const reply = replies[requests.length - 1];
        if (reply && reply.length > 0) socket.write(reply);
        if (closesAtEnd && requests.length === replies.length) socket.end();
      }
    });
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    requests,
    [Symbol.asyncDispose]: async () => {
      for (const connection of connections) connection.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
