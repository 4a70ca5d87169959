import { exactly, type Quantity, times } from "../../values/quantity.ts";
import type { Fans, MiscountedKernel } from "../../values/types.ts";

/**
 * Kernels of more than two axes. Initializers that know the shape alone take the axes before the last two for the receptive field of a convolution:
 * fan_in = field·shape[−2], fan_out = field·shape[−1] (`compute_fans` of Keras, `_compute_fans` of jax.nn.initializers). What an einsum sums over are the axes
 * that its input has and its output has not.
 */
export interface Axis {
  readonly size: Quantity | null;
  /** Summed over; made by the layer; or in input and output alike: another kernel for each position of it. */
  readonly role: "summed" | "made" | "shared";
}

function realFans(axes: readonly Axis[]): Fans {
  const all = (role: Axis["role"]) => productOf(axes.filter((axis) => axis.role === role));
  return { fanIn: all("summed"), fanOut: all("made") };
}

function countedFans(axes: readonly Axis[]): Fans {
  const field = productOf(axes.slice(0, -2));
  return { fanIn: times(field, axes.at(-2)?.size ?? null), fanOut: times(field, axes.at(-1)?.size ?? null) };
}

function productOf(axes: readonly Axis[]): Quantity | null {
  return axes.reduce<Quantity | null>((all, { size }) => times(all, size), exactly(1));
}

export type Kernel = Omit<MiscountedKernel, "draw">;

export function kernel(name: string, axesFor: (inputs: Quantity | null) => readonly Axis[]): Kernel {
  return { name, real: (inputs) => realFans(axesFor(inputs)), counted: (inputs) => countedFans(axesFor(inputs)) };
}

/** Letters of "abc,cde->abde": input, kernel, output, with dots before the first and the last where any axes may stand. Null: none, or more than these. */
export function equationOf(text: string | null): { input: string; weight: string; output: string } | null {
  const [, input, weight, output] =
    /^((?:\.\.\.)?[a-z]+),([a-z]+)->((?:\.\.\.)?[a-z]+)$/i.exec(text?.replace(/\s/g, "") ?? "") ?? [];
  return input === undefined || weight === undefined || output === undefined || weight.length < 2
    ? null
    : { input, weight, output };
}

export function roleOf(letter: string, { input, output }: { input: string; output: string }): Axis["role"] {
  return !output.includes(letter) ? "summed" : input.includes(letter) ? "shared" : "made";
}
