import { end, type Place, type Statement, start } from "../python/syntax/types.ts";
import { dottedName } from "./imports.ts";
import { written } from "./numbers.ts";
import { type Candidate, isCall, namedSquare, type Part, type Spot, type Writing } from "./spot.ts";
import { around, lineAfter, methodAround } from "./statements.ts";
import { fanWords, initWords } from "./torchCalls.ts";

/** Fewer layers than this are named one by one, more are walked over. */
const FEW = 3;
/** Lines that nobody wants to read, even where no walk reaches the layers. */
const MOST_NAMED = 24;

/**
 * Layers that nobody initializes, those of one method or statement together: a call behind each line that makes one, a call for each by its name, or a
 * loop over the modules, at the end of the `__init__` that makes them, else of the network's own, else behind the statement that makes the network.
 */
export function torchDefaultCandidates({ parts }: Spot, writing: Writing): readonly Candidate[] {
  const { text, statements } = writing;
  const [first] = parts;
  if (first === undefined) return [];
  const sites = new Map<number, Part[]>();
  for (const part of parts) {
    const site = start(part.use.module.site);
    sites.set(site, [...(sites.get(site) ?? []), part]);
  }
  const behind = [...sites.values()].map((own) => {
    const site = own[0]?.use.module.site ?? first.use.module.site;
    const statement = around(statements, site).at(-1);
    return statement === undefined ? null : afterAssignment(statement, site, own, writing);
  });
  const list: (Candidate | null)[] = [];
  list.push(behind.includes(null) ? null : behind.flatMap((one) => one ?? []));
  const named = byName(parts, writing);
  const layers = new Set(parts.map(({ use }) => use.module)).size;
  if (layers <= FEW) list.push(named);
  const method = methodAround(around(statements, first.use.module.site));
  const last = method?.method.body.at(-1);
  if (method?.method.name === "__init__" && last !== undefined)
    list.push(loopAfter(last, indentOf(method.method.body, text), "self", parts, writing));
  const place = behindNetwork(first, writing);
  if (place !== null) list.push(loopAfter(place.last, place.indent, place.root, parts, writing, place.naming));
  if (layers > FEW && layers <= MOST_NAMED) list.push(named);
  return list.filter((one) => one !== null);
}

/** Each layer by the path that leads to it from the network: `self.net[0].weight`. */
function byName(parts: readonly Part[], writing: Writing): Candidate | null {
  const [first] = parts;
  const place = first === undefined ? null : behindNetwork(first, writing);
  const line = place === null ? null : lineAfter(place.last, writing.text);
  if (place === null || line === null) return null;
  const { words, edits } = initWords(writing.imports);
  const layers = new Map<string, Part[]>();
  for (const part of parts) {
    const path = part.use.name.split(".");
    // Layers of another network of the same source have other names there.
    if (part.model !== first?.model) continue;
    if (!part.model.network.names.has(part.use.module) || !path.every((one) => /^(?:\d+|[A-Za-z_]\w*)$/.test(one)))
      return null;
    const name = place.root + path.map((one) => (/^\d/.test(one) ? `[${one}]` : `.${one}`)).join("");
    layers.set(name, [...(layers.get(name) ?? []), part]);
  }
  const lines = [...layers].flatMap(([name, own]) => initLines(name, words, own, writing.quote));
  const indent = place.indent ?? line.indent;
  return [...edits, ...behind(line.at, indent, lines, place.root, place.naming)];
}

/** `self.fc = nn.Linear(…)` alone on its line. */
function afterAssignment(
  statement: Statement,
  site: Place,
  parts: readonly Part[],
  writing: Writing,
): Candidate | null {
  if (statement.type !== "assign" || start(statement.value) !== start(site)) return null;
  const [target, ...more] = statement.targets;
  const name = target === undefined || more.length > 0 ? null : dottedName(target);
  const line = lineAfter(statement, writing.text);
  if (name === null || line === null) return null;
  const { words, edits } = initWords(writing.imports);
  const lines = initLines(name, words, parts, writing.quote);
  return [...edits, { from: line.at, to: line.at, text: lines.map((one) => `\n${line.indent}${one}`).join("") }];
}

interface Behind {
  readonly last: Statement;
  readonly indent: string | null;
  readonly root: string;
  /** Of a network that is returned as it is made: what stands before it, to become a name. */
  readonly naming: { readonly from: number; readonly to: number } | null;
}

/** Words for what has no name yet. */
const NAMES = ["network", "model", "net", "built"] as const;

