import { canonicalPath } from "../python/interpret/names.ts";
import { type Expression, end, type Statement, start } from "../python/syntax/types.ts";
import type { TextEdit } from "../types.ts";
import { lineEnd } from "./edits.ts";

type Import = Extract<Statement, { type: "import" }>;

/** How a module can be written in this source: `nn.init`, `torch.nn.init`, `init`. */
export interface Imports {
  /** The path behind a dotted name; null for what no import of the file's top explains. */
  pathOf(expression: Expression): string | null;
  /** Words for a module, and the import that they need where no import gives them yet. */
  wordsFor(
    path: string,
    fallback: { readonly statement: string; readonly words: string },
  ): { readonly words: string; readonly edits: readonly TextEdit[] };
}

export function importsOf(statements: readonly Statement[], text: string): Imports {
  const bound = new Map<string, string>();
  const all = importStatements(statements);
  for (const { module, names } of all)
    for (const { path, as } of names) {
      if (path === "*") continue;
      if (module !== null)
        bound.set(as === "" ? path : as, canonicalPath(module.endsWith(".") ? module + path : `${module}.${path}`));
      else if (as !== "") bound.set(as, canonicalPath(path));
      else {
        const root = path.split(".")[0] ?? path;
        bound.set(root, root);
      }
    }
  return {
    pathOf(expression) {
      const dotted = dottedName(expression);
      if (dotted === null) return null;
      const [first = "", ...rest] = dotted.split(".");
      const base = bound.get(first);
      return base === undefined ? null : canonicalPath([base, ...rest].join("."));
    },
    wordsFor(path, fallback) {
      // The shortest words; a path may go by several names (`flax.linen.initializers` is `jax.nn.initializers`).
      const found = [...bound].flatMap(([name, base]) => {
        const rest = restOf(path, base);
        return rest === null ? [] : [rest === "" ? name : `${name}.${rest}`];
      });
      const [words] = found.sort((a, b) => a.length - b.length);
      if (words !== undefined) return { words, edits: [] };
      const [first] = all;
      const last = lastLeading(statements) ?? first;
      if (last === undefined) return { words: fallback.words, edits: [] };
      const at = lineEnd(text, end(last));
      return { words: fallback.words, edits: [{ from: at, to: at, text: `\n${fallback.statement}` }] };
    },
  };
}

/** "init" for "torch.nn.init" below "torch.nn"; null where it is not below. */
function restOf(path: string, base: string): string | null {
  if (base === path) return "";
  if (path.startsWith(`${base}.`)) return path.slice(base.length + 1);
  return path === "jax.nn.initializers" && (base === "flax.linen" || base === "flax.nnx") ? "initializers" : null;
}

export function dottedName(expression: Expression): string | null {
  if (expression.type === "name") return expression.name;
  if (expression.type !== "attribute") return null;
  const object = dottedName(expression.object);
  return object === null ? null : `${object}.${expression.name}`;
}

/** Those of the file's top, also within `try` and `if`. */
function importStatements(statements: readonly Statement[]): readonly Import[] {
  return statements.flatMap((statement): readonly Import[] => {
    if (statement.type === "import") return [statement];
    if (statement.type === "try") return importStatements(statement.body);
    return statement.type === "if" ? importStatements(statement.branches.flatMap(({ body }) => body)) : [];
  });
}

/** The last import before anything else happens; a docstring may stand above. */
function lastLeading(statements: readonly Statement[]): Import | undefined {
  let last: Import | undefined;
  for (const statement of statements) {
    if (statement.type === "import") last = statement;
    else if (!(statement.type === "expression" && statement.value.type === "string" && start(statement) >= 0)) break;
  }
  return last;
}
