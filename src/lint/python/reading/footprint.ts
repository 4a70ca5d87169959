import { STAR } from "../interpret/names.ts";
import type { Expression, Statement, Unit } from "../syntax/types.ts";

/** What a top-level statement has to do with names of the module, read off its words alone. */
export interface Footprint {
  /** Names that running it may bind there; `*` where it imports a library whole. */
  readonly binds: ReadonlySet<string>;
  /** Of these those that may keep what they were: a condition decides, or the old value is part of the new one. */
  readonly keeps: ReadonlySet<string>;
  /** Names that running it may ask for at once, those that it may keep included. Bodies of functions ask only when somebody calls them. */
  readonly asks: ReadonlySet<string>;
}

export function footprintOf(unit: Unit, statements: readonly Statement[]): Footprint {
  const binds = new Set<string>();
  const asks = new Set<string>();
  const keeps = new Set<string>();
  for (const statement of statements) {
    bindsOf(statement, binds);
    asksOf(statement, unit, asks);
    if (!alwaysBinds(statement)) bindsOf(statement, keeps);
  }
  for (const name of unit.walruses) {
    binds.add(name);
    keeps.add(name);
  }
  // Libraries that are imported whole add up.
  if (binds.has(STAR)) keeps.add(STAR);
  for (const name of keeps) asks.add(name);
  return { binds, keeps, asks };
}

function bindsOf(statement: Statement, binds: Set<string>): void {
  const block = (body: readonly Statement[]) => {
    for (const inner of body) bindsOf(inner, binds);
  };
  switch (statement.type) {
    case "function":
    case "class":
      binds.add(statement.name);
      return;
    case "import":
      for (const { path, as } of statement.names)
        binds.add(
          path === "*" ? STAR : as !== "" ? as : statement.module === null ? (path.split(".")[0] ?? path) : path,
        );
      return;
    case "assign":
      for (const target of statement.targets) namesOf(target, binds);
      return;
    case "augment":
      namesOf(statement.target, binds);
      return;
    case "if":
      for (const { body } of statement.branches) block(body);
      block(statement.otherwise);
      return;
    case "for":
      namesOf(statement.target, binds);
      block(statement.body);
      block(statement.otherwise);
      return;
    case "while":
      block(statement.body);
      return;
    case "with":
      for (const { target } of statement.items) if (target !== null) binds.add(target);
      block(statement.body);
      return;
    case "try":
      block(statement.body);
      for (const handler of statement.handlers) block(handler);
      block(statement.otherwise);
      block(statement.last);
      return;
    case "match":
      for (const body of statement.bodies) block(body);
      return;
    default:
  }
}

/** Whether every name that it may bind is certainly bound anew. */
function alwaysBinds(statement: Statement): boolean {
  if (statement.type === "assign") return statement.targets.every(({ type }) => type === "name");
  return statement.type === "function" || statement.type === "class" || statement.type === "import";
}

function asksOf(statement: Statement, unit: Unit, asks: Set<string>): void {
  if (statement.type === "function" || statement.type === "import") return;
  if (statement.type !== "class") {
    for (const name of unit.names) asks.add(name);
    return;
  }
  for (const { value } of statement.bases) namesOf(value, asks);
  for (const inner of statement.body) if (inner.type !== "function") namesOf(inner, asks);
}

/** Every name in a tree. */
function namesOf(tree: Expression | Statement, found: Set<string>): void {
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) walk(item);
      return;
    }
    if (typeof node !== "object" || node === null) return;
    if ("type" in node && node.type === "name" && "name" in node && typeof node.name === "string") found.add(node.name);
    for (const [key, child] of Object.entries(node)) if (key !== "unit") walk(child);
  };
  if (tree.type === "name") found.add(tree.name);
  else walk(tree);
}
