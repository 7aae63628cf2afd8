/** What dinitctl says when something goes wrong between it and the daemon. */
import { errorText } from '../../dinit/error-text.ts';
import type { RequestKind } from '../../dinit/requests.ts';
import { readFailure, type SessionWords } from '../daemon-session.ts';
import { Failure } from '../failure.ts';

export const program = 'dinitctl';

/** The text is the same sentence in four forms; which one is for which request has no deeper reason. */
const violationTexts: Readonly<Record<RequestKind, string>> = {
  'query-version': readFailure,
  find: 'protocol error',
  load: 'protocol error',
  start: 'protocol error.',
  stop: 'protocol error.',
  wake: 'protocol error.',
  release: 'protocol error.',
  unpin: 'protocol error.',
  list: 'control socket protocol error',
  unload: 'protocol error.',
  shutdown: 'control socket protocol error',
  'add-dependency': 'control socket protocol error',
  'remove-dependency': 'control socket protocol error',
  'query-load-mechanism': 'protocol error',
  enable: 'control socket protocol error',
  'query-name': readFailure,
  reload: 'protocol error.',
  'set-environment': 'protocol error',
  status: 'protocol error.',
  'set-trigger': 'protocol error.',
  'read-log': 'protocol error.',
  signal: 'protocol error.',
  'query-directory': 'protocol error',
  'close-handle': 'protocol error',
  'get-environment': 'protocol error',
  'list-5': 'control socket protocol error',
  'status-5': 'protocol error.',
  'listen-environment': 'protocol error',
  'status-6': 'protocol error.',
  'enable-7': 'protocol error.',
};

const noSuchFile = 2;

/** @param mayBeAbsent A user's instance at its usual place: that it does not run is no surprise. */
export function sessionWords(mayBeAbsent: boolean): SessionWords {
  return {
    program,
    peer: 'daemon',
    connectFailed: (path, errno) => {
      const first = `connecting to socket: ${path}: ${errorText(errno)}`;
      const isAbsent = mayBeAbsent && errno === noSuchFile;
      return Failure.of(program, first, ...(isAbsent ? ['perhaps no user instance is running?'] : []));
    },
    violated: (request) => violationTexts[request],
  };
}

export const failure = (...lines: readonly string[]): Failure => Failure.of(program, ...lines);
