import { basename } from "node:path";
import { modeHierarchyAnalysis } from "../../analysis/mode-hierarchy/index.ts";
import type { ModeHierarchyResult } from "../../analysis/mode-hierarchy/types.ts";
import type { TargetRef } from "../../analysis/types.ts";
import { describeError, isCancelled, ModeScopeError, type SerializedError, serializeError } from "../../base/errors.ts";
import { type SideLabels, sideLabels } from "../../base/labels.ts";
import { allTargets } from "../../engine/targets.ts";
import { semanticModesStudy } from "../../studies/semantic-modes/index.ts";
import { type Command, choiceOf, textOf, wholeNumberOf } from "../command.ts";
import { EXIT } from "../exitCodes.ts";
import { drawTree, endName } from "../hierarchy/drawTree.ts";
import { factLines } from "../hierarchy/facts.ts";
import { findLabelLists, modelLists } from "../hierarchy/labels.ts";
import { printDocument } from "../json.ts";
import { namedResult } from "../modes/labels.ts";
import { writeModesPage } from "../modes/page.ts";
import { factsOf, type OpenedFile, printFindings, withCheckpoint } from "../open.ts";
import type { CliOptions } from "../options.ts";
import { runStudy } from "../study.ts";
import { coloured, printable, progressLine } from "../terminal.ts";

const { id } = modeHierarchyAnalysis.manifest;

interface Answer {
  readonly target: TargetRef;
  readonly name: string;
  readonly outcome:
    | { readonly kind: "done"; readonly result: ModeHierarchyResult; readonly labels: SideLabels }
    | { readonly kind: "failed"; readonly error: SerializedError };
}

interface HierarchyOptions {
  /** Null: a table's lines, a weight's inputs. */
  readonly items: "rows" | "columns" | null;
  readonly geometry: "hidden" | "behaviour" | "direction";
  readonly centre: boolean;
  readonly draws: number;
  readonly leaves: number;
  readonly only: string;
  /** A label file by name; null looks beside the checkpoint. */
  readonly labels: string | null;
  /** Page to write; null for none. */
  readonly html: string | null;
}

/** Items of each matrix as a tree, with the modes at their splits. */
export const hierarchy: Command = {
  name: "hierarchy",
  usage: "FILE… [--json] [--html FILE] [--tensors GLOB] [--items rows|columns] [--labels FILE]",
  does: "Items of a table (CSV, TSV) or a weight as a tree, each split with the mode that makes it, its purity and its null.",
  flags: {
    items: { type: "string" },
    geometry: { type: "string" },
    centre: { type: "boolean" },
    draws: { type: "string" },
    leaves: { type: "string" },
    only: { type: "string" },
    labels: { type: "string" },
    html: { type: "string" },
  },
  help: [
    ["--items SIDE", "which side of the matrix is items; default a table's rows, a weight's columns (inputs)"],
    ["--labels FILE", "names as JSON or one a line; default labels.json or .txt beside the file or one folder up"],
    ["--geometry WORD", "hidden (default, items at √σ·v), behaviour (σ·v) or direction (cosines)"],
    ["--centre", "subtract each property's mean; deletes the mode that all items share"],
    ["--html FILE", "a page that draws the tree of one matrix and needs nothing else"],
    ["--draws N", "permutations for the nulls (default 1000; fewer where items are many, and it says so)"],
    ["--leaves N", "of more than 1024 items: how many groups of items the tree ends in (default 256)"],
    ["--only LIST", 'these items only, by number from 0: "0-3,7"'],
  ],
  examples: ["hierarchy samples/toy-world/eight-items/data.csv"],

  prepare(given) {
    const own: HierarchyOptions = {
      items: choiceOf(given, "items", ["rows", "columns"], null),
      geometry: choiceOf(given, "geometry", ["hidden", "behaviour", "direction"], "hidden"),
      centre: given.centre === true,
      draws: wholeNumberOf(given, "draws", 1000, 20, 10_000),
      leaves: wholeNumberOf(given, "leaves", 256, 8, 1024),
      only: textOf(given, "only") ?? "",
      labels: textOf(given, "labels") ?? null,
      html: textOf(given, "html") ?? null,
    };
    return { run: (file, options) => run(file, own, options) };
  },
};

function run(file: string, own: HierarchyOptions, options: CliOptions): Promise<number> {
  return withCheckpoint(file, null, options, NOTHING, async (opened) => {
    const answers = await collect(file, opened, own, options.signal);
    if (options.form === "json")
      printDocument(
        { schema: "modescope/hierarchy/1", file, ...factsOf(opened.summary), targets: answers.map(documentOf) },
        options.several,
      );
    else {
      for (const answer of answers) printText(answer);
      printFindings(opened.summary);
    }
    if (own.html !== null) await writePage(own.html, file, opened.summary.format, answers, own, options);
    return answers.some(({ outcome }) => outcome.kind === "failed") ? EXIT.partial : EXIT.ok;
  });
}

const NOTHING = () => {};

