/** shutdown and its other names: its first argument is the name that it was called by. This file only wires. */
import { runProgram } from '../run-program.ts';
import { runShutdown } from './shutdown.ts';

const sleepForever = (): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};

void runProgram(([called = 'shutdown', ...args], output) =>
  runShutdown(called, args, { output, environment: process.env, sleepForever }),
);
