import { loadMatrix } from "../../analysis/_shared/input.ts";
import { weightMatrixReading } from "../../analysis/_shared/weightMatrix.ts";
import type { TargetRef } from "../../analysis/types.ts";
import { serializeError } from "../../base/errors.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { balance, driftOf } from "../../numerics/learning/conservation.ts";
import {
  describe,
  type Law,
  type LawCourse,
  lawCourse,
  lawsOf,
  type MatrixSquares,
  squaresOf,
} from "../../series/laws.ts";
import { followMatrix } from "../../series/matrixCourse.ts";
import { paceOf } from "../../series/pace.ts";
import type { Moment } from "../../series/types.ts";
import type { HeldFiles } from "../_shared/heldFiles.ts";
import type { StudyContext } from "../types.ts";
import type { LinedUp } from "./lineUp.ts";
import type { DynamicsResult, FollowedMatrix } from "./types.ts";

export interface MatrixTarget {
  readonly tensor: DescribedTensor;
  readonly target: TargetRef;
  readonly part: string | null;
  readonly rows: number;
  readonly columns: number;
}

/** Every weight matrix in the file's order, fused tensors part by part. Embeddings and other tables come last: they are large and say little. */
export function matrixTargets(described: readonly DescribedTensor[]): readonly MatrixTarget[] {
  const all = described.flatMap((tensor): MatrixTarget[] => {
    const parts = tensor.parts.length === 0 ? [null] : tensor.parts.map((_, part) => part);
    return parts.flatMap((part) => {
      const target = { tensor: tensor.name, part, tap: null };
      if (tensor.role === "ema" || tensor.role === "position") return [];
      const reading = weightMatrixReading(tensor, target);
      if ("reason" in reading || Math.min(reading.rows, reading.columns) < 2) return [];
      const label = part === null ? null : (tensor.parts[part]?.label ?? null);
      return [{ tensor, target, part: label, rows: reading.rows, columns: reading.columns }];
    });
  });
  return [
    ...all.filter(({ tensor }) => tensor.role === "weight"),
    ...all.filter(({ tensor }) => tensor.role !== "weight"),
  ];
}

/** Three of them are in memory at once, 1 GiB in single precision with the workspace. */
const MAX_ELEMENTS = 6e7;

/** Follows one matrix after another; `found` is told of each. Returns what the conservation laws need of them. */
export async function followMatrices(
  context: StudyContext,
  held: HeldFiles,
  { members }: LinedUp,
  targets: readonly MatrixTarget[],
  found: (matrix: FollowedMatrix, at: number) => void,
): Promise<ReadonlyMap<string, readonly MatrixSquares[]>> {
  const steps = members.map(({ step }) => step);
  const squares = new Map<string, MatrixSquares[]>();
  for (const [at, { tensor, target, part, rows, columns }] of targets.entries()) {
    context.cancel.throwIfCancelled();
    const read = async (k: number): Promise<DenseMatrix> => {
      const { checkpoint, tensors } = await held.get(members[k]!.input);
      const own = tensors.find(({ name }) => name === tensor.name) ?? tensor;
      const { cancel, signal } = context;
      return loadMatrix({ checkpoint, tensor: own, target, cancel, signal, progress() {} });
    };
    const mine: MatrixSquares[] = [];
    const keep = (k: number, matrix: DenseMatrix) => {
      if (part === null) mine[k] = squaresOf(tensor, matrix);
    };
    const facts = { tensor: tensor.name, part, rows, columns };
    if (rows * columns > MAX_ELEMENTS) {
      found({ ...facts, course: { reason: `${rows} × ${columns} is too large to follow at every checkpoint.` } }, at);
      continue;
    }
    try {
      found({ ...facts, course: await followMatrix(steps, read, keep, context.cancel) }, at);
      if (part === null) squares.set(tensor.name, mine);
    } catch (error) {
      context.cancel.throwIfCancelled();
      found({ ...facts, course: { reason: serializeError(error).message } }, at);
    }
  }
  return squares;
}

export function wholeOf({ members }: LinedUp, matrices: readonly FollowedMatrix[]): DynamicsResult["whole"] {
  const courses = matrices.flatMap(({ course }) => ("reason" in course ? [] : [course]));
  if (courses.length === 0) return null;
  const together = (of: (course: (typeof courses)[number]) => readonly number[], count: number) =>
    Array.from({ length: count }, (_, k) => Math.sqrt(courses.reduce((sum, course) => sum + of(course)[k]! ** 2, 0)));
  const steps = members.map(({ step }) => step);
  return {
    norm: together(({ norm }) => norm, steps.length),
    pace: paceOf(
      steps,
      together(({ stepLengths }) => stepLengths, steps.length - 1),
      members.map(({ facts }) => facts.rate?.value ?? null),
    ),
  };
}

/** Conservation laws that need the file's order of tensors, with the biases that belong to them. */
export async function auditLaws(
  context: StudyContext,
  held: HeldFiles,
  { members }: LinedUp,
  squares: ReadonlyMap<string, readonly MatrixSquares[]>,
  softmax: boolean,
): Promise<readonly LawCourse[]> {
  const { tensors } = await held.get(members[0]!.input);
  const laws = lawsOf(tensors).filter(({ kind }) => softmax || kind !== "translation");
  const biases = new Map<string, Float64Array[]>();
  for (const { kind, tensors: names } of laws) {
    const [name] = names;
    const bias = kind === "rescale" && name !== undefined ? biasOf(name, tensors) : null;
    if (bias === null || name === undefined) continue;
    const values: Float64Array[] = [];
    for (const { input } of members) {
      context.cancel.throwIfCancelled();
      const { checkpoint } = await held.get(input);
      values.push(Float64Array.from(await checkpoint.read(bias.name, 0, bias.elements, context.signal)));
    }
    biases.set(name, values);
  }
  const steps = members.map(({ step }) => step);
  return laws.flatMap((law) => lawCourse(law, steps, squares, biases) ?? []);
}

/** The bias that stands beside a weight: the same module, as long as the weight has outputs. */
function biasOf(weight: string, described: readonly DescribedTensor[]): DescribedTensor | null {
  const module = weight.slice(0, Math.max(weight.lastIndexOf("."), weight.lastIndexOf("/")) + 1);
  return (
    described.find(
      ({ role, name, shape }) =>
        role === "bias" && shape.length === 1 && name.startsWith(module) && !/[./]/.test(name.slice(module.length)),
    ) ?? null
  );
}

/** W₂ᵀW₂ − W₁W₁ᵀ between neighbouring layers of a linear chain, h² numbers for h hidden units. */
export function balances(moments: readonly Moment[], layers: readonly string[]): readonly LawCourse[] {
  const steps = moments.map(({ step }) => step);
  return layers.slice(1).flatMap((next, l) => {
    const h = moments[0]!.layers[l]!.rows;
    if (h > MAX_HIDDEN) return [];
    const law: Law = {
      kind: "balance",
      tensors: [layers[l]!, next],
      assumption: "The two layers are linear and follow one another.",
    };
    const at = (k: number) => balance(moments[k]!.layers[l]!, moments[k]!.layers[l + 1]!);
    const start = at(0);
    return describe(
      law,
      steps,
      h * h,
      moments.map(({ layers: [...now] }, k) => driftOf(start, at(k), square(now[l]!) + square(now[l + 1]!))),
    );
  });
}

/** h² numbers at every checkpoint. */
const MAX_HIDDEN = 512;

function square({ data }: DenseMatrix): number {
  let sum = 0;
  for (let k = 0; k < data.length; k++) sum += data[k]! ** 2;
  return sum;
}
