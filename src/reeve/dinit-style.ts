/** The options that make reeve's console and log look like dinit's: the commands that stand in for it give them. */
import { Option } from 'commander';

export const dinitLevels = ['none', 'error', 'warn', 'info', 'debug'] as const;
export type DinitLevel = (typeof dinitLevels)[number];

export interface DinitStyle {
  readonly consoleLevel: DinitLevel;
  /** What becomes of services is shown on the console at any level. */
  readonly alwaysShowsStatus: boolean;
  readonly mainLog?: string;
  readonly mainLevel: DinitLevel;
}

export interface DinitStyleValues {
  consoleStyle?: 'reeve' | 'dinit';
  consoleLevel?: DinitLevel;
  consoleStatus?: 'always' | 'by-level';
  mainLog?: string;
  mainLogLevel?: DinitLevel;
  /** Services that ask for a cgroup are refused, so there is nothing that would count from it. */
  cgroupPath?: string;
}

export function dinitStyleOptions(): readonly Option[] {
  const level = (flags: string, text: string) => new Option(flags, text).choices([...dinitLevels]);
  return [
    new Option('--console-style <STYLE>', 'how the log looks').choices(['reeve', 'dinit']),
    level('--console-level <LEVEL>', "dinit's style: least important messages on the console"),
    new Option('--console-status <WHEN>', "dinit's style: when lines about services are shown").choices([
      'always',
      'by-level',
    ]),
    new Option('--main-log <FILE>', "dinit's style: append the main log to this file"),
    level('--main-log-level <LEVEL>', "dinit's style: least important messages in the main log"),
    new Option(
      '--cgroup-path <PATH>',
      'what relative cgroups count from; without effect, as services cannot use cgroups yet',
    ),
  ];
}

export function dinitStyleOf(values: DinitStyleValues): DinitStyle | undefined {
  const { consoleStyle, consoleLevel = 'warn', consoleStatus = 'always', mainLog, mainLogLevel = 'info' } = values;
  if (consoleStyle !== 'dinit') return undefined;
  return {
    consoleLevel,
    alwaysShowsStatus: consoleStatus === 'always',
    ...(mainLog !== undefined && { mainLog }),
    mainLevel: mainLogLevel,
  };
}

/** The same for the daemon's command line. */
export function dinitStyleWords(style: DinitStyle | undefined): readonly string[] {
  if (!style) return [];
  const { consoleLevel, alwaysShowsStatus, mainLog, mainLevel } = style;
  return [
    '--console-style=dinit',
    `--console-level=${consoleLevel}`,
    `--console-status=${alwaysShowsStatus ? 'always' : 'by-level'}`,
    ...(mainLog === undefined ? [] : [`--main-log=${mainLog}`]),
    `--main-log-level=${mainLevel}`,
  ];
}
