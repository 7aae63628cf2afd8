/**
 * Waits until a daemon answers on its control socket, then writes the socket's path and a NUL to standard output: what `dinit --ready-fd` promises. Ends
 * without a word when the daemon that it waits for, its parent, is gone.
 */
import { writeSync } from 'node:fs';
import { ClientConnection } from '../../dinit/client-connection.ts';
import { ConnectFailed } from '../../dinit/client-error.ts';

const pause = 10;

async function waitForAnswer(path: string, parent: number): Promise<boolean> {
  while (process.ppid === parent) {
    try {
      using connection = await ClientConnection.open(path);
      await connection.request({ kind: 'query-version' });
      return true;
    } catch (error) {
      if (!(error instanceof ConnectFailed)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return false;
}

const [path = ''] = process.argv.slice(2);
void waitForAnswer(path, process.ppid).then((isReady) => {
  if (isReady) writeSync(1, `${path}\0`);
});
