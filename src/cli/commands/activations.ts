import { writeFile } from "node:fs/promises";
import { counted } from "../../base/counted.ts";
import { activationsStudy } from "../../studies/activations/index.ts";
import type { ActivationsResult } from "../../studies/activations/types.ts";
import { type Command, choiceOf, textOf, UsageError } from "../command.ts";
import { EXIT } from "../exitCodes.ts";
import { printDocument } from "../json.ts";
import { fillOf, listOf } from "../similarity/inputs.ts";
import { runStudy } from "../study.ts";
import { numberText, textTable } from "../table.ts";
import { coloured, outputWidth, printable } from "../terminal.ts";

/** What the layers of a model answer to given items, as a file for everything that looks at representations. */
export const activations: Command = {
  name: "activations",
  usage:
    "MODEL.onnx --stimuli FILE --out FILE.safetensors [--json] [--layers GLOB] [--pooling mean] [--fill NAME=VALUE…]",
  does: "Runs an ONNX model on items and writes what its layers answer, one tensor a layer, one row an item.",
  flags: {
    stimuli: { type: "string" },
    out: { type: "string" },
    layers: { type: "string", multiple: true },
    pooling: { type: "string" },
    fill: { type: "string", multiple: true },
  },
  help: [
    [
      "--stimuli FILE",
      "an array for each input of the model (table, NPZ, npy, safetensors, HDF5), items along the first axis",
    ],
    ["--out FILE", "where the activations go; a file that is there is replaced"],
    [
      "--layers GLOB",
      "values of the model by name; default the results of operators with weights, at most 64, and outputs",
    ],
    [
      "--pooling WORD",
      "flatten (default, every position is a feature), mean (over positions, channels second) or mean-middle (last)",
    ],
    ["--fill N=V", "the input N is V for every item (a recurrent state, a sample rate); may be given several times"],
  ],
  examples: ["activations model.onnx --stimuli images.npz --pooling mean --out activations.safetensors"],

  prepare(given) {
    const stimuli = textOf(given, "stimuli");
    const out = textOf(given, "out");
    if (stimuli === undefined) throw new UsageError("Items are needed: name them with --stimuli FILE.");
    if (out === undefined) throw new UsageError("Where do the activations go? Name it with --out FILE.");
    const parameters = {
      layers: listOf(given.layers),
      pooling: choiceOf(given, "pooling", ["flatten", "mean", "mean-middle"], "flatten"),
      fill: fillOf(given),
    };
    return {
      async run(model, options) {
        const files = [
          { role: "model", path: model },
          { role: "stimuli", path: stimuli },
        ];
        const { file, ...facts } = await runStudy(activationsStudy, files, parameters, options);
        await writeFile(out, file);
        if (options.form === "json")
          printDocument({ schema: "modescope/activations/1", file: model, out, ...facts }, options.several);
        else printText(facts, out);
        return EXIT.ok;
      },
    };
  },
};

function printText(
  { model, stimuli, items, layers, skipped, thinned }: Omit<ActivationsResult, "file">,
  out: string,
): void {
  const line = (text: string) => process.stdout.write(`${text}\n`);
  line(
    printable(
      `${model} on ${counted(items, "item")} of ${stimuli}: ${counted(layers.length, "layer")}, written to ${out}`,
    ),
  );
  const rows = layers.map(({ name, op, shape, features }) => [
    printable(name),
    op,
    shape.join("×"),
    numberText(features),
  ]);
  const columns = [
    { title: "layer" },
    { title: "operator" },
    { title: "shape", right: true },
    { title: "features", right: true },
  ];
  line(textTable(columns, rows, outputWidth()));
  if (thinned > 0)
    process.stderr.write(`${thinned} more layers with weights were left out, evenly; --layers '*' takes all.\n`);
  for (const { name, reason } of skipped)
    process.stderr.write(`${coloured("skipped:", "yellow")} ${printable(`${name}: ${reason}`)}\n`);
}
