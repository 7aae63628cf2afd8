/** Every request has one reply in the same call; every accepted command has one outcome, then or later. */
import type { Action } from '../../../../src/daemon/engine/action.ts';
import { type CommandId, commandId } from '../../../../src/daemon/model/ids.ts';
import { Broken } from './story.ts';

export class CommandLedger {
  readonly #commands = new Map<CommandId, 'asked' | 'accepted' | 'ended'>();

  open(): CommandId {
    const command = commandId(this.#commands.size + 1);
    this.#commands.set(command, 'asked');
    return command;
  }

  /** What the engine made of a request; the reply in a word. */
  answer(command: CommandId, actions: readonly Action[]): string {
    const replies = actions.filter((action) => action.kind === 'reply');
    const [answer] = replies;
    if (replies.length !== 1 || answer?.command !== command) {
      throw new Broken('every request has one reply', `there are ${replies.length}`);
    }
    const { reply } = answer;
    this.#commands.set(command, reply.kind === 'accepted' ? 'accepted' : 'ended');
    this.settle(actions);
    return reply.kind === 'refused' ? `refused: ${reply.refusal.kind}` : reply.kind;
  }

  settle(actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.kind !== 'outcome') continue;
      const phase = this.#commands.get(action.command);
      if (phase !== 'accepted') throw new Broken('an accepted command has one outcome', `it is ${phase ?? 'unknown'}`);
      this.#commands.set(action.command, 'ended');
    }
  }

  /** Nothing more will come. */
  close(): void {
    const waiting = [...this.#commands.values()].filter((phase) => phase === 'accepted').length;
    if (waiting > 0) throw new Broken('every accepted command has an outcome', `${waiting} have none`);
  }
}
