import { figure } from "../../theory/words.ts";
import type { CheckpointFinding } from "../../types.ts";
import { type Fans, fansOf, LAWS } from "../laws.ts";
import type { MeasuredWeight, NetworkFacts, WeightShape } from "../types.ts";

/** Fans as someone else would count them. */
interface Misreading {
  readonly id: string;
  readonly words: string;
  readonly fans: (shape: WeightShape) => Fans | null;
}

const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);

const MISREADINGS: readonly Misreading[] = [
  {
    id: "torch",
    words:
      "the tensor's second axis is taken for the inputs, as PyTorch does (a transposed convolution, or a kernel of another layout)",
    fans: ({ axes }) => {
      if (axes.length < 2) return null;
      const field = product(axes.slice(2));
      return { in: (axes[1] ?? 1) * field, out: (axes[0] ?? 1) * field };
    },
  },
  {
    id: "swapped",
    words: "fan_in and fan_out are exchanged (mode, or a kernel stored the other way round)",
    fans: (shape) => {
      const { in: inputs, out } = fansOf(shape);
      return { in: out, out: inputs };
    },
  },
  {
    id: "taps",
    words: "the positions of the kernel are left out",
    fans: ({ columns, rows, taps }) => (taps > 1 ? { in: columns / taps, out: rows } : null),
  },
  {
    id: "einsum",
    words: "the axes before the last two are taken for a receptive field, as Keras does",
    fans: ({ axes, taps }) => {
      if (axes.length < 3 || taps > 1) return null;
      const field = product(axes.slice(0, -2));
      return { in: (axes.at(-2) ?? 1) * field, out: (axes.at(-1) ?? 1) * field };
    },
  },
];

/** Laws that count fans; those of fan_out are the swapped ones of fan_in. */
const COUNTING = LAWS.filter(
  ({ id }) => /^(?:torch-default|he-|glorot-|lecun-)/.test(id) && !/^he-out|-transposed$/.test(id),
);
const WITHIN = 3;
/** A law by a misread fan is one of many guesses: only variances that are known this well are held against them. */
const KNOWN = 0.01;
/** Two weights of different shapes that fit the same guess make it; one alone only where its variance is known so well. */
const WELL_KNOWN = 0.004;
/** By which σ_w² must miss what the law means to give. */
const MATTERS = 1.5;

interface Guess {
  readonly weight: MeasuredWeight;
  readonly misreading: Misreading;
  readonly law: string;
  readonly name: string;
  readonly fans: Fans;
}

/** Weights that no law fits as they are, but one law fits with fans counted wrongly. */
export function wrongFans(weights: readonly MeasuredWeight[], facts: NetworkFacts): readonly CheckpointFinding[] {
  if (facts.verdict.kind !== "initialization" || facts.normalised) return [];
  const guesses = weights.flatMap(guessesOf);
  return weights.flatMap((weight): CheckpointFinding[] => {
    const own = guesses
      .filter((guess) => guess.weight === weight)
      .map((guess) => ({ guess, support: supportOf(guess, guesses) }))
      .filter(({ support }) => support > 1 || weight.measure.relativeError < WELL_KNOWN)
      .sort((a, b) => b.support - a.support);
    const [best] = own;
    if (best === undefined) return [];
    const { guess, support } = best;
    const right = fansOf(weight.shape);
    const value = right.in * weight.measure.meanSquare;
    return [
      {
        rule: "MF006",
        severity: "warning",
        tensor: weight.tensor,
        part: weight.part,
        message: `σ_w² = ${figure(value)} ± ${figure(value * weight.measure.relativeError)} is of no law with the layer's own fan_in = ${right.in}, but of ${guess.name} with fan_in = ${guess.fans.in}${guess.law.startsWith("glorot") ? `, fan_out = ${guess.fans.out}` : ""}: ${guess.misreading.words}.${support > 1 ? ` ${support} weights of this file fit the same reading.` : ""}`,
        assumptions: ["independent entries of one law"],
        stated: null,
      },
    ];
  });
}

function guessesOf(weight: MeasuredWeight): Guess[] {
  const { origin, measure, shape } = weight;
  if (
    origin.kind !== "random" ||
    measure.relativeError > KNOWN ||
    shape.kind === "embedding" ||
    shape.kind === "recurrent"
  )
    return [];
  const right = fansOf(shape);
  return MISREADINGS.flatMap((misreading) => {
    const fans = misreading.fans(shape);
    if (fans === null || (fans.in === right.in && fans.out === right.out)) return [];
    return COUNTING.filter(({ family }) => family === origin.family).flatMap((law): Guess[] => {
      const [wrong, meant] = [law.variance(fans, shape), law.variance(right, shape)];
      if (wrong === null || meant === null) return [];
      const ratio = wrong / meant;
      if (ratio < MATTERS && ratio > 1 / MATTERS) return [];
      const off = Math.abs(measure.meanSquare / wrong - 1) / measure.relativeError;
      return off <= WITHIN ? [{ weight, misreading, law: law.id, name: law.name, fans }] : [];
    });
  });
}

/** Weights of different shapes that the same guess fits. */
function supportOf({ misreading, law }: Guess, all: readonly Guess[]): number {
  const shapes = all
    .filter((other) => other.misreading === misreading && other.law === law)
    .map(({ weight }) => weight.shape.axes.join("×"));
  return new Set(shapes).size;
}
