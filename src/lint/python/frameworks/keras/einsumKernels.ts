import { Bound, signature } from "../../interpret/arguments.ts";
import type { Machine } from "../../interpret/machine.ts";
import type { CallExpression } from "../../syntax/types.ts";
import { quantityOf, textOf } from "../../values/quantities.ts";
import { type Quantity, symbol } from "../../values/quantity.ts";
import type { CallArguments, MiscountedKernel, ModuleValue, Value } from "../../values/types.ts";
import { type Axis, equationOf, type Kernel, kernel, roleOf } from "../_shared/kernelAxes.ts";
import { makeModule } from "../_shared/make.ts";
import { drawOf } from "./initializers.ts";

/**
 * Up to 3.14 (and in tf.keras) kernels of more than two axes fall to `compute_fans`; from 3.15 on EinsumDense tells its initializer which axes it sums over. Read
 * in keras/src/initializers/random_initializers.py and keras/src/layers/core/einsum_dense.py of 3.12.4, 3.14.1, 3.15.0 and 3.15.1.
 */

/** "abc,cde->abde" with output_shape=(None, 8, 64); null where sizes or letters cannot be told. */
function einsumKernel(machine: Machine, equation: string | null, outputShape: Value | undefined): readonly Kernel[] {
  const letters = equationOf(equation);
  if (letters === null) return [];
  const { input, weight, output } = letters;
  const sizes =
    outputShape?.kind === "list" ? (outputShape.rest === null ? outputShape.items : null) : [outputShape ?? null];
  if (sizes === null) return [];
  const own = machine.identity();
  const axesFor = (inputs: Quantity | null): Axis[] =>
    [...weight].map((letter) => {
      const unknown = () => symbol(`${letter}#${own}`);
      const fromInput = input.endsWith(letter) ? inputs : null;
      const role = roleOf(letter, letters);
      if (role === "summed") return { size: fromInput ?? unknown(), role };
      // Counted from the right: the batch, or what the dots stand for, is not in output_shape.
      const value = sizes.at(output.lastIndexOf(letter) - output.length);
      const size = (value === null ? null : quantityOf(value)) ?? fromInput ?? unknown();
      return { size, role };
    });
  return [kernel("kernel", axesFor)];
}

/** Query, key, value (d, heads, k) and output (heads, v, d) of Keras' attention layers, all of them EinsumDense. */
function projections(
  heads: Quantity | null,
  keyHeads: Quantity | null,
  key: Quantity | null,
  value: Quantity | null,
  outputs: (inputs: Quantity | null) => Quantity | null,
  own: string,
): readonly Kernel[] {
  const into = (count: Quantity | null, size: Quantity | null) => (inputs: Quantity | null) =>
    [
      { size: inputs ?? symbol(own), role: "summed" },
      { size: count, role: "made" },
      { size, role: "made" },
    ] as const;
  return [
    kernel("query", into(heads, key)),
    kernel("key", into(keyHeads, key)),
    kernel("value", into(keyHeads, value)),
    kernel("output", (inputs) => [
      { size: heads, role: "summed" },
      { size: value, role: "summed" },
      { size: outputs(inputs) ?? symbol(own), role: "made" },
    ]),
  ];
}

export function kerasAttention(machine: Machine, path: string, args: CallArguments, site: CallExpression): ModuleValue {
  const grouped = path.endsWith("GroupQueryAttention");
  const bound = new Bound(
    args,
    signature(
      grouped
        ? "head_dim num_query_heads num_key_value_heads dropout use_bias"
        : "num_heads key_dim value_dim dropout use_bias output_shape",
    ),
  );
  const { draw } = drawOf(bound.get("kernel_initializer"), "glorot_uniform", site, "kernel_initializer");
  const heads = quantityOf(bound.get(grouped ? "num_query_heads" : "num_heads"));
  const key = quantityOf(bound.get(grouped ? "head_dim" : "key_dim"));
  const given = (name: string) => {
    const value = grouped ? undefined : bound.get(name);
    return value === undefined || value.kind === "none" ? null : value;
  };
  const [valueSize, shape] = [given("value_dim"), given("output_shape")];
  // One number, or a list of one.
  const outputs =
    shape?.kind === "list" ? (shape.items.length === 1 ? shape.items[0] : undefined) : (shape ?? undefined);
  const kernels = projections(
    heads,
    grouped ? quantityOf(bound.get("num_key_value_heads")) : heads,
    key,
    valueSize === null ? key : quantityOf(valueSize),
    (inputs) => (shape === null ? inputs : quantityOf(outputs)),
    `inputs#${machine.identity()}`,
  );
  return makeModule(machine, site, {
    type: "attention",
    framework: "keras",
    path,
    detail: "attention",
    miscounted: draw === null ? [] : kernels.map((one) => ({ ...one, draw })),
  });
}

/** Of an EinsumDense, with what its kernel is drawn by. */
export function einsumKernels(machine: Machine, bound: Bound, draw: MiscountedKernel["draw"] | null) {
  return draw === null
    ? []
    : einsumKernel(machine, textOf(bound.get("equation") ?? { kind: "none" }), bound.get("output_shape")).map(
        (one) => ({ ...one, draw }),
      );
}
