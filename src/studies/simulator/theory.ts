import type { Measured } from "../../analysis/types.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { learningCurve } from "../../numerics/learning/curves.ts";
import { deepTimeBetween, depthTimeBetween, stageIndex } from "../../numerics/learning/deepLinear.ts";
import { bilinear, type DataMode, effectiveStart } from "../../numerics/learning/linearChain.ts";
import type { Start } from "./types.ts";

/** What theory says of one mode in one network. */
export interface ModeTheory {
  readonly start: number;
  readonly at: (t: number) => number;
  readonly halfTime: number;
  readonly stage: number;
}

export interface Network {
  readonly depth: number;
  readonly hidden: number;
  readonly start: Start;
  readonly scale: number;
}

/**
 * The strength from which theory's course of a mode begins; null where there is no theory of it: three or more random layers are neither balanced nor
 * aligned, and no closed form says how long they take to become so.
 */
export function startOf(mode: DataMode, network: Network, layers: readonly DenseMatrix[]): number | null {
  if (network.start === "balanced") return network.scale;
  const [first, second] = layers;
  if (network.depth === 1 && first !== undefined)
    return mode.u.reduce((sum, u, k) => sum + bilinear(u, first, mode.v[k]!), 0) / mode.u.length;
  if (network.depth === 2 && first !== undefined && second !== undefined) return effectiveStart(mode, first, second);
  return null;
}

export function theoryOf({ s }: DataMode, depth: number, start: number, tau: number): ModeTheory {
  return {
    start,
    at: learningCurve({ kind: "depth", depth }, { s, start, tau }),
    halfTime: timeBetween(depth, start, s / 2, s, tau),
    stage: stageIndex(depth, start, s),
  };
}

/** Time from one strength to another; NaN where the course does not pass from one to the other. */
export function timeBetween(depth: number, from: number, to: number, s: number, tau: number): number {
  if (depth === 1) return from < to && to < s ? tau * Math.log((s - from) / (s - to)) : Number.NaN;
  return depth === 2 ? deepTimeBetween(from, to, s, tau) : depthTimeBetween(depth, from, to, s, tau);
}

export function exact(value: number, method: string): Measured | null {
  return Number.isFinite(value) ? { value, how: { kind: "exact", method } } : null;
}

const LAWS: Readonly<Record<number, string>> = {
  1: "b(t) = s(1 − e^(−t/τ)) + b₀e^(−t/τ), one weight matrix",
  2: "t½ = (τ/2s)·ln((s − a₀)/a₀), two weight matrices",
};

export const lawOf = (depth: number) =>
  LAWS[depth] ?? `τ du/dt = ${depth}·u^(2−2/${depth})(s − u), integrated in ln(u/(s − u))`;
