import type { CancelToken } from "../../base/cancel.ts";
import { Random } from "../../numerics/random.ts";
import { comparedBy, halves, rdmCeiling, splitHalfReliability } from "../../numerics/similarity/ceiling.ts";
import { holm } from "../../numerics/similarity/familyWise.ts";
import type { Matrix64 } from "../../numerics/similarity/matrix.ts";
import { dissimilarities, type Representation } from "../../numerics/similarity/measures.ts";
import { RefusedError } from "../../numerics/similarity/refusal.ts";
import {
  PAIRWISE,
  type PairwiseComparison,
  type TwoFactor,
  twoFactorBootstrap,
  twoFactorDraw,
} from "../../numerics/similarity/twoFactor.ts";
import { studentQuantile, studentTail } from "../../numerics/special/studentT.ts";
import type { CheckedParameters } from "./parameters.ts";
import type { Recording } from "./recording.ts";
import type { RecordingCeiling, SimilarityLayer } from "./types.ts";

export interface Measured extends Representation {
  readonly layer: SimilarityLayer;
  readonly recording: Recording | null;
}

/** Several measured RDMs of the same items, and the networks' layers that stand against them. */
interface Group {
  readonly ceiling: RecordingCeiling;
  readonly rdms: readonly Matrix64[];
  readonly models: readonly Matrix64[];
}

/** Seconds of draws, by what one entry of one sorted list takes. */
const DRAW_SECONDS = 15;
const SECONDS_PER_ENTRY = 1.4e-7;
const LEAST_DRAWS = 40;
/** 500 items. */
const MOST_PAIRS = 125_000;

/** Of every recording that was measured more than once, and of several recordings together. */
export function ceilingsOf(loaded: readonly Measured[], parameters: CheckedParameters, cancel: CancelToken): Group[] {
  const recordings = loaded.flatMap(({ recording }, layer) => (recording === null ? [] : [{ recording, layer }]));
  const found = recordings.flatMap(({ recording: { parts }, layer }) =>
    parts.length < 2 ? [] : orNone(() => partsOf(loaded, layer, parts, parameters, cancel)),
  );
  return recordings.length < 2
    ? found
    : [
        ...found,
        ...orNone(() => {
          const rdms = recordings.map(({ layer }) => dissimilarities(loaded[layer]!, null, parameters));
          const facts = { layer: recordings[0]!.layer, of: "recordings", reliability: Number.NaN } as const;
          return groupOf(loaded, rdms, facts, parameters, cancel);
        }),
      ];
}

function partsOf(
  loaded: readonly Measured[],
  layer: number,
  parts: readonly Matrix64[],
  parameters: CheckedParameters,
  cancel: CancelToken,
): Group {
  const units = Array.from(splitHalfReliability(parts, halves(parts.length)))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const reliability = units[Math.floor(units.length / 2)] ?? Number.NaN;
  const rdms = parts.map((one): Matrix64 => dissimilarities({ values: one }, null, parameters));
  return groupOf(loaded, rdms, { layer, of: "parts", reliability }, parameters, cancel);
}

function groupOf(
  loaded: readonly Measured[],
  rdms: readonly Matrix64[],
  facts: Pick<RecordingCeiling, "layer" | "of" | "reliability">,
  parameters: CheckedParameters,
  cancel: CancelToken,
): Group {
  const { comparison } = parameters;
  const { lower, upper, bound } = rdmCeiling(rdms, comparison, cancel);
  const ready = comparedBy(comparison);
  const parts = rdms.map(ready);
  const models = loaded.flatMap((one, layer) =>
    one.layer.kind === "layer" ? orNone(() => ({ layer, rdm: dissimilarities(one, null, parameters) })) : [],
  );
  const layers = models.map(({ layer, rdm }) => {
    const form = ready(rdm);
    const value = parts.reduce((sum, part) => sum + part.with(form) / parts.length, 0);
    return { layer, value, standardError: null, low: null, high: null, p: null, belowCeiling: null };
  });
  const ceiling = { ...facts, lower, upper, bound, over: rdms.length, layers, differences: [], bootstrap: null };
  return { ceiling: { ...ceiling, noBootstrap: null }, rdms, models: models.map(({ rdm }) => rdm) };
}

/** What is refused is left out: a ceiling stands beside the answer. */
function orNone<Out>(make: () => Out): Out[] {
  try {
    return [make()];
  } catch (error) {
    if (error instanceof RefusedError) return [];
    throw error;
  }
}

