import { basename } from "node:path";
import { semanticModesStudy } from "../../studies/semantic-modes/index.ts";
import type { SemanticModesResult } from "../../studies/semantic-modes/types.ts";
import { type Command, choiceOf, numberOf, textOf, wholeNumberOf } from "../command.ts";
import { EXIT } from "../exitCodes.ts";
import { findLabelLists } from "../hierarchy/labels.ts";
import { printDocument } from "../json.ts";
import { namedResult } from "../modes/labels.ts";
import { writeModesPage } from "../modes/page.ts";
import { modesText } from "../modes/text.ts";
import type { CliOptions } from "../options.ts";
import { runStudy, type StudyPath } from "../study.ts";

interface ModesOptions {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly others: readonly StudyPath[];
  readonly labels: string | null;
  readonly html: string | null;
}

/** Modes of a table or a network, and of the two together. */
export const modes: Command = {
  name: "modes",
  usage: "FILE [--json] [--html FILE] [--network FILE] [--inputs TABLE] [--answers TABLE] [--mean] [--centre]",
  does: "Semantic modes of a table (items × properties) or of a network's chain of weights; with both, which of them it has learned.",
  flags: {
    as: { type: "string" },
    items: { type: "string" },
    network: { type: "string" },
    inputs: { type: "string" },
    answers: { type: "string" },
    mean: { type: "boolean" },
    centre: { type: "boolean" },
    count: { type: "string" },
    ridge: { type: "string" },
    noise: { type: "string" },
    geometry: { type: "string" },
    draws: { type: "string" },
    labels: { type: "string" },
    html: { type: "string" },
  },
  help: [
    ["--as WORD", "what FILE is: properties (a table) or network; default: told by its content"],
    ["--items SIDE", "which side is items: rows (default of a table) or columns (of a network: its inputs)"],
    ["--network FILE", "a checkpoint whose map is looked at in the modes of the table"],
    ["--inputs TABLE", "items × inputs, where each item is not one input of its own (one-hot)"],
    ["--answers TABLE", "items × outputs: what the network answers; needed for networks that are no linear chain"],
    ["--mean", "Σʸˣ = YXᵀ/P (PNAS 2019) instead of YXᵀ (2014): strengths are P times smaller"],
    ["--centre", "subtract each property's mean; deletes the mode that all items share"],
    ["--count N", "modes shown (default 12);  --ridge R: part of the mean input strength added before inverting Σˣ"],
    ["--noise S", "standard deviation of noise in each entry, for error bars (weights: from their own spectrum)"],
    ["--html FILE", "a page that draws all this and needs nothing else (modes, hierarchy)"],
  ],
  examples: [
    "modes samples/toy-world/four-items/data.csv --network samples/toy-world/four-items/checkpoints/step-1250.safetensors",
  ],

  prepare(given) {
    const file = (role: string): StudyPath[] => {
      const path = textOf(given, role);
      return path === undefined ? [] : [{ role, path }];
    };
    const noise = numberOf(given, "noise", 0);
    const own: ModesOptions = {
      parameters: {
        as: choiceOf(given, "as", ["auto", "properties", "network"], "auto"),
        items: choiceOf(given, "items", ["rows", "columns"], null),
        convention: given.mean === true ? "mean" : "sum",
        centre: given.centre === true,
        count: wholeNumberOf(given, "count", 12, 1, 64),
        ridge: numberOf(given, "ridge", 0) ?? 0,
        ...(noise === null ? {} : { noise }),
        geometry: choiceOf(given, "geometry", ["hidden", "behaviour"], "hidden"),
        draws: wholeNumberOf(given, "draws", 1000, 20, 10_000),
      },
      others: ["network", "inputs", "answers"].flatMap(file),
      labels: textOf(given, "labels") ?? null,
      html: textOf(given, "html") ?? null,
    };
    return { run: (path, options) => run(path, own, options) };
  },
};

async function run(file: string, own: ModesOptions, options: CliOptions): Promise<number> {
  const { parameters: asked, others, labels, html } = own;
  // A pattern that fits everything chooses nothing; a name chooses that matrix.
  const parameters = options.tensors === "*" ? asked : { ...asked, tensor: options.tensors };
  const lists = await findLabelLists(file, labels);
  const files: StudyPath[] = [{ role: "subject", path: file }, ...others];
  const result = namedResult(await runStudy(semanticModesStudy, files, parameters, options), lists);
  if (options.form === "json") printDocument(documentOf(file, others, parameters, result), options.several);
  else process.stdout.write(`${modesText(result)}\n`);
  if (html !== null)
    await writeModesPage(html, {
      title: `Semantic modes of ${basename(file)}`,
      files: [file, ...others.map(({ path }) => path)],
      lists,
      result,
    });
  return EXIT.ok;
}

function documentOf(
  file: string,
  others: readonly StudyPath[],
  parameters: Readonly<Record<string, unknown>>,
  result: SemanticModesResult,
) {
  const named = Object.fromEntries(others.map(({ role, path }) => [role, path]));
  return { schema: "modescope/modes/1", file, files: named, parameters, ...result };
}
