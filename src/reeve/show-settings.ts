/** What is in effect, as a reeve.ini that would say the same: readable for people and for reeve. Pure. */
import type { Instance } from './instance.ts';
import { metricsPlaceText } from './metrics-place.ts';

export function showSettings(instance: Instance): string {
  const { users, limits } = instance;
  const seconds = (milliseconds: number) => String(milliseconds / 1000);
  const sections: Record<string, Record<string, string>> = {
    users: { daemon: users.daemon, logger: users.logger },
    paths: {
      services: instance.serviceDirectories.join(':'),
      run: instance.runDirectory,
      socket: instance.socketPath,
      cache: instance.planCache === '' ? 'none' : instance.planCache,
      ...(instance.envFile !== undefined && { 'env-file': instance.envFile }),
    },
    environment: { allow: instance.setenvAllow.join(' ') },
    limits: {
      acknowledge: seconds(limits.acknowledge),
      compile: seconds(limits.compile),
      'restart-delay': seconds(limits.restartFirst),
      'restart-delay-max': seconds(limits.restartLargest),
      'idle-exit': seconds(instance.idleExit),
    },
    ...(instance.metrics && { metrics: { listen: metricsPlaceText(instance.metrics) } }),
    log: { level: instance.logLevel },
  };
  return Object.entries(sections)
    .map(([section, values]) =>
      sectionText(
        section,
        Object.entries(values).map(([key, value]) => `${key} = ${value}`.trimEnd()),
      ),
    )
    .concat(
      sectionText(
        'access',
        instance.access.map(({ text }) => text),
      ),
    )
    .join('\n');
}

function sectionText(section: string, lines: readonly string[]): string {
  return [`[${section}]`, ...lines, ''].join('\n');
}
