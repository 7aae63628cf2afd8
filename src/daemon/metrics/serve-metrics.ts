/** The metrics of a daemon: put together when somebody asks. */
import type { Chronicle } from '../history/chronicle.ts';
import type { DaemonLog } from '../logging/daemon-log.ts';
import type { EngineState } from '../model/state.ts';
import { expositionText } from './exposition.ts';
import { type MetricsPlace, MetricsServer } from './metrics-server.ts';
import { reeveMetrics } from './reeve-metrics.ts';
import { serviceMetrics } from './service-metrics.ts';

export interface MetricsParts {
  readonly version: string;
  /** When the daemon started: milliseconds since 1970. */
  readonly since: number;
  readonly state: () => EngineState;
  readonly chronicle: Chronicle;
  readonly daemonStarts: () => number;
  readonly connections: () => number;
  readonly onDisconnect?: () => void;
}

export function createMetricsServer(parts: MetricsParts): MetricsServer {
  const { version, since, state, chronicle, daemonStarts, connections, onDisconnect } = parts;
  return new MetricsServer({
    collect: () => {
      const { rss, heapUsed } = process.memoryUsage();
      const reeve = reeveMetrics({
        version,
        startTime: since / 1000,
        daemonStarts: daemonStarts(),
        loggerStarts: chronicle.totals.loggerStarts,
        residentBytes: rss,
        heapBytes: heapUsed,
        connections: connections(),
      });
      return expositionText([...reeve, ...serviceMetrics(state(), chronicle.totals)]);
    },
    ...(onDisconnect && { onDisconnect }),
  });
}

/** A daemon does its work without metrics too: that they cannot be served is told and no more. */
export async function serveMetrics(
  server: MetricsServer,
  place: MetricsPlace,
  log: Pick<DaemonLog, 'write'>,
): Promise<void> {
  try {
    await server.listen(place);
  } catch (error) {
    log.write('error', `reeve: cannot serve metrics: ${error instanceof Error ? error.message : String(error)}`);
  }
}
