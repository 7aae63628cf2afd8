/**
 * The program that builds a service's environment on top of the daemon environment: first the variables of `load-options`, then the service's
 * environment file, which is read once, when the service is loaded.
 */
import type { EnvironmentStep } from './description.ts';
import { placeOf } from './draft.ts';
import type { Reading } from './entry.ts';
import { parseEnvironmentFile } from './environment-file.ts';
import { joinPath } from './paths.ts';
import { fileProblem } from './service-files.ts';
import { decodeText } from './text-decoding.ts';

/** What the environment comes from besides the file. */
export interface Surroundings {
  /** The daemon environment. */
  readonly environment: ReadonlyMap<string, string>;
  /** Who services run as when nothing else is said. */
  readonly effectiveUid: number;
}

export function environmentSteps(reading: Reading, surroundings: Surroundings): readonly EnvironmentStep[] {
  const { draft, findings, files, name } = reading;
  const steps: EnvironmentStep[] = [];
  if (draft.exportsServiceName) steps.push({ kind: 'set', name: 'DINIT_SERVICE', value: name.base });
  if (draft.exportsPasswdVariables) addPasswdVariables(reading, surroundings.effectiveUid, steps);
  const file = draft.environmentFile;
  if (!file) return steps;
  const path = joinPath(file.directory, file.path);
  const content = files.readRegularFile(path);
  if (content.kind === 'absent') {
    findings.error('load', {
      message: `cannot read the environment file ${path}: no such file`,
      origin: file.origin,
      setting: 'env-file',
    });
    return steps;
  }
  if (content.kind === 'refused') {
    findings.error('load', fileProblem('environment file', content, file.origin, 'env-file'));
    return steps;
  }
  const decoded = decodeText(content.bytes, path);
  if (decoded.kind === 'problem') {
    findings.error('load', decoded.problem);
    return steps;
  }
  const parsed = parseEnvironmentFile(decoded.text, path);
  for (const warning of parsed.warnings) findings.warn(warning);
  return [...steps, ...parsed.steps];
}

function addPasswdVariables(reading: Reading, effectiveUid: number, steps: EnvironmentStep[]): void {
  const { draft, findings, users } = reading;
  const runAs = draft.runAs ?? { kind: 'number', id: effectiveUid };
  const user = runAs.kind === 'name' ? users.byName(runAs.name) : users.byUid(runAs.id);
  if (!user) {
    const who = runAs.kind === 'name' ? runAs.name : String(runAs.id);
    findings.error('load', {
      ...placeOf(draft, 'load-options'),
      message: `export-passwd-vars needs an entry in the user database, and user ${who} has none`,
      advice: 'create the user, or remove export-passwd-vars',
    });
    return;
  }
  const variables = {
    USER: user.name,
    LOGNAME: user.name,
    HOME: user.home,
    SHELL: user.shell,
    UID: String(user.uid),
    GID: String(user.gid),
  };
  for (const [variable, value] of Object.entries(variables)) steps.push({ kind: 'set', name: variable, value });
}
