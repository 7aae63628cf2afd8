/** dinit-monitor: runs a command when services or environment variables change. This file only wires. */
import { runProgram } from '../run-program.ts';
import { runMonitor } from './dinit-monitor.ts';

void runProgram((args, output) => runMonitor(args, { output, environment: process.env, uid: process.getuid?.() }));
