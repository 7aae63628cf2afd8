/** dinitctl: controls a daemon that speaks dinit's control protocol. This file only wires. */
import { runProgram } from '../run-program.ts';
import { runDinitctl } from './dinitctl.ts';

void runProgram((args, output) => runDinitctl(args, { output, environment: process.env, uid: process.getuid?.() }));
