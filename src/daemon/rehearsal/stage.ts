/** A copy of the engine's state to play with: what is done to it touches nobody. Descriptions are shared, because nothing changes them. */
import type { Service } from '../model/service.ts';
import type { EngineState } from '../model/state.ts';

export function copyState({ services, ...rest }: EngineState): EngineState {
  const records = services.map((service) => {
    if (!service) return null;
    const { description: _description, ...record } = service;
    return { ...record, commands: [] };
  });
  const copies = structuredClone(records);
  return {
    ...structuredClone(rest),
    services: copies.map((record, index): Service | null => {
      const description = services[index]?.description;
      return record && description ? { ...record, description } : null;
    }),
  };
}
