/**
 * Reads the Varlink interface definition language (UAPI.20). The whole grammar is understood; names that are used but not defined, and names
 * defined twice, are refused.
 */
import type {
  EnumType,
  ErrorMember,
  InterfaceDefinition,
  MethodMember,
  StructType,
  TypeMember,
  ValueType,
} from './interface-definition.ts';

export class InterfaceSyntaxError extends Error {
  override readonly name = 'InterfaceSyntaxError';
  readonly code = 'REEVE_VARLINK_INTERFACE';
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** @throws {InterfaceSyntaxError} */
export function parseInterface(text: string): InterfaceDefinition {
  return new Parser(text).interface();
}

interface Token {
  readonly text: string;
  readonly line: number;
  /** The comment block right before it, without `#` and one blank. */
  readonly documentation: string;
  readonly startsLine: boolean;
}

const tokenPattern =
  /[ \t\r]+|(?<newline>\n)|#(?<comment>[^\n]*)|(?<token>->|\[string\]|\[\]|[()?:,]|[A-Za-z0-9_.-]+)/y;
const interfaceName = /^[A-Za-z](?:-*[A-Za-z0-9])*(?:\.[A-Za-z0-9](?:-*[A-Za-z0-9])*)+$/;
const memberName = /^[A-Z][A-Za-z0-9]*$/;
const fieldName = /^[A-Za-z](?:_?[A-Za-z0-9])*$/;
const baseTypes = new Set(['bool', 'int', 'float', 'string', 'object', 'any'] as const);

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let comments: string[] = [];
  let startsLine = true;
  let hasComment = false;
  for (let at = 0; at < text.length; at = tokenPattern.lastIndex) {
    tokenPattern.lastIndex = at;
    const groups = tokenPattern.exec(text)?.groups;
    if (!groups) throw new InterfaceSyntaxError(`unexpected ${JSON.stringify(text[at])}`, line);
    if (groups['newline'] !== undefined) {
      // An empty line ends a comment block: it documents nothing.
      if (startsLine && !hasComment) comments = [];
      line++;
      startsLine = true;
      hasComment = false;
    } else if (groups['comment'] !== undefined) {
      if (startsLine) comments.push(groups['comment'].replace(/^ /, ''));
      hasComment = true;
    } else if (groups['token'] !== undefined) {
      tokens.push({ text: groups['token'], line, documentation: comments.join('\n'), startsLine });
      comments = [];
      startsLine = false;
    }
  }
  return tokens;
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #uses: Token[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  interface(): InterfaceDefinition {
    const { documentation } = this.#expect('interface');
    const name = this.#name(interfaceName, 'an interface name');
    const types = new Map<string, TypeMember>();
    const methods = new Map<string, MethodMember>();
    const errors = new Map<string, ErrorMember>();
    while (this.#at < this.#tokens.length) {
      const keyword = this.#next('type, method or error');
      if (!keyword.startsLine) throw new InterfaceSyntaxError(`${keyword.text} must begin a line`, keyword.line);
      const member = this.#name(memberName, 'a name that begins with a capital letter');
      const head = { name: member.text, documentation: keyword.documentation };
      if (types.has(head.name) || methods.has(head.name) || errors.has(head.name)) {
        throw new InterfaceSyntaxError(`${head.name} is defined twice`, member.line);
      }
      switch (keyword.text) {
        case 'type':
          types.set(head.name, { ...head, type: this.#structOrEnum() });
          break;
        case 'method': {
          const input = this.#struct();
          this.#expect('->');
          methods.set(head.name, { ...head, input, output: this.#struct() });
          break;
        }
        case 'error':
          errors.set(head.name, { ...head, parameters: this.#struct() });
          break;
        default:
          throw new InterfaceSyntaxError(`expected type, method or error, got ${keyword.text}`, keyword.line);
      }
    }
    for (const use of this.#uses) {
      if (!types.has(use.text)) throw new InterfaceSyntaxError(`type ${use.text} is not defined`, use.line);
    }
    return { name: name.text, text: this.#text, documentation, types, methods, errors };
  }

  #struct(): StructType {
    const begin = this.#peek();
    const type = this.#structOrEnum();
    if (type.kind !== 'struct') throw new InterfaceSyntaxError('expected fields with types', begin?.line ?? 1);
    return type;
  }

  #structOrEnum(): StructType | EnumType {
    this.#expect('(');
    const fields = new Map<string, ValueType>();
    const values = new Set<string>();
    if (this.#peek()?.text === ')') {
      this.#at++;
      return { kind: 'struct', fields };
    }
    for (;;) {
      const name = this.#name(fieldName, 'a field name');
      if (fields.has(name.text) || values.has(name.text)) {
        throw new InterfaceSyntaxError(`${name.text} is there twice`, name.line);
      }
      const isField = this.#peek()?.text === ':';
      if (isField ? values.size > 0 : fields.size > 0) {
        throw new InterfaceSyntaxError('fields and enum values are mixed', name.line);
      }
      if (isField) {
        this.#at++;
        fields.set(name.text, this.#type());
      } else {
        values.add(name.text);
      }
      const end = this.#next(') or ,');
      if (end.text === ')') return values.size > 0 ? { kind: 'enum', values: [...values] } : { kind: 'struct', fields };
      if (end.text !== ',') throw new InterfaceSyntaxError(`expected ) or , got ${end.text}`, end.line);
    }
  }

  #type(): ValueType {
    const token = this.#next('a type');
    switch (token.text) {
      case '?': {
        const of = this.#type();
        if (of.kind === 'nullable') throw new InterfaceSyntaxError('?? is not a type', token.line);
        return { kind: 'nullable', of };
      }
      case '[]':
        return { kind: 'array', of: this.#type() };
      case '[string]':
        return { kind: 'map', of: this.#type() };
      case '(':
        this.#at--;
        return this.#structOrEnum();
      default:
        for (const kind of baseTypes) if (kind === token.text) return { kind };
        if (!memberName.test(token.text))
          throw new InterfaceSyntaxError(`expected a type, got ${token.text}`, token.line);
        this.#uses.push(token);
        return { kind: 'named', name: token.text };
    }
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #next(expected: string): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw new InterfaceSyntaxError(`expected ${expected}, got the end`, this.#tokens.at(-1)?.line ?? 1);
    return token;
  }

  #expect(text: string): Token {
    const token = this.#next(text);
    if (token.text !== text) throw new InterfaceSyntaxError(`expected ${text}, got ${token.text}`, token.line);
    return token;
  }

  #name(pattern: RegExp, expected: string): Token {
    const token = this.#next(expected);
    if (!pattern.test(token.text))
      throw new InterfaceSyntaxError(`expected ${expected}, got ${token.text}`, token.line);
    return token;
  }
}
