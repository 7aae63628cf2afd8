/** How a daemon is told to keep its log as dinit does: options that the daemon and portable mode's one program share. */
import { type DinitLevel, isDinitLevel } from '../dinit/dinit-log.ts';
import type { DinitStyle } from '../narration/telling.ts';

export const styleOptions = {
  'console-style': { type: 'string', default: 'reeve' },
  'console-level': { type: 'string', default: 'warn' },
  'console-status': { type: 'string', default: 'always' },
  'main-log': { type: 'string' },
  'main-log-level': { type: 'string', default: 'info' },
} as const;

export type StyleValues = Readonly<Record<Exclude<keyof typeof styleOptions, 'main-log'>, string>> & {
  readonly 'main-log'?: string | undefined;
};

/** Undefined: reeve's own style. @throws {TypeError} naming the wrong option. */
export function parseStyle(values: StyleValues): DinitStyle | undefined {
  if (values['console-style'] !== 'dinit') return undefined;
  const { 'main-log': mainLog } = values;
  return {
    consoleLevel: level('console-level', values['console-level']),
    alwaysShowsStatus: values['console-status'] === 'always',
    ...(mainLog !== undefined && { mainLog }),
    mainLevel: level('main-log-level', values['main-log-level']),
  };
}

function level(option: string, text: string): DinitLevel {
  if (isDinitLevel(text)) return text;
  throw new TypeError(`--${option} must be debug, info, warn, error or none, got ${text}`);
}
