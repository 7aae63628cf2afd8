/** One request, one answer: the table of who answers what. */
import type { Request } from '../../dinit/requests.ts';
import { answerCommand, answerTrigger, answerUnpin } from './answer-commands.ts';
import { answerSetEnvironment } from './answer-environment.ts';
import { answerDependency, answerEnable } from './answer-links.ts';
import { answerCloseHandle, answerFind, answerLoad, answerReload, answerUnload } from './answer-loading.ts';
import { answerLog, answerShutdown, answerSignal } from './answer-process.ts';
import {
  answerDirectory,
  answerGetEnvironment,
  answerList,
  answerLoadMechanism,
  answerName,
  answerStatus,
  answerVersion,
} from './answer-queries.ts';
import { ack, type Answer, type RequestContext } from './client.ts';

export function answer(request: Request, context: RequestContext): Answer | Promise<Answer> {
  switch (request.kind) {
    case 'query-version':
      return answerVersion();
    case 'find':
      return answerFind(request, context);
    case 'load':
      return answerLoad(request, context);
    case 'start':
    case 'stop':
    case 'wake':
    case 'release':
      return answerCommand(request, context);
    case 'unpin':
      return answerUnpin(request, context);
    case 'list':
    case 'list-5':
      return answerList(request, context);
    case 'unload':
      return answerUnload(request, context);
    case 'shutdown':
      return answerShutdown(request, context);
    case 'add-dependency':
    case 'remove-dependency':
      return answerDependency(request, context);
    case 'query-load-mechanism':
      return answerLoadMechanism(context);
    case 'enable':
    case 'enable-7':
      return answerEnable(request, context);
    case 'query-name':
      return answerName(request, context);
    case 'reload':
      return answerReload(request, context);
    case 'set-environment':
      return answerSetEnvironment(request, context);
    case 'status':
    case 'status-5':
    case 'status-6':
      return answerStatus(request, context);
    case 'set-trigger':
      return answerTrigger(request, context);
    case 'read-log':
      return answerLog(request, context);
    case 'signal':
      return answerSignal(request, context);
    case 'query-directory':
      return answerDirectory(request, context);
    case 'close-handle':
      return answerCloseHandle(request, context);
    case 'get-environment':
      return answerGetEnvironment(request, context);
    case 'listen-environment':
      context.client.listenToEnvironment();
      return ack;
    default:
      return request satisfies never;
  }
}
