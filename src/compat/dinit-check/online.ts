/** Service directories and environment of a running daemon. */
import { errorText } from '../../dinit/error-text.ts';
import { DaemonSession, readFailure, type SessionWords } from '../daemon-session.ts';
import { parseEnvironment } from '../environment-file.ts';
import { Failure } from '../failure.ts';
import { program } from './command-line.ts';

const words: SessionWords = {
  program,
  peer: 'daemon',
  connectFailed: (path, errno) => Failure.of(program, `connecting to socket ${path}: ${errorText(errno)}`),
  violated: (request) => (request === 'query-version' ? readFailure : 'protocol error'),
};

export interface DaemonFacts {
  readonly directories: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
}

/** @throws {Failure} */
export async function askDaemon(socketPath: string): Promise<DaemonFacts> {
  using session = await DaemonSession.open(socketPath, words);
  const mechanism = await session.ask({ kind: 'query-load-mechanism' });
  if (mechanism.kind !== 'load-mechanism') throw session.violation('query-load-mechanism');
  const workingDirectory = mechanism.workingDirectory.toString();
  const directories = mechanism.directories.map((bytes) => {
    const directory = bytes.toString();
    if (directory.startsWith('/')) return directory;
    if (workingDirectory === '') throw session.failure('unable to retrieve service description directories');
    return `${workingDirectory}/${directory}`;
  });
  const reply = await session.ask({ kind: 'get-environment', reserved: 0 });
  if (reply.kind !== 'environment') throw session.violation('get-environment');
  return { directories, environment: parseEnvironment(reply.environment) };
}
