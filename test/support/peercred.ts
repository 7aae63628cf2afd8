/** The native addon for peer credentials, built when it is missing or older than its source. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { loadPeerCredentials, type PeerCredentials } from '../../src/daemon/api/peer-credentials.ts';

export const peercredPath = fileURLToPath(new URL('../../build/native/peercred.node', import.meta.url));

export function buildPeerCredentials(): PeerCredentials {
  const native = fileURLToPath(new URL('../../native', import.meta.url));
  execFileSync('make', ['-C', native, '--silent', '--no-print-directory', peercredPath], { stdio: 'inherit' });
  return loadPeerCredentials(peercredPath);
}
