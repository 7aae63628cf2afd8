/** Where findings go, and whether there were any that count. */
import { problemWords } from '../../dinit/description-text.ts';
import { namedAtFault, shownFile } from '../../dinit/load-failure-text.ts';
import type { Problem } from '../../service/description.ts';
import type { Output } from '../output.ts';

export class Report {
  readonly #output: Output;
  #hasFindings = false;

  constructor(output: Output) {
    this.#output = output;
  }

  get hasFindings(): boolean {
    return this.#hasFindings;
  }

  say(line: string): void {
    this.#output.out(`${line}\n`);
  }

  /** A line that does not make the check fail. */
  note(line: string): void {
    this.#output.err(`${line}\n`);
  }

  finding(line: string): void {
    this.#hasFindings = true;
    this.#output.err(`${line}\n`);
  }

  warning(service: string, text: string): void {
    this.finding(`Service '${service}': warning: ${text}`);
  }

  /** @returns true when nothing more is to be said about this service. */
  problem(service: string, mainFile: string | undefined, problem: Problem): boolean {
    const { form, text, setting } = problemWords(problem);
    switch (form) {
      case 'structure':
      case 'include':
      case 'command':
      case 'unloadable':
        // The text may begin with the path of a file that is included.
        this.finding(`Unable to load service '${service}': ${shownFile(text, mainFile)}`);
        return true;
      case 'line':
      case 'setting-line': {
        const { file = '', line = 0 } = problem.origin ?? {};
        this.finding(`Service '${namedAtFault(service, problem)}' (${shownFile(file, mainFile)}:${line}): ${text}`);
        return false;
      }
      case 'setting':
        this.finding(`Service '${service}' setting '${setting}': ${text}`);
        return false;
      case 'path':
        this.finding(`Service '${service}': ${setting}: ${text}`);
        return false;
      case 'load':
        this.finding(`Service '${service}': ${withoutPath(text)}`);
        return false;
      default:
        return form satisfies never;
    }
  }
}

/** Of an environment file only the error is told. */
function withoutPath(text: string): string {
  return text.replace(/^(could not load environment file: ).*: ([^:]*)$/s, '$1$2');
}
