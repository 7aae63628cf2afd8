/** The same for each service named: at the same time, with one answer each, and the first failure as the exit status. */
import type { ReeveClient } from '../../api/client.ts';
import { ControlError } from '../../api/control-error.ts';
import { type Context, failureDocument } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { explain } from './explain.ts';
import { type Failure, toFailure } from './failure.ts';

export interface Told {
  /** For people, if anything. */
  readonly line?: string;
  /** For programs, besides the name. */
  readonly document?: object;
  /** Default ok. */
  readonly exitCode?: ExitCode;
}

export async function eachService(
  context: Context,
  names: readonly string[],
  act: (reeve: ReeveClient, name: string) => Promise<Told>,
): Promise<ExitCode> {
  const reeve = await context.connect();
  const results = await Promise.all([...new Set(names)].map((name) => one(context, reeve, name, act)));
  const documents = results.map(({ document }) => document);
  context.print(documents.length === 1 ? documents[0] : documents);
  return results.find(({ exitCode }) => exitCode !== exitCodes.ok)?.exitCode ?? exitCodes.ok;
}

async function one(
  context: Context,
  reeve: ReeveClient,
  name: string,
  act: (reeve: ReeveClient, name: string) => Promise<Told>,
): Promise<{ readonly exitCode: ExitCode; readonly document: object }> {
  try {
    const { line, document, exitCode } = await act(reeve, name);
    if (line !== undefined) context.say(line);
    return { exitCode: exitCode ?? exitCodes.ok, document: { name, ...document } };
  } catch (error) {
    const failure = aboutService(name, error);
    context.fail(failure, context.isJson ? [] : await explain(reeve, error));
    return { exitCode: failure.exitCode, document: { name, ...failureDocument(failure) } };
  } finally {
    context.progress.remove(name);
  }
}

/** Some refusals are not about the service, and yet it must be told which of several it is that they met. */
function aboutService(name: string, error: unknown): Failure {
  const failure = toFailure(error);
  const isTold = !(error instanceof ControlError) || failure.message.startsWith(`${name}: `);
  return isTold ? failure : { ...failure, message: `${name}: ${failure.message}` };
}
