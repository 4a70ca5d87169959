import { loadMatrix } from "../../analysis/_shared/input.ts";
import { matrixReading } from "../../analysis/_shared/matrixReading.ts";
import { ModeScopeError } from "../../base/errors.ts";
import { globMatcher } from "../../base/glob.ts";
import { layerOrder } from "../../base/naturalOrder.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { Study, StudyContext, StudyFile } from "../types.ts";
import { findChain, readChain } from "./chain.ts";
import { compareMatrices } from "./compare.ts";
import { matchUnits } from "./matching.ts";
import { QUANTITIES } from "./quantities.ts";
import type { ComparedTensor, UnitMatching, WeightsCompareParameters, WeightsCompareResult } from "./types.ts";

/** Beyond this smaller side all singular values of three matrices take minutes. */
const MOST_SIDE = 8192;

/** Two checkpoints of one architecture, tensor by tensor, and unit by unit where the layers are a chain. */
export const weightsCompareStudy: Study<WeightsCompareResult> = {
  manifest: {
    id: "weights-compare",
    version: 1,
    title: "Comparison of weights",
    description:
      "Two checkpoints of one architecture: what moved, in spectra, subspaces and modes of the change, and which hidden unit is which.",
    files: { checkpoint: { description: "checkpoints of one architecture", least: 2, most: 2 } },
    needs: ["weights"],
    citations: [
      "Å. Björck & G. H. Golub (1973), Numerical methods for computing angles between linear subspaces, Math. Comp. 27, 579",
      "S. K. Ainsworth, J. Hayase & S. Srinivasa (2023), Git Re-Basin: merging models modulo permutation symmetries, ICLR",
    ],
    assumptions: [
      "Tensors of the same name and shape are the same tensor.",
      "Hidden units of a chain of layers may be exchanged, over a residual connection together; where the network is more than that nothing is matched.",
      "Weights say nothing about what was learned without their initialization.",
    ],
    quantities: QUANTITIES,
    memoryBytes: 2 ** 31,
  },

  async run(context, asked) {
    const parameters = readParameters(asked);
    const [first, second] = context.files;
    if (first === undefined || second === undefined)
      throw new ModeScopeError("bad-request", "Two checkpoints are needed.", { field: "files" });
    return context.withFile(first, (a) => context.withFile(second, (b) => compare(context, a, b, parameters)));
  },
};

async function compare(
  context: StudyContext,
  a: StudyFile,
  b: StudyFile,
  parameters: WeightsCompareParameters,
): Promise<WeightsCompareResult> {
  const { targets, leftOut } = pairs(a, b, parameters);
  const tensors: ComparedTensor[] = [];
  const skipped = [...leftOut];
  let stage = "tensors";
  let [matching, noMatching]: [UnitMatching | null, string | null] = [null, null];
  const result = (): WeightsCompareResult => ({
    files: [a.name, b.name],
    tensors: [...tensors],
    leftOut: [...skipped],
    matching,
    noMatching,
    stage,
  });
  for (const [at, { tensor, other, part }] of targets.entries()) {
    context.cancel.throwIfCancelled();
    const [x, y] = [await load(context, a, tensor, part), await load(context, b, other, part)];
    const label = part === null ? null : tensor.parts[part]!.label;
    tensors.push({ tensor: tensor.name, part: label, ...compareMatrices(x, y, parameters, context.cancel) });
    context.progress((0.8 * (at + 1)) / targets.length);
    context.publish(result());
  }
  stage = "units";
  const chain = findChain(a.tensors, a.checkpoint.graph);
  if (typeof chain === "string") noMatching = chain;
  else {
    const shapeIn = (file: StudyFile, name: string) => file.tensors.find((one) => one.name === name)?.shape.join();
    const strange = chain.wires.find(({ name }) => shapeIn(a, name) !== shapeIn(b, name));
    if (strange !== undefined) noMatching = `${strange.name} is not the same in both files.`;
    else {
      const [x, y] = [await readChain(context, a, chain), await readChain(context, b, chain)];
      context.publish(result());
      const progress = (fraction: number) => context.progress(0.8 + 0.2 * fraction);
      matching = matchUnits(context, progress, chain, x, y, parameters.seed);
    }
  }
  stage = "";
  context.progress(1);
  return result();
}

interface Target {
  readonly tensor: DescribedTensor;
  readonly other: DescribedTensor;
  readonly part: number | null;
}

function pairs(a: StudyFile, b: StudyFile, { tensors: patterns }: WeightsCompareParameters) {
  const matchers = patterns.map(globMatcher);
  const wanted = ({ name, role }: DescribedTensor) =>
    matchers.length > 0 ? matchers.some((matches) => matches(name)) : role === "weight" || role === "embedding";
  const targets: Target[] = [];
  const leftOut: { tensor: string; reason: string }[] = [];
  const own = a.tensors.filter(wanted);
  for (const at of layerOrder(own.map(({ name }) => name))) {
    const tensor = own[at]!;
    const other = b.tensors.find(({ name }) => name === tensor.name);
    const out = (reason: string) => leftOut.push({ tensor: tensor.name, reason });
    if (other === undefined) out(`${b.name} has no tensor of this name.`);
    else if (other.shape.join() !== tensor.shape.join())
      out(`It is ${tensor.shape.join(" × ")} here and ${other.shape.join(" × ")} in ${b.name}.`);
    else {
      const parts = tensor.parts.length === 0 ? [null] : tensor.parts.map((_, part) => part);
      for (const part of parts) {
        const reading = matrixReading(tensor, { tensor: tensor.name, part, tap: null });
        if ("reason" in reading) out(reading.reason);
        else if (Math.min(reading.rows, reading.columns) > MOST_SIDE)
          out(
            `Its smaller side is ${Math.min(reading.rows, reading.columns)}; ${MOST_SIDE} is the most that is compared.`,
          );
        else targets.push({ tensor, other, part });
      }
    }
  }
  for (const tensor of b.tensors.filter(wanted))
    if (!a.tensors.some(({ name }) => name === tensor.name))
      leftOut.push({ tensor: tensor.name, reason: `${a.name} has no tensor of this name.` });
  if (targets.length === 0)
    throw new ModeScopeError("bad-request", `${a.name} and ${b.name} have no weight of the same name and shape.`, {
      field: "files",
      remedy:
        "Compare checkpoints of one architecture; for different ones compare what they answer to the same stimuli.",
    });
  return { targets, leftOut };
}

function load(context: StudyContext, { checkpoint }: StudyFile, tensor: DescribedTensor, part: number | null) {
  const target = { tensor: tensor.name, part, tap: null };
  return loadMatrix({ checkpoint, tensor, target, cancel: context.cancel, signal: context.signal, progress() {} });
}

function readParameters(value: unknown): WeightsCompareParameters {
  const { tensors = [], modes = 16, directions = 8, seed = 1 } = Object(value) as Record<string, unknown>;
  const whole = (field: string, given: unknown, least: number, most: number): number => {
    if (typeof given === "number" && Number.isInteger(given) && given >= least && given <= most) return given;
    throw new ModeScopeError("bad-request", `${field} is a whole number from ${least} to ${most}.`, { field });
  };
  if (!Array.isArray(tensors) || !tensors.every((one) => typeof one === "string"))
    throw new ModeScopeError("bad-request", "tensors is a list of patterns.", { field: "tensors" });
  return {
    tensors,
    modes: whole("modes", modes, 1, 64),
    directions: whole("directions", directions, 1, 64),
    seed: whole("seed", seed, 0, 2 ** 31),
  };
}
