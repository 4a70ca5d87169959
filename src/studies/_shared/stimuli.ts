import { ModeScopeError } from "../../base/errors.ts";
import type { InferenceData, InferenceInput, InferenceTensor } from "../../base/inference.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { StudyFile } from "../types.ts";

/** Stimuli that are held in memory at once. */
const MAX_STIMULI_BYTES = 2 ** 29;

export interface Feeds {
  readonly items: number;
  readonly itemNames: readonly string[] | null;
  /** Items that the model takes at once, where it fixes their number; null where it leaves it open. */
  readonly batch: number | null;
  /** Inputs that differ from item to item; the others are the same for all. */
  readonly varying: readonly string[];
  /** The inputs of `count` items; the last one is repeated where there are fewer left. */
  take(from: number, count: number): Readonly<Record<string, InferenceTensor>>;
  /** The inputs of these items, in this order, an item as often as it is named. */
  pick(which: readonly number[]): Readonly<Record<string, InferenceTensor>>;
}

interface Given {
  readonly input: InferenceInput;
  /** Sizes of one item. */
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/**
 * Stimuli for a model: for each input the array of its name, or the only array for the only input that has no value of its own. The first axis is items; the
 * others are as the model wants them, or one row of as many numbers.
 */
export async function readStimuli(
  file: StudyFile,
  inputs: readonly InferenceInput[],
  fill: Readonly<Record<string, number>>,
  signal: AbortSignal,
): Promise<Feeds> {
  const open = inputs.filter(({ name }) => !Object.hasOwn(fill, name));
  const arrays = file.tensors.filter(({ shape }) => shape.length > 0);
  const given: Given[] = [];
  let itemNames: readonly string[] | null = null;
  let items: number | null = null;
  for (const input of open) {
    const array =
      arrays.find(({ name }) => name === input.name) ??
      (open.length === 1 && arrays.length === 1 ? arrays[0] : undefined);
    if (array === undefined) throw missing(input, open, arrays, file.name);
    const [count = 0, ...rest] = array.shape;
    if (count === 0 || (items !== null && items !== count))
      throw new ModeScopeError(
        "bad-request",
        `${file.name}: ${array.name} has ${count} items${items === null ? "" : `, another input ${items}`}.`,
        {
          tensor: array.name,
        },
      );
    if (array.elements * 4 > MAX_STIMULI_BYTES)
      throw new ModeScopeError(
        "limit-exceeded",
        `${array.name} has ${array.elements} values: too many to hold at once.`,
        {
          tensor: array.name,
          remedy: "Give fewer items.",
        },
      );
    items = count;
    itemNames ??= file.checkpoint.axisLabels?.[array.name]?.[0] ?? null;
    const shape = shapeOf(input, rest, array, file.name);
    given.push({ input, shape, values: await file.checkpoint.read(array.name, 0, array.elements, signal) });
  }
  if (items === null)
    throw new ModeScopeError("bad-request", "No input of the model is left for the stimuli.", { field: "fill" });
  const filled = inputs.filter(({ name }) => Object.hasOwn(fill, name));
  const batch = batchOf(given);
  const total = items;
  const pick = (which: readonly number[]) =>
    Object.fromEntries([
      ...given.map(({ input, shape, values }) => [input.name, itemsOf(input, shape, values, which)] as const),
      ...filled.map((input) => [input.name, constantInput(input, fill[input.name] ?? 0, which.length)] as const),
    ]);
  return {
    items: total,
    itemNames,
    batch,
    varying: given.map(({ input }) => input.name),
    pick,
    take: (from, count) => pick(Array.from({ length: count }, (_, item) => Math.min(from + item, total - 1))),
  };
}

function missing(
  input: InferenceInput,
  open: readonly InferenceInput[],
  arrays: readonly DescribedTensor[],
  file: string,
): ModeScopeError {
  const shapes = open.map(
    ({ name, type, shape }) => `${name} (${type} ${shape.map((size) => size ?? "?").join(" × ")})`,
  );
  return new ModeScopeError("bad-request", `${file} has no array for the model's input ${input.name}.`, {
    field: `fill.${input.name}`,
    remedy: `The model takes ${shapes.join(", ")}; the file holds ${arrays.map(({ name }) => name).join(", ") || "no array"}. Name the arrays like the inputs, or give an input one value for all items.`,
  });
}

/** Sizes of one item: the array's own, where the model agrees, or the model's, where the array has as many numbers an item. */
function shapeOf(
  input: InferenceInput,
  rest: readonly number[],
  array: DescribedTensor,
  file: string,
): readonly number[] {
  const wanted = input.shape.slice(1);
  if (wanted.length === rest.length && wanted.every((size, axis) => size === null || size === rest[axis])) return rest;
  const fixed = wanted.filter((size) => size !== null);
  const known = fixed.reduce((product, size) => product * size, 1);
  const numbers = rest.reduce((product, size) => product * size, 1);
  if (fixed.length === wanted.length && known === numbers) return fixed;
  throw new ModeScopeError(
    "bad-request",
    `${file}: an item of ${array.name} is ${rest.join(" × ") || "one number"}, the model's input ${input.name} wants ${wanted.map((size) => size ?? "?").join(" × ")}.`,
    { tensor: array.name, field: input.name },
  );
}

function batchOf(given: readonly Given[]): number | null {
  const fixed = given.map(({ input }) => input.shape[0] ?? null).filter((size) => size !== null);
  return fixed[0] ?? null;
}

/** Items of one array, one after the other, as the model takes them. */
export function itemsOf(
  input: InferenceInput,
  shape: readonly number[],
  values: ArrayLike<number>,
  which: readonly number[],
): InferenceTensor {
  const each = shape.reduce((product, size) => product * size, 1);
  const data = arrayFor(input, which.length * each);
  for (const [at, item] of which.entries())
    for (let i = 0; i < each; i++) put(data, at * each + i, values[item * each + i] ?? Number.NaN);
  return { type: input.type, dims: [which.length, ...shape], data };
}

/** An input that is the same for every item: open sizes are the batch's. */
export function constantInput(input: InferenceInput, value: number, count: number): InferenceTensor {
  const dims = input.shape.map((size) => size ?? count);
  const data = arrayFor(
    input,
    dims.reduce((product, size) => product * size, 1),
  );
  for (let i = 0; i < data.length; i++) put(data, i, value);
  return { type: input.type, dims, data };
}

function arrayFor({ name, type }: InferenceInput, length: number): InferenceData {
  if (type === "float32") return new Float32Array(length);
  if (type === "float64") return new Float64Array(length);
  if (type === "int32") return new Int32Array(length);
  if (type === "int64") return new BigInt64Array(length);
  if (type === "uint8" || type === "bool") return new Uint8Array(length);
  throw new ModeScopeError("unsupported", `The model's input ${name} wants ${type}, which stimuli are not made into.`, {
    field: name,
  });
}

function put(data: InferenceData, at: number, value: number): void {
  if (data instanceof BigInt64Array) data[at] = BigInt(Math.round(value));
  else data[at] = value;
}
