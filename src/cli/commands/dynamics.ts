import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { ModeScopeError } from "../../base/errors.ts";
import type { FollowedMode } from "../../series/follow.ts";
import { LOSSES, type Loss } from "../../series/timeConstant.ts";
import { dynamicsStudy } from "../../studies/dynamics/index.ts";
import type { DynamicsResult } from "../../studies/dynamics/types.ts";
import { type Command, choiceOf, textOf, UsageError } from "../command.ts";
import { membersOf } from "../dynamics/series.ts";
import { EXIT } from "../exitCodes.ts";
import { printDocument } from "../json.ts";
import type { CliOptions } from "../options.ts";
import { runStudy } from "../study.ts";
import { numberText, textTable } from "../table.ts";
import { coloured, outputWidth, printable } from "../terminal.ts";

interface DynamicsOptions {
  /** Table of items × properties; null looks for data.csv beside the checkpoints. */
  readonly data: string | null;
  /** Learning rate of plain gradient descent; null: no theory. */
  readonly rate: number | null;
  readonly loss: Loss;
  readonly momentum: number;
}

/** How the modes of the data were learned over a series of checkpoints, beside the theory of deep linear networks. */
export const dynamics: Command = {
  name: "dynamics",
  usage: "FOLDER|FILE [--json] [--data TABLE] [--rate η [--loss half-sum|sum|mean] [--momentum β]]",
  does: "How the modes of a table were learned over a series of checkpoints of a linear network, beside the theory's times.",
  flags: {
    data: { type: "string" },
    rate: { type: "string" },
    loss: { type: "string" },
    momentum: { type: "string" },
  },
  help: [
    ["--data TABLE", "items × properties that were taught (one-hot items); default data.csv beside or one folder up"],
    ["--rate η", "learning rate of plain gradient descent; without it nothing is predicted (Adam has no such theory)"],
    ["--loss WORD", "half-sum (½Σ‖y−ŷ‖², default), sum, or mean over all entries;  --momentum β: default 0"],
  ],
  examples: ["dynamics samples/toy-world/eight-items/checkpoints --rate 0.01"],
  takes: "folders",

  prepare(given) {
    const own: DynamicsOptions = {
      data: textOf(given, "data") ?? null,
      rate: rateOf(textOf(given, "rate")),
      loss: choiceOf(given, "loss", LOSSES, "half-sum"),
      momentum: momentumOf(textOf(given, "momentum")),
    };
    return { run: (argument, options) => run(argument, own, options) };
  },
};

function rateOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const rate = Number(text);
  if (rate > 0 && Number.isFinite(rate)) return rate;
  throw new UsageError("--rate needs a positive number.");
}

function momentumOf(text = "0"): number {
  const momentum = Number(text);
  if (momentum >= 0 && momentum < 1) return momentum;
  throw new UsageError("--momentum needs a number from 0 to below 1.");
}

async function run(argument: string, own: DynamicsOptions, options: CliOptions): Promise<number> {
  const members = await membersOf(argument);
  const table = own.data ?? (await tableNear(members[0]!.path));
  const { rate, loss, momentum } = own;
  const files = [...members.map(({ path }) => ({ role: "checkpoint", path })), { role: "table", path: table }];
  const steps = members.map(({ step }) => step);
  const followed = await runStudy(dynamicsStudy, files, { steps, rate, loss, momentum }, options);
  if (options.form === "json") printJson(argument, table, followed, own, options.several);
  else printText(argument, table, followed, own);
  return EXIT.ok;
}

/** `data.csv` beside the checkpoints or one folder up. */
async function tableNear(checkpoint: string): Promise<string> {
  const folder = dirname(resolve(checkpoint));
  for (const place of [folder, dirname(folder)])
    for (const name of ["data.csv", "data.tsv"]) {
      const path = relative(process.cwd(), join(place, name));
      if ((await stat(path).catch(() => null))?.isFile()) return path;
    }
  throw new ModeScopeError("bad-request", "There is no table of what the network was taught.", {
    remedy: "Name it with --data FILE: items in its rows, properties in its columns (CSV, TSV or .npy).",
  });
}

const names = (list: readonly string[] | null, what: string) => (index: number) => list?.[index] ?? `${what} ${index}`;
const ranksText = ({ group }: FollowedMode) =>
  group.length === 1 ? String(group[0]! + 1) : `${group[0]! + 1}–${group[group.length - 1]! + 1}`;

function printJson(
  file: string,
  table: string,
  followed: DynamicsResult,
  { loss, rate, momentum }: DynamicsOptions,
  several: boolean,
): void {
  const { checkpoints, layers, leftOut, refused, itemNames, propertyNames, timeConstant, ...rest } = followed;
  const { table: _name, items: _items, properties: _properties, ...course } = rest;
  const theory = { loss, rate, momentum, timeConstant };
  printDocument(
    {
      schema: "modescope/dynamics/1",
      file,
      table,
      layers,
      checkpoints,
      leftOut,
      refused,
      theory,
      itemNames,
      propertyNames,
      ...course,
    },
    several,
  );
}

