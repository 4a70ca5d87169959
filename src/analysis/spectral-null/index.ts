import { frobeniusSquare } from "../../numerics/dense.ts";
import { entryFacts } from "../../numerics/randomMatrix/entries.ts";
import { nullPValue, signFlipNull } from "../../numerics/randomMatrix/signFlip.ts";
import { weightWatcherNorms } from "../../numerics/randomMatrix/weightWatcher.ts";
import { singularValues } from "../../numerics/svd/singularValues.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";
import { type LoadedMatrix, loadMatrix } from "../_shared/input.ts";
import { type NullInput, nullAccount } from "../_shared/null/account.ts";
import { tailAccount } from "../_shared/null/tail.ts";
import type { Said } from "../_shared/null/types.ts";
import { readParameters } from "../_shared/parameters.ts";
import { targetLabel } from "../_shared/targetLabel.ts";
import { weightMatrixReading } from "../_shared/weightMatrix.ts";
import type { Analysis, AnalysisContext, Measured } from "../types.ts";
import { initialOf } from "./initial.ts";
import { manifest } from "./manifest.ts";
import { operatorAccount } from "./operator.ts";
import { accountSpikes } from "./spikes.ts";
import type { SignFlipAccount, SpectralNullResult } from "./types.ts";

const FLIPPED_MODES = 16;
const SPIKES = 16;
const LEADING = 32;
const LEVEL = 0.05;

export const spectralNullAnalysis: Analysis<SpectralNullResult> = {
  manifest,

  applies(tensor, target) {
    const reading = weightMatrixReading(tensor, target);
    return "reason" in reading ? reading : null;
  },

  async run(context, parameters) {
    const { noiseStd, flipDraws, tailDraws, grid, seed, exactLimit } = readParameters(manifest.parameters, parameters);
    const { cancel, tensor } = context;
    const part = (from: number, share: number) => (fraction: number) => context.progress(from + share * fraction);
    const matrix = await loadMatrix(context);
    const { rows, columns } = matrix;
    const whole = Math.min(rows, columns) <= exactLimit;
    const s = whole
      ? singularValues(matrix, { cancel, progress: part(0, 0.2) })
      : leading(matrix, context, part(0, 0.2));
    const initial = await initialOf(context, exactLimit);
    const account = (known: NullInput["known"]) =>
      nullAccount({
        tensor,
        label: targetLabel(context),
        matrix,
        singularValues: s,
        frobeniusSquare: frobeniusSquare(matrix),
        known,
      });
    const matched = account(null);
    const fromInitial =
      initial.account.value === null ? null : account({ entryStd: initial.account.value.std.value, source: "initial" });
    const used = noiseStd > 0 ? account({ entryStd: noiseStd, source: "given" }) : (fromInitial ?? matched);

    const signFlip = flipAccount(matrix, s, { draws: flipDraws, seed, cancel, progress: part(0.3, 0.4) });
    const spikes = accountSpikes({
      matrix,
      modes: (used.noise.value?.modes ?? []).slice(0, SPIKES),
      mean: entryFacts(matrix).mean,
      p: signFlip.value?.p ?? null,
      initial: initial.matrix,
      cancel,
    });
    const powerLaw = whole
      ? tailAccount(s, used.noise.value, { draws: tailDraws, seed, cancel, progress: part(0.75, 0.05) })
      : { value: null, reason: "The tail needs all singular values: compute them exactly." };
    return {
      reading: matrix.reading,
      rows,
      columns,
      ...used,
      medianNoise: matched.noise,
      initialNoise: fromInitial?.noise ?? { value: null, reason: initial.account.reason ?? "" },
      initial: initial.account,
      signFlip,
      spikes,
      powerLaw,
      weightWatcher: weightWatcherOf(
        matrix,
        s,
        whole,
        powerLaw.value?.alpha ?? null,
        used.noise.value?.mpSoftrank ?? null,
      ),
      operator: operatorAccount({ ...context, progress: part(0.8, 0.2) }, matrix, s[0] ?? 0, grid),
    };
  },
};

function leading(
  matrix: LoadedMatrix,
  { cancel }: AnalysisContext,
  progress: (fraction: number) => void,
): Float64Array {
  const { values, converged } = topTriplets(matrix, LEADING, { tolerance: 1e-6, cancel, progress });
  return values.slice(0, Math.max(1, converged));
}

function flipAccount(
  matrix: LoadedMatrix,
  s: Float64Array,
  options: {
    readonly draws: number;
    readonly seed: number;
    readonly cancel: AnalysisContext["cancel"];
    progress(part: number): void;
  },
): Said<SignFlipAccount> {
  const top = s[0] ?? 0;
  if (top === 0) return { value: null, reason: "All entries are zero." };
  if (options.draws === 0) return { value: null, reason: "No draws were asked for." };
  const { largest, stopped } = signFlipNull(matrix, { ...options, observed: top });
  const at = (share: number) => largest[Math.min(largest.length - 1, Math.floor(share * largest.length))] ?? 0;
  const p = s.slice(0, FLIPPED_MODES).map((value) => nullPValue(largest, value));
  const first = p.findIndex((value) => value > LEVEL);
  return {
    reason: null,
    value: {
      draws: largest.length,
      asked: options.draws,
      stopped,
      p,
      signalModes: first < 0 ? p.length : first,
      median: at(0.5),
      upper: at(0.95),
    },
  };
}

function weightWatcherOf(
  matrix: LoadedMatrix,
  s: Float64Array,
  whole: boolean,
  alpha: Measured | null,
  mpSoftrank: Measured | null,
): SpectralNullResult["weightWatcher"] {
  const norms = weightWatcherNorms(s, alpha?.value ?? null, null);
  const exact = (value: number, method: string): Measured => ({ value, how: { kind: "exact", method } });
  const scaled = (value: number | null): Measured | null =>
    value === null || alpha === null || alpha.how.kind !== "estimate"
      ? null
      : { value, how: { ...alpha.how, standardError: Math.abs(norms.logSpectralNorm) * alpha.how.standardError } };
  const method = whole ? "from all singular values in float64" : "from the leading singular values";
  return {
    logNorm: exact(Math.log10(frobeniusSquare(matrix)), "sum of squares of all entries in float64"),
    logSpectralNorm: exact(norms.logSpectralNorm, method),
    alphaWeighted: scaled(norms.alphaWeighted),
    logAlphaNorm: scaled(norms.logAlphaNorm),
    mpSoftrank,
  };
}