/** The end of the network's own `__init__`, or the statement that makes the network: under a name, or to return it, which gives it one. */
function behindNetwork({ model }: Part, { statements, text }: Writing): Behind | null {
  const { root, site } = model.network;
  if (root?.kind === "object") {
    const maker = root.type.definition.body.find((one) => one.type === "function" && one.name === "__init__");
    const last = maker?.type === "function" ? maker.body.at(-1) : undefined;
    if (maker?.type !== "function" || last === undefined) return null;
    return { last, indent: indentOf(maker.body, text), root: maker.parameters[0]?.name ?? "self", naming: null };
  }
  const last = around(statements, site).at(-1);
  if (
    last?.type === "return" &&
    last.value !== null &&
    start(last.value) === start(site) &&
    end(last.value) === end(site)
  ) {
    const fresh = NAMES.find((name) => !new RegExp(`\\b${name}\\b`).test(text));
    const from = start(last);
    // Brackets or a break between the two words are somebody's layout.
    return fresh === undefined || !/^return[ \t]+$/.test(text.slice(from, start(last.value)))
      ? null
      : { last, indent: null, root: fresh, naming: { from, to: start(last.value) } };
  }
  if (last?.type !== "assign" || last.targets.length !== 1 || start(last.value) !== start(site)) return null;
  const name = last.targets[0] === undefined ? null : dottedName(last.targets[0]);
  return name === null ? null : { last, indent: null, root: name, naming: null };
}

function indentOf(body: readonly Statement[], text: string): string | null {
  const [first] = body;
  if (first === undefined) return null;
  const indent = text.slice(text.lastIndexOf("\n", start(first) - 1) + 1, start(first));
  return /^[ \t]*$/.test(indent) ? indent : null;
}

function loopAfter(
  last: Statement,
  given: string | null,
  root: string,
  parts: readonly Part[],
  writing: Writing,
  naming: Behind["naming"] = null,
): Candidate | null {
  const { text, imports, quote } = writing;
  const line = lineAfter(last, text);
  const classes = [...new Set(parts.map(({ use }) => classWords(use.module.site)))];
  if (line === null || classes.includes(null)) return null;
  const indent = given ?? line.indent;
  const step = indent.startsWith("\t") ? "\t" : "    ";
  const item = ["module", "layer", "child"].find((name) => !new RegExp(`\\b${name}\\b`).test(text)) ?? "initialized";
  const { words, edits } = initWords(imports);
  const kinds = classes.length === 1 ? `${classes[0]}` : `(${classes.join(", ")})`;
  const guarded = initLines(item, words, parts, quote).flatMap((one) =>
    one.includes(`${item}.bias`) ? [`if ${item}.bias is not None:`, `${step}${one}`] : [one],
  );
  const lines = [
    `for ${item} in ${root}.modules():`,
    `${step}if isinstance(${item}, ${kinds}):`,
    ...guarded.map((one) => `${step}${step}${one}`),
  ];
  return [...edits, ...behind(line.at, indent, lines, root, naming)];
}

/** Lines behind a statement; where that returned the network, it names it instead, and the last line returns the name. */
function behind(
  at: number,
  indent: string,
  lines: readonly string[],
  root: string,
  naming: Behind["naming"],
): Candidate {
  const all = naming === null ? lines : [...lines, `return ${root}`];
  const added = { from: at, to: at, text: all.map((one) => `\n${indent}${one}`).join("") };
  return naming === null ? [added] : [{ ...naming, text: `${root} = ` }, added];
}

/** "nn.Linear" as it is written where the layer is made; null where a name of the source's own stands there. */
function classWords(site: Place): string | null {
  return isCall(site) ? dottedName(site.callee) : null;
}

/** What draws the weights and biases of one layer that has a name. */
function initLines(name: string, init: string, parts: readonly Part[], quote: string): readonly string[] {
  const lines: string[] = [];
  const weight = parts.find(({ which }) => which === "weights");
  const bias = parts.find(({ which }) => which === "biases");
  if (weight !== undefined) {
    const tensor = `${name}.weight`;
    const square = namedSquare(weight.wanted);
    lines.push(
      square === null
        ? `${init}.normal_(${tensor}, std=${written(Math.sqrt(weight.wanted))} / ${fanWords(tensor, parts)})`
        : `${init}.kaiming_normal_(${tensor}, nonlinearity=${quote}${square === 2 ? "relu" : "linear"}${quote})`,
    );
  }
  if (bias !== undefined)
    lines.push(
      bias.wanted === 0
        ? `${init}.zeros_(${name}.bias)`
        : `${init}.normal_(${name}.bias, std=${written(Math.sqrt(bias.wanted))})`,
    );
  return lines;
}
