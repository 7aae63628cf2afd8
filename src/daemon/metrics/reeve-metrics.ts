/** What is told of reeve itself. Pure. */
import type { Metric } from './exposition.ts';

export interface ReeveFacts {
  readonly version: string;
  /** Of the present daemon: seconds since 1970. */
  readonly startTime: number;
  /** Since the launcher was started, this daemon included. */
  readonly daemonStarts: number;
  readonly loggerStarts: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  readonly connections: number;
}

export function reeveMetrics(facts: ReeveFacts): readonly Metric[] {
  const single = (name: string, type: 'counter' | 'gauge', help: string, value: number): Metric => ({
    name: `reeve_${name}`,
    type,
    help,
    samples: [{ value }],
  });
  return [
    {
      name: 'reeve_info',
      type: 'gauge',
      help: 'Always one; the label tells the version.',
      samples: [{ labels: { version: facts.version }, value: 1 }],
    },
    single('daemon_start_time_seconds', 'gauge', 'When this daemon started.', facts.startTime),
    single(
      'daemon_restarts_total',
      'counter',
      'How often the daemon was started again, after an end, an upgrade or a sleep.',
      Math.max(0, facts.daemonStarts - 1),
    ),
    single(
      'logger_restarts_total',
      'counter',
      'How often the logger was started again.',
      Math.max(0, facts.loggerStarts - 1),
    ),
    single('daemon_resident_memory_bytes', 'gauge', 'Memory of the daemon that is in use.', facts.residentBytes),
    single('daemon_heap_bytes', 'gauge', 'Memory of the objects of the daemon.', facts.heapBytes),
    single('control_connections', 'gauge', 'Clients that are connected.', facts.connections),
  ];
}
