/** The part of JSON Schema that the configuration is written in; any validator of draft 7 and later understands it. */
export interface SchemaNode {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  /** One or two sentences; the reference and the chart's values show them. */
  readonly description: string;
  readonly default?: unknown;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** What to write instead of a value of another form; begins with "must". */
  readonly 'x-expected'?: string;
  readonly uniqueItems?: true;
  readonly maxItems?: number;
  readonly items?: SchemaNode;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

/** The values that a schema lets pass, its defaults filled in: a property is there when it is required or has a default. */
export type ValueOf<Node> = Node extends { readonly const: infer Only }
  ? Only
  : Node extends { readonly enum: readonly (infer Choice)[] }
    ? Choice
    : Node extends { readonly properties: infer Fields }
      ? FieldsOf<Fields, Node extends { readonly required: readonly (infer Name)[] } ? Name : never>
      : Node extends { readonly items: infer Item }
        ? readonly ValueOf<Item>[]
        : Node extends { readonly type: 'string' }
          ? string
          : Node extends { readonly type: 'integer' }
            ? number
            : boolean;

type FieldsOf<Fields, Required> = {
  readonly [Name in keyof Fields as IsThere<Name, Fields[Name], Required> extends true ? Name : never]: ValueOf<
    Fields[Name]
  >;
} & {
  readonly [Name in keyof Fields as IsThere<Name, Fields[Name], Required> extends true ? never : Name]?: ValueOf<
    Fields[Name]
  >;
};

type IsThere<Name, Field, Required> = Name extends Required
  ? true
  : Field extends { readonly default: unknown }
    ? true
    : false;
