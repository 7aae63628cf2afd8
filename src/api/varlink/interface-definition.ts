/** A Varlink interface as data: what a `.varlink` file says. */

export interface InterfaceDefinition {
  /** `io.reeve.Control` */
  readonly name: string;
  /** The whole text with its comments, for introspection. */
  readonly text: string;
  readonly documentation: string;
  readonly types: ReadonlyMap<string, TypeMember>;
  readonly methods: ReadonlyMap<string, MethodMember>;
  readonly errors: ReadonlyMap<string, ErrorMember>;
}

export interface TypeMember {
  readonly name: string;
  readonly documentation: string;
  readonly type: StructType | EnumType;
}

export interface MethodMember {
  readonly name: string;
  readonly documentation: string;
  readonly input: StructType;
  readonly output: StructType;
}

export interface ErrorMember {
  readonly name: string;
  readonly documentation: string;
  readonly parameters: StructType;
}

export type ValueType =
  | { readonly kind: 'bool' | 'int' | 'float' | 'string' | 'object' | 'any' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'nullable'; readonly of: ValueType }
  | { readonly kind: 'array'; readonly of: ValueType }
  | { readonly kind: 'map'; readonly of: ValueType }
  | StructType
  | EnumType;

export interface StructType {
  readonly kind: 'struct';
  readonly fields: ReadonlyMap<string, ValueType>;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly values: readonly string[];
}
