import { ModeScopeError } from "../../../base/errors.ts";
import type { InferenceInput } from "../../../base/inference.ts";
import type { DescribedTensor } from "../../../base/tensor.ts";
import type { NetworkGraph } from "../../../formats/types.ts";
import { Random } from "../../../numerics/random.ts";
import { constantInput, type Feeds, itemsOf } from "../stimuli.ts";

/** Sizes beside the items that the model leaves open: pixels where there are four axes, else positions of a sequence. */
const OPEN_PIXELS = 32;
const OPEN_POSITIONS = 16;
/** Numbers of one random item. */
const MOST_NUMBERS = 2 ** 24;

export interface GivenFeeds extends Feeds {
  /** What is fed: a law and a shape, or a file. */
  readonly words: string;
}

export interface RandomLaw {
  readonly count: number;
  /** Second moment of Gaussian inputs. */
  readonly moment: number;
  /** Size of axes that the model leaves open; null: as the number of axes suggests. */
  readonly open: number | null;
  readonly seed: number;
}

/**
 * Random inputs: Gaussian numbers of the stated second moment; whole numbers uniform among the rows of the table that they choose from, and 1 where they choose
 * from none (masks) or where an input is a single number.
 */
export function randomFeeds(
  inputs: readonly InferenceInput[],
  graph: NetworkGraph,
  tensors: readonly DescribedTensor[],
  { count, moment, open, seed }: RandomLaw,
): GivenFeeds {
  const random = new Random(seed);
  const words: string[] = [];
  const varying: string[] = [];
  const makers = inputs.map((input) => {
    if (input.shape.length === 0) {
      // One number for all items: a rate, a switch.
      words.push(`${input.name}: 1`);
      return (which: readonly number[]) => constantInput(input, 1, which.length);
    }
    const shape = input.shape
      .slice(1)
      .map((size) => size ?? open ?? (input.shape.length === 4 ? OPEN_PIXELS : OPEN_POSITIONS));
    const each = shape.reduce((product, size) => product * size, 1);
    if (each * count > MOST_NUMBERS)
      throw new ModeScopeError(
        "limit-exceeded",
        `${count} random inputs ${input.name} of ${each} numbers are too many.`,
        {
          field: "inputs",
          remedy: "Ask for fewer inputs, or for smaller ones.",
        },
      );
    const size = shape.length === 0 ? "single numbers" : shape.join(" × ");
    if (input.type.startsWith("float")) {
      varying.push(input.name);
      words.push(`${input.name}: Gaussian, ${size}, second moment ${Number(moment.toPrecision(4))}`);
      const values = Float64Array.from({ length: each * count }, () => Math.sqrt(moment) * random.normal());
      return (which: readonly number[]) => itemsOf(input, shape, values, which);
    }
    const rows = tableOf(input.name, graph, tensors);
    if (rows === null) {
      words.push(`${input.name}: 1 everywhere`);
      return (which: readonly number[]) => constantInput({ ...input, shape: [null, ...shape] }, 1, which.length);
    }
    varying.push(input.name);
    words.push(`${input.name}: ${size}, uniform among ${rows}`);
    const values = Float64Array.from({ length: each * count }, () => Math.floor(rows * random.uniform()));
    return (which: readonly number[]) => itemsOf(input, shape, values, which);
  });
  const pick = (which: readonly number[]) =>
    Object.fromEntries(makers.map((make, i) => [inputs[i]!.name, make(which)] as const));
  const batch = inputs.map(({ shape }) => shape[0] ?? null).find((size) => size !== null) ?? null;
  return {
    items: count,
    itemNames: null,
    batch,
    varying,
    words: `${count} random inputs (${words.join("; ")})`,
    pick,
    take: (from, many) => pick(Array.from({ length: many }, (_, item) => Math.min(from + item, count - 1))),
  };
}

/** Rows of the table that whole numbers choose from, cast on the way or not. */
function tableOf(input: string, { nodes, tensors }: NetworkGraph, all: readonly DescribedTensor[]): number | null {
  const names = new Set([input]);
  for (const { op, inputs, outputs, attributes } of nodes) {
    if (op === "Cast" && names.has(inputs[0] ?? "")) names.add(outputs[0] ?? "");
    if (op !== "Gather" || !names.has(inputs[1] ?? "")) continue;
    const table = all.find(({ name }) => name === tensors.get(inputs[0] ?? ""));
    const axis = typeof attributes.axis === "number" ? attributes.axis : 0;
    if (table !== undefined) return table.shape.at(axis) ?? null;
  }
  return null;
}
