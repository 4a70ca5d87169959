import { simulatorStudy } from "../../studies/simulator/index.ts";
import { type Command, choiceOf, type Given, textOf, UsageError, wholeNumberOf } from "../command.ts";
import { EXIT } from "../exitCodes.ts";
import { printDocument } from "../json.ts";
import type { CliOptions } from "../options.ts";
import { printSimulation } from "../simulate/text.ts";
import { refuseFilled, writeSeries } from "../simulate/write.ts";
import { runStudy } from "../study.ts";

interface SimulateOptions {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Folder for the series; null: none is written. */
  readonly out: string | null;
  readonly force: boolean;
}

const KEPT = 40;

/** A deep linear network that learns a tree or a table: the theory's courses, and a real network trained beside them. */
export const simulate: Command = {
  name: "simulate",
  usage: "[TABLE] [--depth D --branching B --flip ε --features N] [--layers L] [--out FOLDER] [--json]",
  does: "A deep linear network learns a tree of items (or a table): what theory says of each mode, and a real network trained beside it.",
  flags: {
    depth: { type: "string" },
    branching: { type: "string" },
    flip: { type: "string" },
    features: { type: "string" },
    limit: { type: "boolean" },
    seed: { type: "string" },
    layers: { type: "string" },
    hidden: { type: "string" },
    start: { type: "string" },
    scale: { type: "string" },
    rate: { type: "string" },
    steps: { type: "string" },
    "theory-only": { type: "boolean" },
    out: { type: "string" },
    checkpoints: { type: "string" },
    force: { type: "boolean" },
  },
  help: [
    ["--depth D", "levels of the tree below its root (default 3);  --branching B: branches at each node (default 2)"],
    [
      "--flip ε",
      "probability that a property changes from parent to child (default 0.1);  --seed S: of table and weights",
    ],
    ["--features N", "properties drawn (default 100);  --limit: what infinitely many would give, at the scale of N"],
    ["--layers L", "weight matrices, 1 to 5 (default 2);  --hidden H: units of each hidden layer (default 32)"],
    [
      "--start WORD",
      "balanced (default: every mode at --scale, layers aligned) or random (entries of standard deviation --scale)",
    ],
    ["--scale u", "default 0.001"],
    [
      "--rate η",
      "of ½Σ‖y−ŷ‖² (default a fiftieth of the largest stable one);  --steps n (default until all is learned)",
    ],
    ["--theory-only", "train nothing"],
    [
      "--out FOLDER",
      `write ${KEPT} checkpoints (--checkpoints K) and data.csv into a new or empty folder, for modescope dynamics;`,
      "--force writes into one that is not empty, over files of the same names",
    ],
  ],
  examples: ["simulate --depth 5 --features 1000 --limit --rate 5e-4 --scale 1e-6"],
  takes: "optional",

  prepare(given) {
    const own: SimulateOptions = {
      parameters: parametersOf(given),
      out: textOf(given, "out") ?? null,
      force: given.force === true,
    };
    if (own.out !== null && given["theory-only"] === true)
      throw new UsageError("--out writes what was trained; --theory-only trains nothing.");
    return { run: (argument, options) => run(argument, own, options) };
  },
};

/** What was given, as numbers; ranges are the study's own business. */
function parametersOf(given: Given): Readonly<Record<string, unknown>> {
  const number = (option: string) => {
    const text = textOf(given, option);
    if (text === undefined) return {};
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isNaN(value)) throw new UsageError(`--${option} needs a number.`);
    return { [option]: value };
  };
  const start = choiceOf(given, "start", ["balanced", "random"], null);
  const { layers, ...network } = { ...number("layers"), ...number("hidden"), ...number("scale"), ...number("rate") };
  return {
    tree: {
      ...number("depth"),
      ...number("branching"),
      ...number("flip"),
      ...number("features"),
      properties: given.limit === true ? "limit" : "sampled",
    },
    ...(layers === undefined ? {} : { depth: layers }),
    ...network,
    ...number("steps"),
    ...number("seed"),
    ...(start === null ? {} : { start }),
    train: given["theory-only"] !== true,
    keep: textOf(given, "out") === undefined ? 0 : wholeNumberOf(given, "checkpoints", KEPT, 3, 400),
  };
}

async function run(table: string, { parameters, out, force }: SimulateOptions, options: CliOptions): Promise<number> {
  if (out !== null && !force) await refuseFilled(out);
  const files = table === "" ? [] : [{ role: "table", path: table }];
  const { files: made, ...result } = await runStudy(simulatorStudy, files, parameters, options);
  if (out !== null) await writeSeries(out, made, force);
  const written = made.map(({ name }) => name);
  if (options.form === "json")
    printDocument(
      { schema: "modescope/simulate/1", file: table === "" ? null : table, ...result, written },
      options.several,
    );
  else printSimulation(result, out, written);
  const ended = result.training.kind === "finished" || parameters.train === false;
  return ended ? EXIT.ok : EXIT.partial;
}
