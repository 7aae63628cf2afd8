/** Services of a story in words. */
import type { SupervisedDescription } from '../../../../src/daemon/model/supervised-description.ts';

/** `a: process, depends-on b, start-timeout 50`: what is not the default. */
export function describeService(description: SupervisedDescription): string {
  const { name, type, dependencies, restart, options, startTimeout, stopTimeout } = description;
  const words: string[] = [type, ...dependencies.map(({ kind, name: other }) => `${kind} ${other}`)];
  if (description.stopCommand.length > 0) words.push('stop-command');
  if (description.readiness) words.push('ready-notification');
  if (description.console !== 'none') words.push(`${description.console}-console`);
  if (description.termSignal !== 15) words.push(`term-signal ${description.termSignal ?? 'none'}`);
  if (description.chainTo !== undefined) words.push(`chain-to ${description.chainTo}`);
  words.push(`restart ${restart.mode}`);
  if (restart.smoothRecovery) words.push('smooth-recovery');
  if (type === 'process' || type === 'bgprocess') {
    words.push(`delay ${restart.delay}`, `limit ${restart.limitCount} in ${restart.limitInterval}`);
  }
  if (type !== 'internal' && type !== 'triggered')
    words.push(`start-timeout ${startTimeout}`, `stop-timeout ${stopTimeout}`);
  words.push(...Object.entries(options).flatMap(([option, isSet]) => (isSet ? [option] : [])));
  return `${name}: ${words.join(', ')}`;
}
