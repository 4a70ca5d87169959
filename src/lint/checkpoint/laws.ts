import type { Family, WeightShape } from "./types.ts";

/** Laws that frameworks draw weights from, by the variance that they give for a shape. */
export interface KnownLaw {
  readonly id: string;
  readonly name: string;
  readonly family: Family;
  /** Null: it is not used for such a weight. */
  readonly variance: (fans: Fans, shape: WeightShape) => number | null;
}

export interface Fans {
  readonly in: number;
  readonly out: number;
}

/** The fans of a kernel count its positions on both sides, as all frameworks do. */
export function fansOf({ rows, columns, taps, wholeRows }: WeightShape): Fans {
  return { in: columns, out: Math.max(rows, wholeRows) * taps };
}

const recurrent =
  (variance: (hidden: number) => number) =>
  (_fans: Fans, { hidden }: WeightShape) =>
    hidden === null ? null : variance(hidden);
const table =
  (variance: (columns: number) => number) =>
  (_fans: Fans, { kind, columns }: WeightShape) =>
    kind === "embedding" ? variance(columns) : null;
const layer =
  (variance: (fans: Fans) => number) =>
  (fans: Fans, { kind }: WeightShape) =>
    kind === "embedding" ? null : variance(fans);

/**
 * The variances of theory.md §8.1 and §8.2. Where two laws give one variance for a shape (He of fan_in and of fan_out of a square matrix), the first
 * that fits is named.
 */
export const LAWS: readonly KnownLaw[] = [
  {
    id: "torch-recurrent",
    name: "PyTorch's recurrent default, U(±1/√hidden)",
    family: "uniform",
    variance: recurrent((hidden) => 1 / (3 * hidden)),
  },
  {
    id: "torch-default",
    name: "PyTorch's default (kaiming_uniform_, a = √5)",
    family: "uniform",
    variance: layer((fans) => 1 / (3 * fans.in)),
  },
  {
    // Of the second axis, which are the outputs there: (in, out, *kernel).
    id: "torch-default-transposed",
    name: "PyTorch's default of a transposed convolution",
    family: "uniform",
    variance: (_fans, { kind, axes, rows }) =>
      kind === "convolution" && axes[0] !== rows && axes[1] === rows
        ? 1 / (3 * axes.slice(1).reduce((product, size) => product * size, 1))
        : null,
  },
  { id: "he-uniform", name: "He, uniform", family: "uniform", variance: layer((fans) => 2 / fans.in) },
  { id: "he-normal", name: "He, normal", family: "normal", variance: layer((fans) => 2 / fans.in) },
  { id: "he-truncated", name: "He, normal cut off", family: "truncated", variance: layer((fans) => 2 / fans.in) },
  {
    id: "glorot-uniform",
    name: "Glorot, uniform",
    family: "uniform",
    variance: layer((fans) => 2 / (fans.in + fans.out)),
  },
  {
    id: "glorot-normal",
    name: "Glorot, normal",
    family: "normal",
    variance: layer((fans) => 2 / (fans.in + fans.out)),
  },
  {
    id: "glorot-truncated",
    name: "Glorot, normal cut off",
    family: "truncated",
    variance: layer((fans) => 2 / (fans.in + fans.out)),
  },
  { id: "lecun-uniform", name: "LeCun, uniform", family: "uniform", variance: layer((fans) => 1 / fans.in) },
  { id: "lecun-normal", name: "LeCun, normal", family: "normal", variance: layer((fans) => 1 / fans.in) },
  { id: "lecun-truncated", name: "LeCun, normal cut off", family: "truncated", variance: layer((fans) => 1 / fans.in) },
  { id: "he-out-normal", name: "He of fan_out, normal", family: "normal", variance: layer((fans) => 2 / fans.out) },
  { id: "he-out-uniform", name: "He of fan_out, uniform", family: "uniform", variance: layer((fans) => 2 / fans.out) },
  {
    id: "tanh-glorot-uniform",
    name: "Glorot, uniform, gain 5/3",
    family: "uniform",
    variance: layer((fans) => (25 / 9) * (2 / (fans.in + fans.out))),
  },
  {
    id: "tanh-glorot-normal",
    name: "Glorot, normal, gain 5/3",
    family: "normal",
    variance: layer((fans) => (25 / 9) * (2 / (fans.in + fans.out))),
  },
  { id: "std-0.02", name: "normal, std 0.02", family: "normal", variance: () => 0.0004 },
  { id: "std-0.02-truncated", name: "normal cut off, std 0.02", family: "truncated", variance: () => 0.0004 },
  {
    id: "keras-truncated-0.05",
    name: "Keras' TruncatedNormal(0.05)",
    family: "truncated",
    variance: () => 0.773_741_3 * 0.0025,
  },
  { id: "std-0.05", name: "Keras' RandomNormal (std 0.05)", family: "normal", variance: () => 0.0025 },
  { id: "uniform-0.05", name: "Keras' RandomUniform (±0.05)", family: "uniform", variance: () => 0.0025 / 3 },
  { id: "std-0.01", name: "normal, std 0.01", family: "normal", variance: () => 0.0001 },
  { id: "unit-normal", name: "N(0, 1)", family: "normal", variance: () => 1 },
  {
    id: "flax-embed",
    name: "Flax' table, normal, variance 1/features",
    family: "normal",
    variance: table((columns) => 1 / columns),
  },
];

/** Laws whose gain belongs to an activation, for the rule about gains. */
export const GAIN_OF: Readonly<Record<string, string>> = {
  "he-uniform": "relu",
  "he-normal": "relu",
  "he-truncated": "relu",
  "tanh-glorot-uniform": "tanh",
  "tanh-glorot-normal": "tanh",
};
