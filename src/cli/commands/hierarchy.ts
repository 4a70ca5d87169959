import { modeHierarchyAnalysis } from "../../analysis/mode-hierarchy/index.ts";
import type { ModeHierarchyResult } from "../../analysis/mode-hierarchy/types.ts";
import type { TargetRef } from "../../analysis/types.ts";
import { describeError, isCancelled, type SerializedError, serializeError } from "../../base/errors.ts";
import { type SideLabels, sideLabels } from "../../base/labels.ts";
import { allTargets } from "../../engine/targets.ts";
import { EXIT } from "../exitCodes.ts";
import { drawTree } from "../hierarchy/drawTree.ts";
import { findLabelLists } from "../hierarchy/labels.ts";
import { printDocument } from "../json.ts";
import { factsOf, type OpenedFile, printFindings, withCheckpoint } from "../open.ts";
import type { CliOptions } from "../options.ts";
import { numberText } from "../table.ts";
import { coloured, printable, progressLine } from "../terminal.ts";

const { id } = modeHierarchyAnalysis.manifest;

interface Answer {
  readonly target: TargetRef;
  readonly name: string;
  readonly outcome:
    | { readonly kind: "done"; readonly result: ModeHierarchyResult; readonly labels: SideLabels }
    | { readonly kind: "failed"; readonly error: SerializedError };
}

/** Items of each matrix as a tree, with the modes at their splits. */
export const hierarchy = {
  run: (file: string, options: CliOptions): Promise<number> =>
    withCheckpoint(
      file,
      options,
      () => {},
      async (opened) => {
        const answers = await collect(file, opened, options);
        if (options.form === "json")
          printDocument(
            { schema: "modescope/hierarchy/1", file, ...factsOf(opened.summary), targets: answers.map(documentOf) },
            options.several,
          );
        else {
          for (const answer of answers) printText(answer);
          printFindings(opened.summary);
        }
        return answers.some(({ outcome }) => outcome.kind === "failed") ? EXIT.partial : EXIT.ok;
      },
    ),
};

async function collect(file: string, opened: OpenedFile, options: CliOptions): Promise<readonly Answer[]> {
  const { engine, summary, tensors } = opened;
  const { checkpoint } = summary;
  const lists = await findLabelLists(file, options.hierarchy.labels);
  // Lines of a table are its items; a weight's items are its inputs.
  const items = options.hierarchy.items ?? (summary.format === "table" ? "rows" : "columns");
  const { centre, geometry, draws } = options.hierarchy;
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
        const parameters = { items, centre, geometry, draws };
        const { result } = await engine.handlers["analysis/run"](
          { checkpoint, analysis: id, target, parameters },
          options.signal,
        );
        const { labels } = await engine.handlers["checkpoint/labels"](
          { checkpoint, tensor: tensor.name },
          options.signal,
        );
        const found = result as ModeHierarchyResult;
        const names = sideLabels(found.reading, target.part === null && target.tap === null, labels, lists);
        answers.push({ target, name, outcome: { kind: "done", result: found, labels: names } });
      } catch (error) {
        if (options.signal.aborted || isCancelled(error)) throw error;
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
  process.stdout.write(
    `${printable(name)}: ${result.items} items (${result.itemAxis}) × ${result.properties} properties\n`,
  );
  process.stdout.write(`${result.treeLike.reason}\n`);
  if (result.degenerate !== null) {
    process.stdout.write("\n");
    return;
  }
  process.stdout.write(
    `Null of ${result.draws} permutations: cophenetic correlation ≤ ${numberText(result.copheneticNull)} in 95 of 100, p ${numberText(result.copheneticP)}\n\n`,
  );
  const tree = drawTree(result, {
    item: (index) => items?.[index] ?? `item ${index}`,
    property: (index) => properties?.[index] ?? `property ${index}`,
  });
  process.stdout.write(`${tree}\n\n`);
}
