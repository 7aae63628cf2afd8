/** Which launcher the system tests run with: REEVE_LAUNCHER, which the projects of vitest.config.ts set. */

export type LauncherKind = 'native' | 'portable';

export const launcherKind: LauncherKind = process.env['REEVE_LAUNCHER'] === 'portable' ? 'portable' : 'native';
