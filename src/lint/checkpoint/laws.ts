import type { WeightMeasure } from "./measure.ts";

/** Laws that frameworks draw weights from, by the variance that they give. */
interface KnownLaw {
  readonly name: string;
  readonly variance: (fanIn: number, fanOut: number) => number;
  readonly family: "normal" | "uniform" | "orthogonal";
}

const LAWS: readonly KnownLaw[] = [
  { name: "PyTorch's default (kaiming_uniform_, a = √5)", family: "uniform", variance: (fanIn) => 1 / (3 * fanIn) },
  { name: "He, uniform", family: "uniform", variance: (fanIn) => 2 / fanIn },
  { name: "He, normal", family: "normal", variance: (fanIn) => 2 / fanIn },
  { name: "Glorot, uniform", family: "uniform", variance: (fanIn, fanOut) => 2 / (fanIn + fanOut) },
  { name: "Glorot, normal", family: "normal", variance: (fanIn, fanOut) => 2 / (fanIn + fanOut) },
  { name: "LeCun, normal", family: "normal", variance: (fanIn) => 1 / fanIn },
  { name: "He of fan_out, normal", family: "normal", variance: (_fanIn, fanOut) => 2 / fanOut },
  { name: "normal, std 0.02", family: "normal", variance: () => 0.0004 },
  { name: "normal, std 0.01", family: "normal", variance: () => 0.0001 },
  { name: "N(0, 1)", family: "normal", variance: () => 1 },
];

/** Kurtosis of what is called normal: truncated laws have 2.6. */
const KURTOSIS = { normal: [2.5, 3], uniform: [1.8, 1.8] } as const;
const ERRORS = 4;
/** Of an orthogonal matrix in single precision. */
const ORTHOGONAL = 1e-4;

export type Origin =
  | { readonly kind: "law"; readonly name: string }
  /** As if drawn entry by entry, but by no law that has a name. */
  | { readonly kind: "random"; readonly family: "normal" | "uniform" }
  | { readonly kind: "trained" }
  | { readonly kind: "constant" };

/** Which law a weight may have been drawn from: variance within four standard errors, kurtosis that of the family. What fits none has been trained, or drawn otherwise. */
export function originOf(measure: WeightMeasure, fanIn: number, fanOut: number): Origin {
  const { meanSquare, relativeError, kurtosis, largest, rows, columns, orthogonality } = measure;
  if (meanSquare === 0) return { kind: "constant" };
  const entries = rows * columns;
  if (Math.min(rows, columns) > 1 && orthogonality < ORTHOGONAL) return { kind: "law", name: "orthogonal" };
  const uniform =
    Math.abs(kurtosis - KURTOSIS.uniform[0]) < ERRORS * Math.sqrt(0.92 / entries) + 0.005 &&
    largest <= 1.001 * Math.sqrt(3 * meanSquare * (1 + ERRORS * relativeError));
  const spread = ERRORS * Math.sqrt(24 / entries);
  const normal = kurtosis > KURTOSIS.normal[0] - spread && kurtosis < KURTOSIS.normal[1] + spread;
  const family = uniform ? "uniform" : normal ? "normal" : null;
  if (family === null) return { kind: "trained" };
  const law = LAWS.find(
    (one) => one.family === family && Math.abs(meanSquare / one.variance(fanIn, fanOut) - 1) <= ERRORS * relativeError,
  );
  return law === undefined ? { kind: "random", family } : { kind: "law", name: law.name };
}
