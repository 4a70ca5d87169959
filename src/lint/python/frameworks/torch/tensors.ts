import type { Machine } from "../../interpret/machine.ts";
import { constantLaw, unknownLaw } from "../../interpret/parts.ts";
import type { CallExpression } from "../../syntax/types.ts";
import { numberOf, quantityOf } from "../../values/quantities.ts";
import { exactly, over, type Quantity } from "../../values/quantity.ts";
import type { CallArguments, Fans, Law, ParameterValue, Value } from "../../values/types.ts";
import { makeParameter, zeroMean } from "../_shared/make.ts";

/** `torch.randn(n, m)` and its like: a fresh tensor whose law is known. Undefined for other functions. */
export function freshTensor(
  machine: Machine,
  name: string,
  args: CallArguments,
  site: CallExpression,
): Value | undefined {
  const law = lawOf(name, args, site);
  if (law === undefined) return undefined;
  const like = name.endsWith("_like") ? args.positional[0] : undefined;
  const shape = like === undefined ? shapeOf(args) : like.kind === "parameter" ? like.shape : null;
  return makeParameter(machine, "tensor", law, { shape, dimensions: shape?.length ?? null, fans: fansOf(shape) });
}

function lawOf(name: string, args: CallArguments, site: CallExpression): Law | undefined {
  switch (name.replace(/_like$/, "")) {
    case "randn":
      return zeroMean("normal", exactly(1), name, site);
    case "rand":
      return { ...zeroMean("uniform", exactly(1 / 12), name, site), mean: exactly(0.5) };
    case "zeros":
      return constantLaw(0, name, site);
    case "ones":
      return constantLaw(1, name, site);
    case "full":
      return constantLaw(numberOf(args.positional.at(-1)), name, site);
    case "eye":
      return { ...zeroMean("identity", null, name, site) };
    case "empty":
    case "Tensor":
    case "FloatTensor":
      return unknownLaw("not initialized here", null);
    case "tensor":
    case "from_numpy":
    case "as_tensor":
      return unknownLaw("given values", site);
    default:
      return undefined;
  }
}

function shapeOf({ positional, named, open }: CallArguments): readonly (Quantity | null)[] | null {
  const [first] = positional;
  const size = named.get("size") ?? first;
  if (size?.kind === "list") return size.rest === null ? size.items.map((item) => quantityOf(item)) : null;
  return open || positional.some((value) => value.kind !== "number" && value.kind !== "unknown")
    ? null
    : positional.map((value) => quantityOf(value));
}

/** As torch.nn.init computes them: (out, in, *kernel). */
function fansOf(shape: readonly (Quantity | null)[] | null): Fans | null {
  if (shape === null || shape.length < 2) return null;
  const [outputs, inputs, ...kernel] = shape;
  let taps: Quantity | null = exactly(1);
  for (const size of kernel) taps = size === null || taps === null ? null : over(taps, over(exactly(1), size));
  const whole = (fan: Quantity | null | undefined) =>
    fan === null || fan === undefined || taps === null ? null : over(fan, over(exactly(1), taps));
  return { fanIn: whole(inputs), fanOut: whole(outputs) };
}

/** nn.Parameter(tensor): the tensor, now trained. */
export function asParameter(machine: Machine, { positional }: CallArguments): Value {
  const [tensor] = positional;
  if (tensor?.kind === "parameter") return { ...tensor, id: machine.identity() } satisfies ParameterValue;
  return makeParameter(machine, "tensor", unknownLaw("given values"));
}