const BARS = "▁▂▃▄▅▆▇█";

/** The course from 0 to s, at most 40 points of it. */
function curve(strengths: readonly number[], s: number): string {
  const points = Math.min(40, strengths.length);
  return Array.from({ length: points }, (_, k) => {
    const at = points === 1 ? 0 : Math.round((k * (strengths.length - 1)) / (points - 1));
    const part = Math.min(1, Math.max(0, strengths[at]! / s));
    return BARS[Math.min(BARS.length - 1, Math.floor(part * BARS.length))];
  }).join("");
}

function printText(
  file: string,
  table: string,
  followed: DynamicsResult,
  { loss, rate, momentum }: DynamicsOptions,
): void {
  const { checkpoints, layers, leftOut, refused, items, properties, timeConstant: tau } = followed;
  const out = (line: string) => process.stdout.write(`${line}\n`);
  const [first, last] = [checkpoints[0]!, checkpoints[checkpoints.length - 1]!];
  out(printable(`${file}: ${checkpoints.length} checkpoints, ${first.step} to ${last.step}; ${layers.join(" → ")}`));
  out(
    printable(
      `Modes of ${table}: ${items} items × ${properties} properties, sum convention, one-hot items; a linear network is assumed (checkpoints do not say)`,
    ),
  );
  if (leftOut.length > 0) out(printable(`Left out, as the theory has no biases: ${leftOut.join(", ")}`));
  for (const { name, reason } of refused)
    process.stderr.write(`${coloured("refused:", "yellow")} ${printable(`${name}: ${reason}`)}\n`);
  if (tau !== null)
    out(
      `Theory: τ = ${numberText(tau)} steps (loss ${loss}, rate ${numberText(rate)}${momentum === 0 ? "" : `, momentum ${momentum}`}), plain gradient descent, a₀ = ¼‖W₁v + W₂ᵀu‖²`,
    );
  else
    out(
      "Theory: not drawn. Give --rate (and --loss, --momentum) if the network was trained by plain gradient descent.",
    );
  out("");
  out(
    textTable(
      [
        { title: "mode" },
        { title: "σ", right: true },
        { title: "strength over training (full: σ)" },
        { title: "t½", right: true },
        { title: "between", right: true },
        { title: "predicted", right: true },
        { title: "2σ/slope", right: true },
      ],
      followed.modes.map((mode) => [
        ranksText(mode),
        numberText(mode.singularValue),
        curve(mode.strengths, mode.singularValue),
        mode.halfTime === null ? "–" : numberText(mode.halfTime.time),
        mode.halfTime === null ? "" : mode.halfTime.bracket.join("–"),
        mode.predictedHalfTime === null ? "" : numberText(mode.predictedHalfTime),
        mode.fit === null ? "" : numberText((2 * mode.singularValue) / mode.fit.slope),
      ]),
      outputWidth(),
    ),
  );
  out("");
  const worst = Math.max(...followed.offDiagonal);
  const now = followed.offDiagonal[followed.offDiagonal.length - 1]!;
  out(
    `Off-diagonal share of the map: ${numberText(now)} at the end, ${numberText(worst)} at most${worst > 0.1 ? " (above 0.1 the modes are not decoupled: early on it is the random start)" : ""}`,
  );
  const { exponent, order } = followed;
  if (exponent !== null)
    out(
      `Rise ∝ σ^${exponent.exponent.toFixed(2)} ± ${exponent.standardError.toFixed(2)} over ${exponent.modes} modes: 1 is a deep linear network, 0 a shallow one`,
    );
  if (order !== null)
    out(
      `Stronger modes first: Spearman ρ = ${order.rho.toFixed(3)}, permutation p = ${numberText(order.p)}${order.exact ? "" : " (10,000 draws)"}`,
    );
  printIllusions(followed, out);
}

const SHOWN = 6;

function printIllusions(
  { illusions, modes, itemNames, propertyNames }: DynamicsResult,
  out: (line: string) => void,
): void {
  if (illusions.length === 0) {
    out("No belief was wrong for a while (none above 0.1 of the largest entry).");
    return;
  }
  const [item, property] = [names(itemNames, "item"), names(propertyNames, "property")];
  out("");
  out(`Believed for a while and then not (${illusions.length}):`);
  for (const one of illusions.slice(0, SHOWN)) {
    const [maker, lacking] = one.cause;
    const missing = lacking === null ? "" : `, until mode ${ranksText(modes[lacking]!)} takes it back`;
    out(
      printable(
        `  ${item(one.item)} – ${property(one.property)}: ${numberText(one.peak)} at ${one.peakTime}, from ${one.onset} to ${one.offset}; made by mode ${ranksText(modes[maker]!)}${missing}`,
      ),
    );
  }
  if (illusions.length > SHOWN) out(`  and ${illusions.length - SHOWN} more (--json has all)`);
}
