/**
 * What is read and carried in the description but cannot be honoured yet. Using it is a load failure: a service that asked for a sandbox must
 * not run without one. A row goes away when its effect arrives.
 */
import type { Problem, ServiceDescription } from './description.ts';

interface NotYet {
  /** Key of the place that is shown. */
  readonly setting: string;
  /** Shown as the thing that is missing. */
  readonly what: string;
  readonly isUsed: (description: ServiceDescription) => boolean;
}

const table: readonly NotYet[] = [
  { setting: 'run-in-cgroup', what: 'run-in-cgroup', isUsed: (d) => d.cgroup !== undefined },
  { setting: 'capabilities', what: 'capabilities', isUsed: (d) => d.capabilities !== undefined },
  { setting: 'securebits', what: 'securebits', isUsed: (d) => d.securebits.length > 0 },
  { setting: 'inittab-id', what: 'inittab-id', isUsed: (d) => d.inittabId !== undefined },
  { setting: 'inittab-line', what: 'inittab-line', isUsed: (d) => d.inittabLine !== undefined },
  { setting: 'options:pass-cs-fd', what: "option 'pass-cs-fd'", isUsed: (d) => d.options.passControlSocket },
  { setting: 'options:kill-all-on-stop', what: "option 'kill-all-on-stop'", isUsed: (d) => d.options.killAllOnStop },
];

export function problemsNotYet(description: ServiceDescription): readonly Problem[] {
  return table
    .filter((row) => row.isUsed(description))
    .map((row) => {
      const origin = description.origins[row.setting];
      return {
        message: `${row.what} is not supported by this version of reeve`,
        advice: 'the service would run without it, so it is not loaded; remove the setting to load it all the same',
        ...(origin === undefined ? {} : { origin }),
      };
    });
}