/** The page draws one matrix: with several there is none that it would be about. */
async function writePage(
  html: string,
  file: string,
  format: string,
  answers: readonly Answer[],
  own: HierarchyOptions,
  options: CliOptions,
): Promise<void> {
  const done = answers.flatMap(({ target, outcome }) => (outcome.kind === "done" ? [{ target, ...outcome }] : []));
  const [only] = done;
  if (only === undefined || done.length > 1 || only.target.part !== null)
    throw new ModeScopeError("bad-request", `--html draws one whole matrix, and ${done.length} were chosen.`, {
      remedy: "Choose one with --tensors NAME.",
    });
  const { centre, geometry, draws } = own;
  if (geometry === "direction" || own.only !== "" || only.result.leaves !== null)
    throw new ModeScopeError(
      "bad-request",
      "--html draws all items of a matrix that has at most 1024, in the hidden or the behavioural geometry.",
      { remedy: "Use --json for directions, parts and many items, or the hierarchy view of the editor." },
    );
  const items = only.result.itemAxis;
  if (centre && format !== "table")
    throw new ModeScopeError("bad-request", "--html draws a centred matrix of tables only.", {
      remedy: "Leave out --centre, or write the matrix as a CSV.",
    });
  const parameters =
    format === "table"
      ? { as: "properties", items, centre, geometry, draws }
      : { as: "network", tensor: only.target.tensor, items, geometry, draws };
  const lists = await findLabelLists(file, own.labels);
  const answer = await runStudy(semanticModesStudy, [{ role: "subject", path: file }], parameters, options);
  const title = `Mode hierarchy of ${basename(file)}`;
  await writeModesPage(html, { title, section: "hierarchy", files: [file], lists, result: namedResult(answer, lists) });
}

async function collect(
  file: string,
  opened: OpenedFile,
  own: HierarchyOptions,
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  const { engine, summary, tensors } = opened;
  const { checkpoint } = summary;
  const lists = await findLabelLists(file, own.labels);
  // Lines of a table are its items; a weight's items are its inputs.
  const items = own.items ?? (summary.format === "table" ? "rows" : "columns");
  const { centre, geometry, draws, leaves, only } = own;
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const progress = progressLine();
  const answers: Answer[] = [];
  try {
    for (const target of allTargets(tensors)) {
      const tensor = byName.get(target.tensor);
      if (tensor === undefined || modeHierarchyAnalysis.applies(tensor, target) !== null) continue;
      const part = target.part === null ? null : (tensor.parts[target.part]?.label ?? null);
      const name = part === null ? tensor.name : `${tensor.name} [${part}]`;
      progress.show(`${summary.name}: ${name}`);
      try {
        const parameters = { items, centre, geometry, draws, leaves, only };
        const { result } = await engine.handlers["analysis/run"](
          { checkpoint, analysis: id, target, parameters },
          signal,
        );
        const { labels } = await engine.handlers["checkpoint/labels"]({ checkpoint, tensor: tensor.name }, signal);
        const found = result as ModeHierarchyResult;
        const whole = target.part === null && target.tap === null;
        const offered = own.labels === null ? await modelLists(engine, checkpoint, tensor.name, signal) : [];
        const names = sideLabels(found.reading, whole, labels, [...lists, ...offered]);
        answers.push({ target, name, outcome: { kind: "done", result: found, labels: names } });
      } catch (error) {
        if (signal.aborted || isCancelled(error)) throw error;
        answers.push({ target, name, outcome: { kind: "failed", error: serializeError(error) } });
      }
    }
  } finally {
    progress.clear();
  }
  return answers;
}

function documentOf({ target, name, outcome }: Answer) {
  if (outcome.kind === "failed") return { ...target, name, ...outcome };
  const { result, labels } = outcome;
  const [itemLabels, propertyLabels] =
    result.itemAxis === "rows" ? [labels.rows, labels.columns] : [labels.columns, labels.rows];
  return { ...target, name, kind: outcome.kind, itemLabels, propertyLabels, result };
}

function printText({ name, outcome }: Answer): void {
  if (outcome.kind === "failed") {
    process.stderr.write(`${coloured("failed:", "red")} ${printable(`${name}: ${describeError(outcome.error)}`)}\n`);
    return;
  }
  const { result, labels } = outcome;
  const [items, properties] =
    result.itemAxis === "rows" ? [labels.rows, labels.columns] : [labels.columns, labels.rows];
  const item = (index: number) => items?.[index] ?? `item ${index}`;
  const names = {
    // Of a part the names are those of the whole, and an end of many items has the name of its middle one.
    item: (end: number) => endName(result, end, item),
    property: (index: number) => properties?.[index] ?? `property ${index}`,
  };
  const part = result.which === null ? "" : ` of ${result.allItems}`;
  process.stdout.write(
    `${printable(name)}: ${result.items}${part} items (${result.itemAxis}) × ${result.properties} properties\n`,
  );
  process.stdout.write(`${result.treeLike.reason}\n`);
  if (result.degenerate === null) for (const line of factLines(result, names)) process.stdout.write(`${line}\n`);
  process.stdout.write("\n");
  if (result.degenerate === null)
    process.stdout.write(`${drawTree(result, names, { item: (index) => item(result.which?.[index] ?? index) })}\n\n`);
}
