import { counted } from "../../../src/base/counted.ts";
import type { DynamicsResult, Taught } from "../../../src/studies/dynamics/types.ts";
import { formatNumber, type MaybeNumber } from "../../shell/format.ts";

export type Mode = Taught["followed"]["modes"][number];
export type Illusion = Exclude<Taught["followed"]["illusions"], { readonly reason: string }>[number];
export type Split = Exclude<Taught["splits"], { readonly reason: string }>[number];
export type LawCourse = DynamicsResult["laws"][number];

export interface Names {
  item(index: number): string;
  property(index: number): string;
}

export function namesOf({ itemNames, propertyNames }: Taught): Names {
  return {
    item: (index) => itemNames?.[index] ?? `item ${index}`,
    property: (index) => propertyNames?.[index] ?? `property ${index}`,
  };
}

/** Steps are read whole where they are whole, else to five digits. */
export function stepText(value: MaybeNumber): string {
  if (value === null || value === undefined) return "–";
  return formatNumber(Number(value.toPrecision(6)), 5).text;
}

export function ranksText({ group }: Pick<Mode, "group">): string {
  const [first = 0] = group;
  const last = group[group.length - 1] ?? first;
  return group.length === 1 ? String(first + 1) : `${first + 1}–${last + 1}`;
}

const ORDER: Readonly<Record<DynamicsResult["order"]["by"], string>> = {
  given: "in the order that was given",
  step: "by the optimizer's own count of steps",
  epoch: "by the epoch in the files",
  name: "by the number in their names",
  time: "by the time of the files",
  list: "in the order of the list: neither files nor names have a step",
};

export function orderSentence({ checkpoints, order }: DynamicsResult): string {
  const [first, last] = [checkpoints[0]?.step ?? 0, checkpoints[checkpoints.length - 1]?.step ?? 0];
  return `${counted(checkpoints.length, "checkpoint")}, ${stepText(first)} to ${stepText(last)}, ${ORDER[order.by]}.`;
}

/** "Canary, Salmon from Oak, Rose by Move, Fly against Roots", both poles of a mode; a group of equal modes has none of its own. */
export function separates(taught: Taught, mode: number, names: Names): string {
  const poles = taught.poles[mode];
  const { group } = taught.followed.modes[mode] ?? { group: [] };
  if (poles === null || poles === undefined)
    return group.length > 1 ? `one subspace of ${group.length} equal modes` : "";
  const list = (of: (index: number) => string, indices: readonly number[]) => indices.map(of).join(", ");
  const side = (
    of: (index: number) => string,
    { positive, negative }: { positive: readonly number[]; negative: readonly number[] },
    word: string,
  ) =>
    negative.length === 0
      ? list(of, positive)
      : positive.length === 0
        ? list(of, negative)
        : `${list(of, positive)} ${word} ${list(of, negative)}`;
  return `${side(names.item, poles.items, "from")}: ${side(names.property, poles.properties, "against")}`;
}

/** What the run says of theory, in one sentence. */
export function outlookSentence({ outlook, layers }: Taught): string {
  if ("reason" in outlook) return outlook.reason;
  const start =
    layers.length === 2
      ? "each mode starts from a₀ = ¼‖W₁v + W₂ᵀu‖²"
      : layers.length === 1
        ? "one layer: exponentials"
        : `no start is known for ${counted(layers.length, "layer")}: courses are fitted, not predicted`;
  const decay = outlook.decay > 0 ? `, weight decay λ = ${formatNumber(outlook.decay, 3).text}` : "";
  return `Plain gradient descent, τ = ${stepText(outlook.timeConstant)} steps${decay}; ${start}.`;
}

/** Warnings of the theory's own conditions. */
export function cautions({ followed, leftOut, outlook }: Taught): readonly string[] {
  const worst = Math.max(...followed.offDiagonal.slice(-Math.ceil(followed.offDiagonal.length / 2)));
  return [
    ...(leftOut.length > 0 ? [`Biases are left out, as the theory has none: ${leftOut.join(", ")}.`] : []),
    ...(worst > 0.1
      ? [
          `In the second half of the run up to ${percent(worst)} of the map is off the modes' diagonal: they are not decoupled, and the curves do not hold.`,
        ]
      : []),
    ...(followed.stability?.stable === false
      ? [
          `The step is too large to settle on the strongest mode: τ must be above ${stepText(followed.stability.leastTau)}.`,
        ]
      : []),
    ...(followed.inputMixing > 0.01
      ? [`The inputs mix the modes: ${percent(followed.inputMixing)} of their correlations is off the diagonal.`]
      : []),
    ...("reason" in outlook
      ? []
      : ["A linear network is assumed: checkpoints do not say whether there are nonlinearities."]),
  ];
}

export function percent(share: number): string {
  return `${formatNumber(100 * share, 3).text} %`;
}

export function illusionSentence(one: Illusion, modes: readonly Mode[], names: Names): string {
  const [maker, lacking] = one.cause;
  const missing = lacking === null ? "" : ` until mode ${ranksText(modes[lacking]!)} takes it back`;
  return `${names.item(one.item)} – ${names.property(one.property)}: ${formatNumber(one.peak, 3).text} at ${stepText(one.peakTime)} where the table says ${formatNumber(one.truth, 3).text}; beyond half of it from ${stepText(one.onset)} to ${stepText(one.offset)}. Made by mode ${ranksText(modes[maker]!)}${missing}.`;
}

export function splitName({ sides }: Split, names: Names): string {
  const side = (items: readonly number[]) => {
    const shown = items.slice(0, 4).map(names.item).join(", ");
    return items.length > 4 ? `${shown} and ${items.length - 4} more` : shown;
  };
  return sides.map(side).join(" | ");
}

const LAWS: Readonly<Record<LawCourse["kind"], string>> = {
  balance: "Balance W₂ᵀW₂ − W₁W₁ᵀ",
  rescale: "Rescale ‖w_in‖² + b² − ‖w_out‖²",
  scale: "Scale ‖w‖²",
  translation: "Translation Σ_k W_kj",
};

export function lawName({ kind }: LawCourse): string {
  return LAWS[kind];
}

/** "−0.12 ± 0.03" at the digits that the error has. */
export function withError(value: number, error: number): string {
  if (!Number.isFinite(error) || error <= 0) return formatNumber(value, 4).text;
  const digits = Math.max(1, Math.min(6, Math.ceil(Math.log10(Math.abs(value) / error)) + 1));
  return `${formatNumber(value, Math.max(digits, 2)).text} ± ${formatNumber(error, 2).text}`;
}

export function dropSentences({ whole, checkpoints }: DynamicsResult): readonly string[] {
  return (whole?.pace.drops ?? []).map(({ checkpoint, factor, rates }) => {
    const [before, at] = [checkpoints[checkpoint - 1]?.step, checkpoints[checkpoint]?.step];
    const recorded =
      rates === null
        ? "a lower learning rate would do that"
        : `the recorded learning rate fell from ${formatNumber(Number(rates[0].toPrecision(3))).text} to ${formatNumber(Number(rates[1].toPrecision(3))).text}`;
    return `From ${stepText(at)} on weights move ${formatNumber(1 / factor, 2).text} times slower than from ${stepText(before)} on: ${recorded}.`;
  });
}
