import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { ModeScopeError } from "../../base/errors.ts";
import { readSchedule } from "../../series/schedule.ts";
import { OPTIMIZERS, type Optimizer, TRAINING_LOSSES, type Training } from "../../series/training.ts";
import { dynamicsStudy } from "../../studies/dynamics/index.ts";
import { type Command, choiceOf, type Given, textOf, UsageError, wholeNumberOf } from "../command.ts";
import { writeDynamicsPage } from "../dynamics/page.ts";
import { membersOf } from "../dynamics/series.ts";
import { dynamicsText, printRefused } from "../dynamics/text.ts";
import { EXIT } from "../exitCodes.ts";
import { printDocument } from "../json.ts";
import type { CliOptions } from "../options.ts";
import { runStudy } from "../study.ts";

interface DynamicsOptions {
  /** Table of items × properties; null looks for data.csv beside the checkpoints. */
  readonly data: string | null;
  readonly inputs: string | null;
  /** As `readSchedule` takes it; null: what the checkpoints record. */
  readonly rate: string | null;
  readonly optimizer: Optimizer | null;
  readonly loss: Training["loss"] | null;
  readonly momentum: number | null;
  readonly weightDecay: number | null;
  readonly noise: number | null;
  readonly layer: number;
  readonly html: string | null;
}

/** How a run learned: the modes of its table beside the theory's curves, its matrices in a fixed basis, and what gradient flow would have conserved. */
export const dynamics: Command = {
  name: "dynamics",
  usage: "FOLDER|FILE [--json] [--html FILE] [--data TABLE] [--rate η [--loss WORD] [--momentum β]] [--optimizer WORD]",
  does: "How a run learned: modes of its table beside the theory's curves, its matrices in a fixed basis, what gradient flow conserves.",
  flags: {
    data: { type: "string" },
    inputs: { type: "string" },
    rate: { type: "string" },
    optimizer: { type: "string" },
    loss: { type: "string" },
    momentum: { type: "string" },
    "weight-decay": { type: "string" },
    noise: { type: "string" },
    layer: { type: "string" },
    html: { type: "string" },
  },
  help: [
    [
      "--data TABLE",
      "items × properties that were taught; default data.csv beside or one folder up, and without it none",
    ],
    ["--inputs TABLE", "items × inputs, where items are not one-hot"],
    [
      "--rate η",
      "learning rate of plain gradient descent, or steps and rates: 0:0.1,5000:0.01; default what the checkpoints record.",
      "Without it nothing is predicted (nor with Adam and its like, which have no such theory: the courses are fitted instead)",
    ],
    ["--optimizer WORD", "gradient-descent, adaptive or unknown; default what the checkpoints record"],
    [
      "--loss WORD",
      "half-sum (½Σ‖y−ŷ‖², default), sum, mean over all entries, or cross-entropy;  --momentum β;  --weight-decay λ",
    ],
    [
      "--noise σ",
      "standard deviation of the noise in the table's entries, for optimal stopping; default estimated where it can be",
    ],
    ["--layer N", "hidden layer of a chain whose vectors are shown, from 1 (default)"],
    ["--html FILE", "a page that draws all this, with its clock, and needs nothing else"],
  ],
  examples: ["dynamics samples/toy-world/eight-items/checkpoints --rate 0.01"],
  takes: "folders",

  prepare(given) {
    const own: DynamicsOptions = {
      data: textOf(given, "data") ?? null,
      inputs: textOf(given, "inputs") ?? null,
      rate: rateOf(textOf(given, "rate")),
      optimizer: choiceOf(given, "optimizer", OPTIMIZERS, null),
      loss: choiceOf(given, "loss", TRAINING_LOSSES, null),
      momentum: numberOf(given, "momentum", (value) => value >= 0 && value < 1, "a number from 0 to below 1"),
      weightDecay: numberOf(given, "weight-decay", (value) => value >= 0, "a number from 0"),
      noise: numberOf(given, "noise", (value) => value >= 0, "a number from 0"),
      layer: wholeNumberOf(given, "layer", 1, 1, 1000),
      html: textOf(given, "html") ?? null,
    };
    return { run: (argument, options) => run(argument, own, options) };
  },
};

function rateOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    readSchedule(text);
  } catch {
    throw new UsageError("--rate needs a positive number, or steps and rates such as 0:0.1,5000:0.01.");
  }
  return text;
}

function numberOf(given: Given, option: string, fits: (value: number) => boolean, words: string): number | null {
  const text = textOf(given, option);
  if (text === undefined) return null;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value) && fits(value)) return value;
  throw new UsageError(`--${option} needs ${words}.`);
}

async function run(argument: string, own: DynamicsOptions, options: CliOptions): Promise<number> {
  const members = await membersOf(argument);
  const { data, inputs, html, ...parameters } = own;
  const table = data ?? (await tableNear(members[0]!.path));
  const files = [
    ...members.map(({ path }) => ({ role: "checkpoint", path })),
    ...(table === null ? [] : [{ role: "table", path: table }]),
    ...(inputs === null ? [] : [{ role: "inputs", path: inputs }]),
  ];
  const named = members.map(({ step }) => step);
  const result = await runStudy(dynamicsStudy, files, { ...parameters, named }, options);
  // A table that was asked for by name and cannot be used is an error; one that merely lay there is a remark.
  if (data !== null && result.taught !== null && "reason" in result.taught)
    throw new ModeScopeError("bad-format", result.taught.reason, {
      remedy: "Leave --data out to follow the weight matrices alone.",
    });
  if (html !== null) await writeDynamicsPage(html, argument, table, result);
  if (options.form === "json")
    printDocument({ schema: "modescope/dynamics/2", file: argument, table, ...result }, options.several);
  else {
    printRefused(result);
    process.stdout.write(`${dynamicsText(argument, result)}\n`);
  }
  return EXIT.ok;
}

/** `data.csv` beside the checkpoints or one folder up. */
async function tableNear(checkpoint: string): Promise<string | null> {
  const folder = dirname(resolve(checkpoint));
  for (const place of [folder, dirname(folder)])
    for (const name of ["data.csv", "data.tsv"]) {
      const path = relative(process.cwd(), join(place, name));
      if ((await stat(path).catch(() => null))?.isFile()) return path;
    }
  return null;
}
