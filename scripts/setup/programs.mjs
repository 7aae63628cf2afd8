/** The TypeScript programs: where each begins, its bundle, and the command that people type, if any. */
export const programs = [
  { entry: 'src/reeve/main.ts', bundle: 'build/lib/reeve.cjs', command: 'reeve' },
  { entry: 'src/control/main.ts', bundle: 'build/lib/reevectl.cjs', command: 'reevectl' },
  { entry: 'src/daemon/main.ts', bundle: 'build/lib/daemon.cjs' },
  { entry: 'src/plan/compile.ts', bundle: 'build/lib/compiler.cjs' },
];
