import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { loadMatrix } from "../../analysis/_shared/input.ts";
import { matrixReading } from "../../analysis/_shared/matrixReading.ts";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { ModeScopeError, serializeError } from "../../base/errors.ts";
import { seriesOf } from "../../base/series.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import { openByUri } from "../../engine/session.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { nodeSources } from "../../platform/node/fileSource.ts";
import { NO_OTHER_SOURCES } from "../../platform/remoteSources.ts";

export interface Moment {
  readonly name: string;
  readonly step: number;
  /** Weight matrices from the input to the output. */
  readonly layers: readonly DenseMatrix[];
}

export interface Series {
  readonly moments: readonly Moment[];
  readonly layerNames: readonly string[];
  /** Biases, which the theory of linear chains has no place for. */
  readonly leftOut: readonly string[];
  /** Checkpoints of the folder that are none of this run, each with its reason. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

/** A file stands for its whole series; a folder for the longest series in it. */
export async function membersOf(
  argument: string,
): Promise<readonly { readonly path: string; readonly step: number }[]> {
  const folder = (await stat(argument).catch(() => null))?.isDirectory() ? argument : dirname(resolve(argument));
  const names = (await readdir(folder)).sort();
  const own = folder === argument ? null : basename(argument);
  const families = (own === null ? names : [own]).map((name) => seriesOf(name, names));
  const longest = families.reduce((best, family) => (family.length > best.length ? family : best), []);
  if (longest.length < 3)
    throw new ModeScopeError("bad-request", `There is no series of checkpoints in ${folder}.`, {
      remedy:
        "A series is three files or more whose names differ only in a number, such as step-0000.safetensors, step-0100.safetensors.",
    });
  return longest.map(({ name, step }) => ({ path: join(folder, name), step }));
}

/** Reads every member's weights; the first that can be read says what the others must look like. */
export async function readSeries(
  members: readonly { readonly path: string; readonly step: number }[],
  signal: AbortSignal,
): Promise<Series> {
  const moments: Moment[] = [];
  const refused: { name: string; reason: string }[] = [];
  let shape: string | null = null;
  let [layerNames, leftOut]: [readonly string[], readonly string[]] = [[], []];
  for (const { path, step } of members) {
    signal.throwIfAborted();
    const name = basename(path);
    try {
      const { tensors, layers, biases } = await readChain(path, signal);
      const found = layers.map(({ rows, columns }) => `${rows}×${columns}`).join(" · ");
      shape ??= found;
      if (layerNames.length === 0) [layerNames, leftOut] = [tensors, biases];
      if (found !== shape) refused.push({ name, reason: `Its layers are ${found}, those of the run are ${shape}.` });
      else moments.push({ name, step, layers });
    } catch (error) {
      signal.throwIfAborted();
      refused.push({ name, reason: serializeError(error).message });
    }
  }
  if (moments.length < 3) {
    const [first] = refused;
    throw new ModeScopeError(
      "bad-format",
      `Only ${moments.length} checkpoints of the series can be followed.${first === undefined ? "" : ` ${first.name}: ${first.reason}`}`,
    );
  }
  return { moments, layerNames, leftOut, refused };
}

async function readChain(path: string, signal: AbortSignal) {
  const opened = await openByUri(nodeSources(NO_OTHER_SOURCES), pathToFileURL(resolve(path)).href, signal);
  try {
    const weights = opened.tensors.filter(isLinear);
    const foreign = opened.tensors.find((tensor) => NO_CHAIN.has(tensor.role) && !isLinear(tensor));
    if (foreign !== undefined)
      throw new ModeScopeError(
        "unsupported",
        `${foreign.name} (${foreign.evidence}) is no linear layer: the theory holds for a chain of them alone.`,
      );
    const layers: DenseMatrix[] = [];
    for (const tensor of weights) {
      const target = { tensor: tensor.name, part: null, tap: null };
      const { checkpoint } = opened;
      layers.push(await loadMatrix({ checkpoint, tensor, target, cancel: NEVER_CANCELLED, signal, progress() {} }));
    }
    if (layers.length === 0) throw new ModeScopeError("bad-format", "It holds no weight matrix.");
    for (const [at, layer] of layers.entries()) {
      const before = layers[at - 1];
      if (before !== undefined && before.rows !== layer.columns)
        throw new ModeScopeError(
          "unsupported",
          `${weights[at]!.name} takes ${layer.columns} inputs, but ${weights[at - 1]!.name} gives ${before.rows}: the weights are no chain of layers.`,
        );
    }
    const biases = opened.tensors.filter(({ role }) => role === "bias").map(({ name }) => name);
    return { tensors: weights.map(({ name }) => name), layers, biases };
  } finally {
    await opened.checkpoint.close();
  }
}

/** What a network has that is more than a chain of linear layers. */
const NO_CHAIN: ReadonlySet<string> = new Set(["weight", "norm", "embedding", "position"]);

function isLinear(tensor: DescribedTensor): boolean {
  if (tensor.role !== "weight" && tensor.role !== "other") return false;
  const reading = matrixReading(tensor, { tensor: tensor.name, part: null, tap: null });
  return !("reason" in reading) && reading.kind === "linear";
}
