// Visits the service web every few seconds and prints what it says.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const pause = 3000;
const stopping = new AbortController();
process.on('SIGTERM', () => stopping.abort());

while (!stopping.signal.aborted) {
  try {
    // Read anew each time: web may have been restarted on another port.
    const url = readFileSync(`${process.env.STATE_DIRECTORY}/web.url`, 'utf8').trim();
    const response = await fetch(url, { signal: stopping.signal });
    console.log((await response.text()).trim());
  } catch (error) {
    if (!stopping.signal.aborted) console.log(`web does not answer: ${error.cause?.message ?? error.message}`);
  }
  await delay(pause, undefined, { signal: stopping.signal }).catch(() => {});
}
