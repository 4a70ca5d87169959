import type { LayerUse } from "../network/types.ts";
import type { FoundModel } from "../python/models.ts";
import {
  type CallExpression,
  type Expression,
  end,
  type Place,
  type Statement,
  start,
} from "../python/syntax/types.ts";
import type { Quantity } from "../python/values/quantity.ts";
import type { Law } from "../python/values/types.ts";
import type { TextEdit } from "../types.ts";
import type { Imports } from "./imports.ts";
import { written } from "./numbers.ts";
import { isSizeLike } from "./scale.ts";

/** What a writer may look at. */
export interface Writing {
  readonly text: string;
  readonly statements: readonly Statement[];
  readonly imports: Imports;
  /** `"` or `'`, as the source prefers. */
  readonly quote: string;
}

/** Weights or biases of one layer that are to be drawn otherwise. */
export interface Part {
  readonly model: FoundModel;
  readonly use: LayerUse;
  readonly which: "weights" | "biases";
  readonly law: Law;
  /** σ_w² or σ_b²: what the lint reads, null where it cannot tell, and what is wanted. */
  readonly now: number | null;
  readonly wanted: number;
}

/** One place of the source with all that it is to draw otherwise. */
export interface Spot {
  readonly parts: readonly Part[];
}

/** One way to write it. Whether it does what is wanted the lint says by reading the edited source. */
export type Candidate = readonly TextEdit[];

/** The one number by which σ changes in all parts; null where each needs another, or what is there now is 0 or not known. */
export function commonRatio(parts: readonly Part[]): number | null {
  const ratios = parts.map(({ now, wanted }) => (now === null || now <= 0 ? null : Math.sqrt(wanted / now)));
  const [first] = ratios;
  if (first === undefined || first === null || first <= 0) return null;
  return ratios.every((ratio) => ratio !== null && Math.abs(ratio - first) <= 1e-6 * first) ? first : null;
}

/** Numbers elsewhere in the source that decide: a constant, an argument, an entry of a dictionary. The `rank`-th of each part. */
export function literalCandidate(parts: readonly Part[], rank: number): Candidate | null {
  const edits: TextEdit[] = [];
  for (const { law, now, wanted } of parts) {
    if (now === null || now <= 0 || wanted <= 0) return null;
    const { gain, variance } = law;
    // Where a gain was asked for, the variance also holds the fan, which nobody means to edit.
    const [source, ratio] = gain === null ? [variance, wanted / now] : [gain.value, Math.sqrt(wanted / now)];
    const found = numbersBehind(source)[rank];
    if (found === undefined) return null;
    const [place, power] = found;
    edits.push({ from: start(place), to: end(place), text: written(place.value * ratio ** (1 / power)) });
  }
  return edits.length === 0 ? null : edits;
}

type NumberExpression = Extract<Expression, { type: "number" }>;

function numbersBehind(quantity: Quantity | null): readonly (readonly [NumberExpression, number])[] {
  return (quantity?.written ?? [])
    .flatMap(([place, power]) =>
      isNumber(place) && place.value !== 0 && !isSizeLike(place.value) ? [[place, power] as const] : [],
    )
    .sort((a, b) => Math.sign(b[1]) - Math.sign(a[1]));
}

function isNumber(place: Place): place is NumberExpression {
  return "type" in place && place.type === "number";
}

export function isCall(place: Place): place is CallExpression {
  return "type" in place && place.type === "call" && "args" in place;
}

export function wordsAt(place: Place, text: string): string {
  return text.slice(start(place), end(place));
}

/** Line of a place, from 1. */
export function lineOf(place: Place, text: string): number {
  return text.slice(0, start(place)).split("\n").length;
}

/** σ² that one of the named laws gives exactly: 2 for ReLU's, 1 for a linear network's. A slider's last digit does not count. */
export function namedSquare(square: number): 1 | 2 | null {
  return Math.abs(square - 2) < 2e-4 ? 2 : Math.abs(square - 1) < 1e-4 ? 1 : null;
}
