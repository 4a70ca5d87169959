/**
 * Python as the lint sees it: what is left of Lezer's tree once punctuation is gone. Code that does not parse becomes `unknown` expressions, never an error.
 * Places are relative to the top-level statement that holds them (its `unit`), so that a statement that only moved keeps its tree.
 */

export interface Unit {
  /** Where the top-level statement begins in the document just now. */
  base: number;
  /** Every name that an expression in it asks for. */
  readonly names: ReadonlySet<string>;
  /** Of these those that `:=` binds. */
  readonly walruses: ReadonlySet<string>;
}

export function unitOf(names: ReadonlySet<string>, walruses: ReadonlySet<string>): Unit {
  return { base: 0, names, walruses };
}

export interface Place {
  readonly unit: Unit;
  readonly from: number;
  readonly to: number;
}

export interface Argument extends Place {
  /** Null for a positional one. */
  readonly name: string | null;
  readonly star: "" | "*" | "**";
  readonly value: Expression;
}

export interface Parameter extends Place {
  readonly name: string;
  readonly star: "" | "*" | "**";
  /** It stands after a bare `*` or `*args`. */
  readonly keywordOnly: boolean;
  readonly initial: Expression | null;
}

export interface ComprehensionClause {
  readonly target: Expression;
  readonly iterable: Expression;
  readonly conditions: readonly Expression[];
}

export type Expression = Place &
  (
    | { readonly type: "name"; readonly name: string }
    | { readonly type: "number"; readonly value: number }
    /** Null where it is put together at run time. */
    | { readonly type: "string"; readonly value: string | null }
    | { readonly type: "constant"; readonly value: boolean | null }
    | { readonly type: "attribute"; readonly object: Expression; readonly name: string }
    | { readonly type: "subscript"; readonly object: Expression; readonly index: readonly Expression[] }
    | {
        readonly type: "slice";
        readonly lower: Expression | null;
        readonly upper: Expression | null;
        readonly stepped: boolean;
      }
    /** `open` and `close` are the places of the brackets around the arguments. */
    | {
        readonly type: "call";
        readonly callee: Expression;
        readonly args: readonly Argument[];
        readonly open: number;
        readonly close: number;
      }
    | { readonly type: "unary"; readonly op: string; readonly operand: Expression }
    | { readonly type: "binary"; readonly op: string; readonly left: Expression; readonly right: Expression }
    | {
        readonly type: "conditional";
        readonly test: Expression;
        readonly chosen: Expression;
        readonly otherwise: Expression;
      }
    | { readonly type: "lambda"; readonly parameters: readonly Parameter[]; readonly body: Expression }
    | { readonly type: "sequence"; readonly mutable: boolean; readonly items: readonly Expression[] }
    | {
        readonly type: "dict";
        readonly entries: readonly { readonly key: Expression | null; readonly value: Expression }[];
      }
    | {
        readonly type: "comprehension";
        readonly dict: boolean;
        readonly element: Expression;
        /** Of a dictionary; else null. */
        readonly value: Expression | null;
        readonly clauses: readonly ComprehensionClause[];
      }
    | { readonly type: "star"; readonly value: Expression }
    | { readonly type: "walrus"; readonly name: string; readonly value: Expression }
    | { readonly type: "unknown" }
  );

export type CallExpression = Extract<Expression, { type: "call" }>;

export interface FunctionDefinition extends Place {
  readonly type: "function";
  readonly name: string;
  readonly nameFrom: number;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
  readonly decorators: readonly Expression[];
}

export interface ClassDefinition extends Place {
  readonly type: "class";
  readonly name: string;
  readonly nameFrom: number;
  readonly bases: readonly Argument[];
  readonly body: readonly Statement[];
  readonly decorators: readonly Expression[];
}

export type Statement =
  | FunctionDefinition
  | ClassDefinition
  | (Place &
      (
        | {
            readonly type: "assign";
            readonly targets: readonly Expression[];
            readonly value: Expression;
            readonly annotated: boolean;
          }
        | { readonly type: "declare"; readonly target: Expression }
        | { readonly type: "augment"; readonly target: Expression; readonly op: string; readonly value: Expression }
        | { readonly type: "expression"; readonly value: Expression }
        | { readonly type: "return"; readonly value: Expression | null }
        | {
            readonly type: "if";
            readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[];
            readonly otherwise: readonly Statement[];
          }
        | {
            readonly type: "for";
            readonly target: Expression;
            readonly iterable: Expression;
            readonly body: readonly Statement[];
            readonly otherwise: readonly Statement[];
          }
        | { readonly type: "while"; readonly test: Expression; readonly body: readonly Statement[] }
        | {
            readonly type: "with";
            readonly items: readonly { readonly value: Expression; readonly target: string | null }[];
            readonly body: readonly Statement[];
          }
        | {
            readonly type: "try";
            readonly body: readonly Statement[];
            readonly handlers: readonly (readonly Statement[])[];
            readonly otherwise: readonly Statement[];
            readonly last: readonly Statement[];
          }
        | {
            readonly type: "import";
            /** Null for `import a.b`; the module of `from a.b import …`, with leading dots for relative ones. */
            readonly module: string | null;
            readonly names: readonly { readonly path: string; readonly as: string }[];
          }
        | { readonly type: "match"; readonly bodies: readonly (readonly Statement[])[] }
        | { readonly type: "raise" }
        | { readonly type: "break" }
        | { readonly type: "continue" }
        | { readonly type: "other" }
      ));

export function start(place: Place): number {
  return place.unit.base + place.from;
}

export function end(place: Place): number {
  return place.unit.base + place.to;
}
