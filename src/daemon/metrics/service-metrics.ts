/** What is told of services: their states now, and what was counted of them over all daemons since the start of reeve. Pure. */
import type { ServiceState } from '../../api/service-status.ts';
import { loadedServices, statusOf } from '../engine/status.ts';
import type { ServiceTotals, Totals } from '../history/totals.ts';
import type { EngineState } from '../model/state.ts';
import type { Metric, Sample } from './exposition.ts';

const states: readonly ServiceState[] = ['stopped', 'starting', 'started', 'stopping'];

export function serviceMetrics(state: EngineState, totals: Totals): readonly Metric[] {
  const services = loadedServices(state).map((id) => ({ status: statusOf(state, id), totals: totals.of(id) }));
  type Service = (typeof services)[number];
  const each = (value: (service: Service) => number): readonly Sample[] =>
    services.map((service) => ({ labels: { service: service.status.name }, value: value(service) }));
  const counter = (name: string, help: string, value: (totals: Readonly<ServiceTotals>) => number): Metric => ({
    name: `reeve_service_${name}_total`,
    type: 'counter',
    help,
    samples: each((service) => value(service.totals)),
  });
  const exits = (result: string, value: (totals: Readonly<ServiceTotals>) => number): readonly Sample[] =>
    services.map((service) => ({
      labels: { service: service.status.name, result },
      value: value(service.totals),
    }));
  return [
    {
      name: 'reeve_services',
      type: 'gauge',
      help: 'Loaded services in each state.',
      samples: states.map((word) => ({
        labels: { state: word },
        value: services.filter(({ status }) => status.state === word).length,
      })),
    },
    {
      name: 'reeve_services_failed',
      type: 'gauge',
      help: 'Services that are stopped because a start did not succeed.',
      samples: [{ value: services.filter(({ status }) => status.isFailed).length }],
    },
    {
      name: 'reeve_service_state',
      type: 'gauge',
      help: 'One for the state that the service is in.',
      samples: services.map(({ status: { name: service, state: word } }) => ({
        labels: { service, state: word },
        value: 1,
      })),
    },
    {
      name: 'reeve_service_failed',
      type: 'gauge',
      help: 'One while the service is stopped because a start did not succeed.',
      samples: each(({ status }) => Number(status.isFailed)),
    },
    counter('starts', 'How often the service came up.', ({ starts }) => starts),
    counter('start_failures', 'How often a start of the service failed.', ({ failedStarts }) => failedStarts),
    counter('restarts', 'Automatic restarts of the service.', ({ restarts }) => restarts),
    {
      name: 'reeve_service_start_seconds',
      type: 'summary',
      help: 'Time that the start action of the service took, without its waiting for others.',
      samples: services.flatMap(({ status: { name: service }, totals: { startTime, starts } }) => [
        { suffix: '_sum', labels: { service }, value: startTime / 1000 },
        { suffix: '_count', labels: { service }, value: starts },
      ]),
    },
    {
      name: 'reeve_service_exits_total',
      type: 'counter',
      help: 'Ends of the process or start command of the service: with status 0, with another one, by a signal.',
      samples: [
        ...exits('success', ({ succeeded }) => succeeded),
        ...exits('failure', ({ failed }) => failed),
        ...exits('signal', ({ killed }) => killed),
      ],
    },
    counter('log_lost_bytes', 'Output of the service that was lost.', ({ lostBytes }) => lostBytes),
  ];
}
