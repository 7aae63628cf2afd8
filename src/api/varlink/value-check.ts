/** Whether values on the wire are what an interface definition says. Absent and `null` are the same for what may be missing. */
import { isJsonObject, type JsonObject } from './envelope.ts';
import type { InterfaceDefinition, StructType, ValueType } from './interface-definition.ts';

/** The path of the first field that is missing, unknown or of the wrong type (`item.state`), or undefined when all is well. */
export function findInvalidField(
  definition: InterfaceDefinition,
  struct: StructType,
  values: JsonObject,
): string | undefined {
  for (const name in values) {
    if (!struct.fields.has(name)) return name;
  }
  for (const [name, type] of struct.fields) {
    const inside = findInvalid(definition, type, Object.hasOwn(values, name) ? values[name] : undefined);
    if (inside !== undefined) return inside === '' ? name : `${name}.${inside}`;
  }
  return undefined;
}

/** Like `findInvalidField`, with '' for the value itself. */
function findInvalid(definition: InterfaceDefinition, type: ValueType, value: unknown): string | undefined {
  switch (type.kind) {
    case 'nullable':
      return value === undefined || value === null ? undefined : findInvalid(definition, type.of, value);
    case 'bool':
      return typeof value === 'boolean' ? undefined : '';
    case 'int':
      return Number.isSafeInteger(value) ? undefined : '';
    case 'float':
      return Number.isFinite(value) ? undefined : '';
    case 'string':
      return typeof value === 'string' ? undefined : '';
    case 'any':
      return value === undefined || value === null ? '' : undefined;
    case 'object':
      return isJsonObject(value) ? undefined : '';
    case 'enum':
      return typeof value === 'string' && type.values.includes(value) ? undefined : '';
    case 'struct':
      return isJsonObject(value) ? findInvalidField(definition, type, value) : '';
    case 'array':
      return Array.isArray(value) ? findInvalidElement(definition, type.of, value.entries()) : '';
    case 'map':
      return isJsonObject(value) ? findInvalidElement(definition, type.of, Object.entries(value)) : '';
    case 'named': {
      const member = definition.types.get(type.name);
      return member ? findInvalid(definition, member.type, value) : '';
    }
    default:
      return type satisfies never;
  }
}

function findInvalidElement(
  definition: InterfaceDefinition,
  type: ValueType,
  entries: Iterable<readonly [string | number, unknown]>,
): string | undefined {
  for (const [key, value] of entries) {
    const inside = findInvalid(definition, type, value);
    if (inside !== undefined) return inside === '' ? `[${key}]` : `[${key}].${inside}`;
  }
  return undefined;
}
