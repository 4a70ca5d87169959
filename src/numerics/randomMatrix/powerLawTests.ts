import { type CancelToken, NEVER_CANCELLED } from "../../base/cancel.ts";
import { Random } from "../random.ts";
import { logNormalTail, normalTail } from "../special/normal.ts";
import { fitSorted, type PowerLawFit } from "./powerLaw.ts";

export interface BootstrapResult {
  /** (1 + number of synthetic distances ≥ the observed one)/(draws + 1). */
  readonly p: number;
  readonly draws: number;
}

/**
 * Goodness of fit of a power-law tail by the semi-parametric bootstrap of Clauset, Shalizi & Newman 2009, §4.1: each synthetic sample takes a
 * point of the tail's law with probability n_tail/n and one of the observed points below x_min otherwise, and is fitted anew, x_min included.
 * Small p: no power law. Independent draws: singular values repel each other and lie more evenly than that, so that p comes out too large
 * and a rejection stands all the more. Deterministic by seed.
 */
export function powerLawGoodness(
  values: ArrayLike<number>,
  fit: PowerLawFit,
  options: {
    readonly draws: number;
    readonly seed: number;
    readonly cancel?: CancelToken;
    progress?(part: number): void;
  },
): BootstrapResult {
  const random = new Random(options.seed);
  const logs = Float64Array.from(
    Array.from(values).filter((value) => value > 0 && Number.isFinite(value)),
    Math.log,
  ).sort();
  const bodyCount = logs.length - fit.tailCount;
  const origin = Math.log(fit.xMin);
  let reached = 0;
  for (let draw = 0; draw < options.draws; draw++) {
    (options.cancel ?? NEVER_CANCELLED).throwIfCancelled();
    const sample = new Float64Array(logs.length);
    for (let i = 0; i < sample.length; i++) {
      const inTail = bodyCount === 0 || random.uniform() * logs.length < fit.tailCount;
      sample[i] = inTail
        ? origin - Math.log(1 - random.uniform()) / (fit.alpha - 1)
        : logs[Math.floor(random.uniform() * bodyCount)]!;
    }
    const again = fitSorted(sample.sort());
    if (again !== null && again.distance >= fit.distance) reached++;
    options.progress?.((draw + 1) / options.draws);
  }
  return { p: (1 + reached) / (options.draws + 1), draws: options.draws };
}

export interface LikelihoodRatio {
  /** ln L(power law) − ln L(log-normal) over the tail: positive favours the power law. */
  readonly ratio: number;
  /** The ratio over its standard deviation, √n·s (Vuong 1989). */
  readonly z: number;
  /** Two-sided: how often a ratio of this size or more comes from chance where both fit equally well. */
  readonly p: number;
}

/**
 * Power law against log-normal on the same tail x ≥ x_min, both normalized there (Clauset, Shalizi & Newman 2009, §5; Vuong 1989).
 * The log-normal's (μ, ln s) by Nelder–Mead from the moments of ln x to 1e-10. As s → ∞ and μ → −∞ the log-normal turns into the power
 * law, so it can never lose by much: z near 0 says that the data cannot tell.
 */
export function againstLogNormal(values: ArrayLike<number>, fit: PowerLawFit): LikelihoodRatio {
  const logs = Array.from(values)
    .filter((value) => value >= fit.xMin * (1 - 1e-12) && Number.isFinite(value))
    .map(Math.log);
  const n = logs.length;
  const start = Math.log(fit.xMin);
  const mean = logs.reduce((sum, x) => sum + x, 0) / n;
  const spread = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n) || 1;
  const squares = logs.reduce((sum, x) => sum + x * x, 0);
  const total = mean * n;
  const objective = (mu: number, logS: number) => {
    const s = Math.exp(logS);
    const quadratic = (squares - 2 * mu * total + n * mu * mu) / (2 * s * s);
    return quadratic + n * (logS + logNormalTail((start - mu) / s));
  };
  const [mu, logS] = minimize(objective, mean, Math.log(spread), spread);
  const s = Math.exp(logS);
  const norm = logS + Math.log(2 * Math.PI) / 2 + logNormalTail((start - mu) / s);
  const slope = fit.alpha - 1;
  // Both densities are taken over ln x: the common factor 1/x drops out.
  const differences = logs.map((x) => Math.log(slope) - slope * (x - start) + (x - mu) ** 2 / (2 * s * s) + norm);
  const ratio = differences.reduce((sum, d) => sum + d, 0);
  const variance = differences.reduce((sum, d) => sum + (d - ratio / n) ** 2, 0) / n;
  const z = variance > 0 ? ratio / Math.sqrt(n * variance) : 0;
  return { ratio, z, p: 2 * normalTail(Math.abs(z)) };
}

type Point = { readonly x: number; readonly y: number; readonly value: number };

/** Nelder & Mead 1965 in the plane. */
function minimize(f: (x: number, y: number) => number, x0: number, y0: number, scale: number): [number, number] {
  const point = (x: number, y: number): Point => {
    const value = f(x, y);
    return { x, y, value: Number.isFinite(value) ? value : Number.POSITIVE_INFINITY };
  };
  let simplex = [point(x0, y0), point(x0 - scale, y0), point(x0, y0 + 0.5)];
  for (let step = 0; step < 2000; step++) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, middle, worst] = simplex as [Point, Point, Point];
    if (worst.value - best.value <= 1e-10 * (1 + Math.abs(best.value))) break;
    const cx = (best.x + middle.x) / 2;
    const cy = (best.y + middle.y) / 2;
    const along = (t: number) => point(cx + t * (worst.x - cx), cy + t * (worst.y - cy));
    const reflected = along(-1);
    if (reflected.value < best.value) {
      const expanded = along(-2);
      simplex = [best, middle, expanded.value < reflected.value ? expanded : reflected];
    } else if (reflected.value < middle.value) {
      simplex = [best, middle, reflected];
    } else {
      const contracted = along(reflected.value < worst.value ? -0.5 : 0.5);
      simplex =
        contracted.value < Math.min(worst.value, reflected.value)
          ? [best, middle, contracted]
          : [
              best,
              point((best.x + middle.x) / 2, (best.y + middle.y) / 2),
              point((best.x + worst.x) / 2, (best.y + worst.y) / 2),
            ];
    }
  }
  simplex.sort((a, b) => a.value - b.value);
  return [simplex[0]!.x, simplex[0]!.y];
}
