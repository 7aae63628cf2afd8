/** What this process was given without being asked and would hand on to every service. Node.js closes its own at an exec; this is about those of others. */
import fs from 'node:fs';

/** To be called before anything is opened. Without /proc nothing is known of them. */
export function closeStrayDescriptors(): void {
  let names: readonly string[] = [];
  try {
    names = fs.readdirSync('/proc/self/fd');
  } catch {
    return;
  }
  for (const descriptor of names.map(Number)) if (descriptor > 2 && isInherited(descriptor)) fs.closeSync(descriptor);
}

function isInherited(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    // It was the one that the directory was read with.
    return false;
  }
}

/** O_CLOEXEC, which Node.js has no name for. */
const closeOnExec = 0o2000000;
