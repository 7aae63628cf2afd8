/**
 * The TypeScript programs: where each begins, its bundle, and the command that people type, if any. `compat` are the names under which a program stands in for
 * one of dinit, in a directory of their own that can be put on PATH; `passesName` hands it the name that it was called by.
 */
export const programs = [
  { entry: 'src/reeve/main.ts', bundle: 'build/lib/reeve.cjs', command: 'reeve' },
  { entry: 'src/control/main.ts', bundle: 'build/lib/reevectl.cjs', command: 'reevectl' },
  { entry: 'src/control/graph/svg.ts', bundle: 'build/lib/reevectl-svg.cjs' },
  { entry: 'src/daemon/main.ts', bundle: 'build/lib/daemon.cjs' },
  { entry: 'src/daemon/portable/main.ts', bundle: 'build/lib/portable.cjs' },
  { entry: 'src/plan/compile.ts', bundle: 'build/lib/compiler.cjs' },
  { entry: 'src/compat/dinit/main.ts', bundle: 'build/lib/dinit.cjs', compat: ['dinit'] },
  { entry: 'src/compat/dinit-ready/main.ts', bundle: 'build/lib/dinit-ready.cjs' },
  { entry: 'src/compat/dinitctl/main.ts', bundle: 'build/lib/dinitctl.cjs', compat: ['dinitctl'] },
  { entry: 'src/compat/dinit-check/main.ts', bundle: 'build/lib/dinit-check.cjs', compat: ['dinit-check'] },
  { entry: 'src/compat/dinit-monitor/main.ts', bundle: 'build/lib/dinit-monitor.cjs', compat: ['dinit-monitor'] },
  {
    entry: 'src/compat/shutdown/main.ts',
    bundle: 'build/lib/shutdown.cjs',
    compat: ['shutdown', 'halt', 'poweroff', 'reboot', 'soft-reboot'],
    passesName: true,
  },
];
