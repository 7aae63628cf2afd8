/** unpin, trigger, untrigger, load, unload, reload: one call for each service, done at once. */
import type { ReeveClient } from '../../api/client.ts';
import type { CommandDefinition, Example } from '../session/command.ts';
import { eachService } from '../session/each-service.ts';

interface SmallChange {
  readonly name: string;
  readonly group: CommandDefinition['group'];
  readonly summary: string;
  readonly examples: readonly Example[];
  /** @returns what the service is now: `web: unpinned` */
  readonly act: (reeve: ReeveClient, name: string) => Promise<{ readonly word: string; readonly document?: object }>;
}

export const unpin = smallChange({
  name: 'unpin',
  group: 'drive',
  summary: 'take pins off',
  examples: [{ command: 'reevectl unpin web', meaning: 'web is free to start and stop again' }],
  act: async (reeve, name) => {
    await reeve.unpin(name);
    return { word: 'unpinned' };
  },
});

export const trigger = smallChange({
  name: 'trigger',
  group: 'drive',
  summary: 'set the trigger of triggered services, which starts them when they are to be up',
  examples: [{ command: 'reevectl trigger network-up', meaning: 'let the services go on that wait for network-up' }],
  act: async (reeve, name) => {
    await reeve.setTrigger(name, true);
    return { word: 'triggered' };
  },
});

export const untrigger = smallChange({
  name: 'untrigger',
  group: 'drive',
  summary: 'reset the trigger of triggered services',
  examples: [{ command: 'reevectl untrigger network-up', meaning: 'the next start waits for a trigger again' }],
  act: async (reeve, name) => {
    await reeve.setTrigger(name, false);
    return { word: 'trigger reset' };
  },
});

export const load = smallChange({
  name: 'load',
  group: 'change',
  summary: 'load services and what they depend on, without starting them',
  examples: [{ command: 'reevectl load web', meaning: 'see whether web can be loaded' }],
  act: async (reeve, name) => {
    const isNew = await reeve.load(name);
    return { word: isNew ? 'loaded' : 'already loaded', document: { isNew } };
  },
});

export const unload = smallChange({
  name: 'unload',
  group: 'change',
  summary: 'forget stopped services that nothing depends on',
  examples: [{ command: 'reevectl unload web', meaning: 'the next start reads the description again' }],
  act: async (reeve, name) => {
    await reeve.unload(name);
    return { word: 'unloaded' };
  },
});

export const reload = smallChange({
  name: 'reload',
  group: 'change',
  summary: 'read the descriptions of services again',
  examples: [{ command: 'reevectl reload web', meaning: 'take what was changed in the file of web' }],
  act: async (reeve, name) => {
    const isNew = await reeve.reload(name);
    return { word: isNew ? 'loaded' : 'reloaded', document: { isNew } };
  },
});

function smallChange({ act, ...rest }: SmallChange): CommandDefinition {
  return {
    ...rest,
    define: (command) => void command.argument('<NAME...>', 'services'),
    run: (context, command) =>
      eachService(context, command.args, async (reeve, name) => {
        const { word, document } = await act(reeve, name);
        return { line: `${name}: ${word}`, document: { ok: true, ...document } };
      }),
  };
}
