/** Short words for descriptions: `service('web', { type: 'process', dependsOn: ['db'] })`; everything not said is the format's default. */
import type { DependencyKind, RestartRules, ServiceOptions } from '../../../../src/service/description.ts';
import type { SupervisedDescription } from '../../../../src/daemon/model/supervised-description.ts';

type Names = readonly string[];

export interface Sketch extends Partial<
  Omit<SupervisedDescription, 'name' | 'base' | 'restart' | 'options' | 'dependencies'>
> {
  readonly dependsOn?: Names;
  readonly preparedBy?: Names;
  readonly dependsMs?: Names;
  readonly waitsFor?: Names;
  readonly before?: Names;
  readonly after?: Names;
  readonly restart?: Partial<RestartRules>;
  readonly options?: Partial<ServiceOptions>;
}

const defaultRestart: RestartRules = {
  mode: 'yes',
  smoothRecovery: false,
  delay: 200,
  limitInterval: 10_000,
  limitCount: 3,
};

const noOptions: ServiceOptions = {
  unmaskInterrupt: false,
  startsRwfs: false,
  startsLog: false,
  passControlSocket: false,
  startInterruptible: false,
  skippable: false,
  signalProcessOnly: false,
  alwaysChain: false,
  killAllOnStop: false,
  noNewPrivs: false,
};

export function service(name: string, sketch: Sketch = {}): SupervisedDescription {
  const { dependsOn, preparedBy, dependsMs, waitsFor, before, after, restart, options, ...rest } = sketch;
  const type = rest.type ?? 'internal';
  const hasCommand = type !== 'internal' && type !== 'triggered';
  const of = (kind: DependencyKind, names: Names = []): SupervisedDescription['dependencies'] =>
    names.map((dependency) => ({ kind, name: dependency }));
  return {
    name,
    base: name.split('@')[0] ?? name,
    type,
    command: hasCommand ? [`/bin/${name}`] : [],
    stopCommand: [],
    ...(type === 'bgprocess' && { pidFile: `/run/${name}.pid` }),
    startTimeout: 60_000,
    stopTimeout: 10_000,
    log: { type: 'none', mode: 0o600, bufferSize: 4096, rotateSize: 0, rotateCount: 0, timestamps: false },
    termSignal: 15,
    console: 'none',
    ...rest,
    restart: { ...defaultRestart, ...restart },
    options: { ...noOptions, ...options },
    dependencies: [
      ...of('depends-on', dependsOn),
      ...of('prepared-by', preparedBy),
      ...of('depends-ms', dependsMs),
      ...of('waits-for', waitsFor),
      ...of('before', before),
      ...of('after', after),
    ],
  };
}

/** A stop command that exists; what it does is up to its program. */
export const stopCommand: Pick<SupervisedDescription, 'stopCommand'> = { stopCommand: ['/bin/stop'] };
/** Readiness notification on a descriptor. */
export const readiness: Required<Pick<SupervisedDescription, 'readiness'>> = {
  readiness: { kind: 'descriptor', descriptor: 3 },
};
