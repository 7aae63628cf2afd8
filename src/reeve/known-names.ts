/** Names of users and groups, to propose one that may be meant. Only those in the plain files: a directory service is not asked for all it has. */
import fs from 'node:fs';

export function knownNames(kind: 'user' | 'group'): readonly string[] {
  try {
    const lines = fs.readFileSync(kind === 'user' ? '/etc/passwd' : '/etc/group', 'utf8').split('\n');
    return lines.map((line) => line.split(':')[0] ?? '').filter((name) => name !== '');
  } catch {
    // Without the file there is only less to propose.
    return [];
  }
}
