import { Failure } from './failure.ts';
import { type Output, standardOutput } from './output.ts';

/** Runs a command to its end and makes its result the exit status of the process. */
export async function runProgram(
  main: (args: readonly string[], output: Output) => Promise<number> | number,
): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2), standardOutput);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    standardOutput.err(error.message);
    process.exitCode = 1;
  }
}
