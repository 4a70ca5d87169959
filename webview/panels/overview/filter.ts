import { columnById } from "./columns.ts";
import { type Item, leavesOf, matrixSize } from "./model.ts";

/**
 * The filter box: words that must all hold. Plain text is searched in the name; `*` and `?` make it a glob over the whole name;
 * `role:weight`, `dtype:f32` and `origin:trained` compare (a glob too); `rows>100`, `params>=1M`, `std<0.01` compare numbers; a leading `-` negates.
 */
export type Term = (item: Item) => boolean;

const NUMERIC_FIELDS: Readonly<Record<string, (item: Item) => number | null>> = {
  rows: (item) => matrixSize(item)?.rows ?? null,
  columns: (item) => matrixSize(item)?.columns ?? null,
  cols: (item) => matrixSize(item)?.columns ?? null,
  ndim: (item) => item.shape.length,
  params: (item) => item.elements,
  parameters: (item) => item.elements,
  bytes: (item) => item.tensor.storedBytes,
  mean: byColumn("mean"),
  std: byColumn("std"),
  min: byColumn("min"),
  max: byColumn("max"),
  zeros: byColumn("zeros"),
  nan: (item) => (item.statistics.kind === "done" ? item.statistics.result.nan : null),
  inf: (item) => (item.statistics.kind === "done" ? item.statistics.result.infinite : null),
  norm: byColumn("spectralNorm"),
  srank: byColumn("stableRank"),
  erank: byColumn("effectiveRank"),
  modes: byColumn("signalModes"),
  edge: byColumn("edgeRatio"),
  alpha: byColumn("alpha"),
  travel: byColumn("travel"),
  findings: byColumn("findings"),
  errors: (item) => item.lint?.findings.filter(({ severity }) => severity === "error").length ?? null,
};

function byColumn(id: string): (item: Item) => number | null {
  return (item) => {
    const value = columnById(id)?.value(item);
    return typeof value === "number" ? value : null;
  };
}

const SCALE: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9 };

function compare(left: number, operator: string, right: number): boolean {
  switch (operator) {
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    default:
      return left === right;
  }
}

function parseTerm(word: string): Term {
  const keyed = /^(role|dtype|name|origin):(.+)$/i.exec(word);
  if (keyed !== null) {
    const [, key = "", pattern = ""] = keyed;
    if (key.toLowerCase() === "name") return nameTerm(pattern);
    if (key.toLowerCase() === "origin") {
      const wanted = wholeMatcher(`*${pattern}*`);
      return (item) => wanted(String(columnById("origin")?.value(item) ?? ""));
    }
    const matches = wholeMatcher(pattern);
    return key.toLowerCase() === "role" ? (item) => matches(item.tensor.role) : (item) => matches(item.tensor.dtype);
  }
  const numeric = /^([a-z]+)(>=|<=|>|<|=)(-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([kmg]?)$/i.exec(word);
  if (numeric !== null) {
    const [, name = "", operator = "", digits = "", suffix = ""] = numeric;
    const key = name.toLowerCase();
    const read = Object.hasOwn(NUMERIC_FIELDS, key) ? NUMERIC_FIELDS[key] : undefined;
    if (read !== undefined) {
      const limit = Number(digits) * (SCALE[suffix.toLowerCase()] ?? 1);
      return (item) => {
        const value = read(item);
        return value !== null && compare(value, operator, limit);
      };
    }
  }
  return nameTerm(word);
}

function nameTerm(word: string): Term {
  if (/[*?]/.test(word)) {
    const matches = wholeMatcher(word);
    return (item) => matches(item.tensor.name) || (item.part !== null && matches(item.part.label));
  }
  const wanted = word.toLowerCase();
  return (item) =>
    item.tensor.name.toLowerCase().includes(wanted) || (item.part?.label.toLowerCase().includes(wanted) ?? false);
}

/** Glob over the whole text, ignoring case. Two pointers with one step back to the last star: linear × stars, never exponential. */
export function wholeMatcher(pattern: string): (text: string) => boolean {
  const glob = pattern.toLowerCase();
  return (raw) => {
    const text = raw.toLowerCase();
    let at = 0;
    let in_ = 0;
    let star = -1;
    let mark = 0;
    while (at < text.length) {
      if (glob[in_] === "*") {
        star = in_++;
        mark = at;
      } else if (glob[in_] === "?" || (in_ < glob.length && glob[in_] === text[at])) {
        in_++;
        at++;
      } else if (star >= 0) {
        in_ = star + 1;
        at = ++mark;
      } else return false;
    }
    while (glob[in_] === "*") in_++;
    return in_ === glob.length;
  };
}

export interface Filter {
  readonly text: string;
  /** A role, or "" for every role. */
  readonly role: string;
}

export function isActive(filter: Filter): boolean {
  return filter.text.trim() !== "" || filter.role !== "";
}

/** Whether an item passes: itself, or for a fused tensor any of its parts. */
export function compileFilter(filter: Filter): Term {
  const terms = filter.text
    .split(/\s+/)
    .filter((word) => word !== "" && word !== "-")
    .map((word) => {
      if (!word.startsWith("-")) return parseTerm(word);
      const term = parseTerm(word.slice(1));
      return (item: Item) => !term(item);
    });
  if (filter.role !== "") terms.push((item) => item.tensor.role === filter.role);
  return (item) => leavesOf(item).some((leaf) => terms.every((term) => term(leaf)));
}
