/** Tells a waiting client what its service waits for, each time that changes. */
import type { ReplyStream } from '../../api/varlink/method.ts';
import type { ServiceManager } from '../service-manager.ts';

/** What a service waits for can change without an event of any service, so it is looked at this often as well. Milliseconds. */
const lookInterval = 1_000;

export function reportProgress(
  manager: ServiceManager,
  name: string,
  stream: ReplyStream,
  signal: AbortSignal,
): Disposable {
  let last = '';
  let scheduled: NodeJS.Immediate | undefined;
  const look = (): void => {
    scheduled = undefined;
    const status = manager.status(name);
    if (!status) return;
    const { state, target, waitingFor, pid, since } = status;
    const progress = { state, target, waitingFor, ...(pid !== undefined && { pid }), since };
    const text = JSON.stringify([state, target, waitingFor, pid]);
    if (text === last) return;
    last = text;
    stream.push({ progress });
  };
  const subscription = manager.subscribe(() => {
    scheduled ??= setImmediate(look);
  });
  const interval = setInterval(look, lookInterval);
  const stop = (): void => {
    subscription[Symbol.dispose]();
    clearInterval(interval);
    clearImmediate(scheduled);
    signal.removeEventListener('abort', stop);
  };
  signal.addEventListener('abort', stop);
  look();
  return { [Symbol.dispose]: stop };
}
