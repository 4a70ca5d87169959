import { attach } from "../../analysis/mode-hierarchy/attach.ts";
import { polesOf } from "../../analysis/mode-hierarchy/poles.ts";
import type { Measured } from "../../analysis/types.ts";
import type { CancelToken } from "../../base/cancel.ts";
import { type DenseMatrix, frobeniusSquare } from "../../numerics/dense.ts";
import { medianNoiseLevel, restNoiseLevel } from "../../numerics/randomMatrix/noiseLevel.ts";
import { contrastsOf } from "../../numerics/semantics/contrasts.ts";
import { type ModeError, modeErrors, modeGroups } from "../../numerics/semantics/modeErrors.ts";
import { procrustes } from "../../numerics/semantics/networkMap.ts";
import { varimax } from "../../numerics/semantics/varimax.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";
import type { TreeNode } from "../../numerics/trees/multifurcate.ts";
import type { SemanticMode } from "./types.ts";

const SEED = 2016;
/** Up to this smaller side all modes are computed: what is said about the whole of Σ needs them. */
const ALL_MODES = 1024;
const LEADING = 64;
/** Of a matrix with fewer values the median says nothing about noise. */
const LEAST_FOR_NOISE = 16;
const RANK_FLOOR = 1e-10;
/** Half of a mode names it. */
const NAMING_SHARE = 0.5;
const MOST_NAMES = 64;

export interface Decomposed {
  readonly spectrum: Float64Array<ArrayBuffer>;
  /** Above rounding only. */
  readonly values: Float64Array<ArrayBuffer>;
  readonly left: readonly Float64Array[];
  readonly right: readonly Float64Array[];
  readonly complete: boolean;
  readonly totalSquare: number;
}

export function decompose(
  matrix: DenseMatrix,
  count: number,
  cancel: CancelToken,
  progress: (part: number) => void,
): Decomposed {
  const small = Math.min(matrix.rows, matrix.columns);
  const complete = small <= ALL_MODES;
  const wanted = complete ? small : Math.max(count + 1, LEADING);
  const triplets = topTriplets(matrix, wanted, { tolerance: complete ? 1e-10 : 1e-7, seed: SEED, cancel, progress });
  const known = complete ? triplets.values.length : triplets.converged;
  const spectrum = triplets.values.slice(0, known);
  const rank = spectrum.filter((value) => value > RANK_FLOOR * spectrum[0]!).length;
  return {
    spectrum,
    values: spectrum.slice(0, rank),
    left: triplets.left.slice(0, rank),
    right: triplets.right.slice(0, rank),
    complete,
    totalSquare: frobeniusSquare(matrix),
  };
}

/** A noise level that was given, or that of a single weight matrix from its own spectrum; null where neither is to be had. */
export function noiseOf(
  found: Decomposed,
  rows: number,
  columns: number,
  given: number | null,
  weights: boolean,
): Measured | null {
  if (given !== null)
    return given === 0 ? null : { value: given, how: { kind: "exact", method: "given as a parameter" } };
  if (!weights || Math.min(rows, columns) < LEAST_FOR_NOISE) return null;
  const level = found.complete
    ? medianNoiseLevel(found.spectrum, rows, columns)
    : restNoiseLevel(found.spectrum, rows, columns, found.totalSquare);
  if (level === null) return null;
  const method = found.complete
    ? "median-matched to Marchenko–Pastur: fewer than half of the modes are signal"
    : "from the squared weight that the leading modes leave";
  return { value: level.entryStd, how: { kind: "estimate", standardError: level.standardError, method } };
}

export function groupsOf(values: Float64Array, gap: number, noise: Measured | null) {
  return modeGroups(values, gap, noise?.value ?? 0);
}

/** A degenerate group has no vectors of its own: they are turned onto the tree's splits if it is made of them, else to be as simple as can be. */
export function turned(
  found: Decomposed,
  groups: readonly (readonly number[])[],
  nodes: readonly TreeNode[],
  itemSide: "rows" | "columns",
): Pick<Decomposed, "left" | "right"> {
  const [left, right] = [found.left.slice(), found.right.slice()];
  for (const group of new Set(groups)) {
    if (group.length < 2) continue;
    const vs = group.map((index) => (itemSide === "rows" ? found.left : found.right)[index]!);
    const place = nodes.length === 0 ? null : attach(vs, nodes);
    const contrasts = place === null ? [] : place.nodes.flatMap((node) => contrastsOf(nodes, node, vs[0]!.length));
    const turn =
      place !== null && place.purity > 0.9 && contrasts.length === group.length
        ? procrustes(vs, contrasts)
        : varimax(vs);
    for (const [k, index] of group.entries()) {
      left[index] = combined(
        group.map((one) => found.left[one]!),
        turn.map((row) => row[k]!),
      );
      right[index] = combined(
        group.map((one) => found.right[one]!),
        turn.map((row) => row[k]!),
      );
    }
  }
  return { left, right };
}

function combined(vectors: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const out = new Float64Array(vectors[0]!.length);
  for (const [k, vector] of vectors.entries())
    for (let i = 0; i < out.length; i++) out[i] = out[i]! + weights[k]! * vector[i]!;
  return out;
}

export function reportModes(
  found: Decomposed,
  vectors: Pick<Decomposed, "left" | "right">,
  groups: readonly (readonly number[])[],
  noise: Measured | null,
  count: number,
): readonly SemanticMode[] {
  const [rows, columns] = [found.left[0]?.length ?? 0, found.right[0]?.length ?? 0];
  const errors: readonly ModeError[] =
    noise === null ? [] : modeErrors(found.values, groups, rows, columns, noise.value);
  return Array.from(found.values.subarray(0, count), (singularValue, index): SemanticMode => {
    const group = groups[index] ?? [index];
    const alone = group.length === 1;
    return {
      index,
      singularValue,
      share: found.totalSquare === 0 ? 0 : singularValue ** 2 / found.totalSquare,
      group,
      leftError: errors[index]?.left ?? null,
      rightError: errors[index]?.right ?? null,
      leftIpr: alone ? participation(vectors.left[index]!) : Number.NaN,
      rightIpr: alone ? participation(vectors.right[index]!) : Number.NaN,
      left: polesOf(vectors.left[index]!, NAMING_SHARE, MOST_NAMES),
      right: polesOf(vectors.right[index]!, NAMING_SHARE, MOST_NAMES),
    };
  });
}

function participation(x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! ** 4;
  return sum;
}

/** The first `count` as one array, row after row. */
export function packed(vectors: readonly Float64Array[], count: number): Float32Array<ArrayBuffer> {
  const shown = vectors.slice(0, count);
  const length = shown[0]?.length ?? 0;
  const out = new Float32Array(shown.length * length);
  for (const [k, vector] of shown.entries()) out.set(vector, k * length);
  return out;
}
