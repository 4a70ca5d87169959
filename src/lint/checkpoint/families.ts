/**
 * Laws that single entries are drawn from, told apart by their kurtosis κ = E w⁴/(E w²)². With moments μ of the law and n entries, by the delta method
 *   n·Var(κ̂) = (μ₈ − μ₄²)/μ₂⁴ − 4μ₄(μ₆ − μ₄μ₂)/μ₂⁵ + 4μ₄²(μ₄ − μ₂²)/μ₂⁶
 *   normal: κ = 3, 24.   uniform: κ = 9/5, 1.317.   normal cut off at ±2: κ = 2.366, 3.85.
 * (Casella & Berger, Statistical Inference, §5.5.4 for the method; the moments of the cut-off normal by parts.)
 */
import type { Family } from "./types.ts";

interface FamilyFacts {
  readonly family: Family;
  readonly words: string;
  readonly kurtosis: number;
  /** n times the variance of its estimate. */
  readonly spread: number;
  /** The largest entry over the standard deviation; Infinity where there is no bound. */
  readonly bound: number;
}

const FAMILIES: readonly FamilyFacts[] = [
  { family: "uniform", words: "uniform", kurtosis: 1.8, spread: 1.316_571, bound: Math.sqrt(3) },
  { family: "truncated", words: "normal cut off at ±2 std", kurtosis: 2.365_571, spread: 3.854_7, bound: 2.273_693 },
  { family: "normal", words: "normal", kurtosis: 3, spread: 24, bound: Number.POSITIVE_INFINITY },
];

/** Standard errors within which a number counts as that of the law. */
export const WITHIN = 4;

/** The families that the entries may be of, the likeliest first; several where there are few entries. */
export function familiesOf(
  kurtosis: number,
  largest: number,
  deviation: number,
  entries: number,
): readonly FamilyFacts[] {
  return FAMILIES.map((facts) => ({
    facts,
    off: Math.abs(kurtosis - facts.kurtosis) / Math.sqrt(facts.spread / entries),
  }))
    .filter(({ facts, off }) => off <= WITHIN && largest <= facts.bound * deviation * (1 + WITHIN / Math.sqrt(entries)))
    .sort((a, b) => a.off - b.off)
    .map(({ facts }) => facts);
}
