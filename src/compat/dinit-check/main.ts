/** dinit-check: checks service descriptions without starting anything. This file only wires. */
import { SystemUserDatabase } from '../../plan/user-database.ts';
import { runProgram } from '../run-program.ts';
import { runCheck } from './dinit-check.ts';

void runProgram((args, output) =>
  runCheck(args, { output, environment: process.env, uid: process.geteuid?.() ?? 0, users: new SystemUserDatabase() }),
);