/** The ceilings with errors over items and parts (or recordings) at once. */
export function generalized(
  groups: readonly Group[],
  parameters: CheckedParameters,
  cancel: CancelToken,
  progress: (fraction: number) => void,
): RecordingCeiling[] {
  return groups.map((group, at) => {
    const reason = whyNot(group, parameters);
    if (reason !== null) return { ...group.ceiling, noBootstrap: reason };
    const comparison = parameters.comparison as PairwiseComparison;
    const draws = drawsOf(group, parameters);
    const n = group.rdms[0]!.rows;
    const random = new Random(parameters.seed);
    const drawn = Array.from({ length: draws }, () => twoFactorDraw(group.rdms.length, n, random));
    const found = twoFactorBootstrap(group.models, group.rdms, comparison, drawn, cancel, (fraction) =>
      progress((at + fraction) / groups.length),
    );
    return found.draws < 20
      ? { ...group.ceiling, noBootstrap: `Only ${found.draws} of ${draws} draws gave a number.` }
      : withErrors(group.ceiling, found, comparison, n);
  });
}

function whyNot({ rdms, models }: Group, { comparison, bootstraps }: CheckedParameters): string | null {
  if (models.length === 0) return "No layer of a network stands against it.";
  if (bootstraps < 20) return "Fewer than 20 draws were asked for.";
  if (!PAIRWISE.some((one) => one === comparison))
    return "The whitened cosine has no value where pairs of copies are left out: take ρ, ρ_a, τ_a, Pearson or the cosine.";
  const { rows } = rdms[0]!;
  return (rows * (rows - 1)) / 2 > MOST_PAIRS ? `${rows} items are too many to draw again and again.` : null;
}

function drawsOf({ rdms, models }: Group, { comparison, bootstraps }: CheckedParameters): number {
  const n = rdms[0]!.rows;
  // τ_a sorts once for every two lists, and slower.
  const lists = comparison === "tau-a" ? 12 * (models.length + 2) * rdms.length : models.length + 3 * rdms.length;
  const affordable = Math.floor(DRAW_SECONDS / (((SECONDS_PER_ENTRY * n * (n - 1)) / 2) * lists));
  return Math.min(bootstraps, Math.max(LEAST_DRAWS, affordable));
}

function withErrors(
  ceiling: RecordingCeiling,
  found: TwoFactor,
  comparison: PairwiseComparison,
  items: number,
): RecordingCeiling {
  const { degreesOfFreedom: freedom, variances, differences, toCeiling, ceilingVariances, draws } = found;
  const wide = studentQuantile(0.975, freedom);
  const twoSided = (difference: number, variance: number) =>
    variance > 0 ? 2 * studentTail(Math.abs(difference) / Math.sqrt(variance), freedom) : Number.NaN;
  const layers = ceiling.layers.map((one, at) => {
    const standardError = Math.sqrt(variances[at]!);
    return {
      ...one,
      standardError,
      // Correlations and cosines lie between −1 and 1, and so does what can be true.
      low: Math.max(-1, one.value - wide * standardError),
      high: Math.min(1, one.value + wide * standardError),
      // Distances are positive: their cosine is above 0 whatever they are.
      p: comparison === "cosine" || !(standardError > 0) ? null : studentTail(one.value / standardError, freedom),
      belowCeiling: twoSided(one.value - ceiling.lower, toCeiling[at]![0]),
    };
  });
  const count = layers.length;
  const pairs = layers.flatMap((first, a) =>
    layers.slice(a + 1).map((second, k) => {
      const variance = differences[a * count + a + 1 + k]!;
      const difference = first.value - second.value;
      const standardError = Math.sqrt(variance);
      return { a: first.layer, b: second.layer, difference, standardError, p: twoSided(difference, variance) };
    }),
  );
  const corrected = holm(pairs.map(({ p }) => (Number.isNaN(p) ? 1 : p)));
  return {
    ...ceiling,
    layers,
    differences: pairs.map((one, at) => ({ ...one, corrected: corrected[at]! })),
    bootstrap: {
      draws,
      items,
      degreesOfFreedom: freedom,
      ceilingErrors: [Math.sqrt(ceilingVariances[0]), Math.sqrt(ceilingVariances[1])],
    },
  };
}
