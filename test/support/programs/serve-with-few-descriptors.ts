/**
 * Serves one interface with the descriptors it was given, and tells its parent what it is asked: how often its event loop has turned.
 * Argument: `bounded` when connections leave some descriptors alone, `unbounded` when they may take the last.
 */
import { performance } from 'node:perf_hooks';
import { startToyServer } from '../toy-server.ts';

const isBounded = process.argv[2] === 'bounded';
const toy = await startToyServer(isBounded ? { descriptor: 'own', limits: { highestDescriptor: 40 } } : { limits: {} });
process.on('message', () => {
  process.send?.({ turns: performance.nodeTiming.uvMetricsInfo.loopCount, connections: toy.server.connectionCount });
});
process.on('disconnect', () => {
  void toy[Symbol.asyncDispose]().then(() => process.exit());
});
process.send?.({ path: toy.path });
