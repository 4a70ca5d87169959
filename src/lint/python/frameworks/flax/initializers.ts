import { Bound, signature } from "../../interpret/arguments.ts";
import type { Machine } from "../../interpret/machine.ts";
import { constantLaw, unknownLaw } from "../../interpret/parts.ts";
import type { CallExpression, Place } from "../../syntax/types.ts";
import { numberOf, quantityOf, textOf } from "../../values/quantities.ts";
import { exactly, raised, times } from "../../values/quantity.ts";
import {
  type CallArguments,
  type Fans,
  type InitializerValue,
  type Law,
  NOTHING_NAMED,
  type Value,
} from "../../values/types.ts";
import { plainName } from "../_shared/activations.ts";
import {
  CUT_AT_TWO,
  drawn,
  NAMED_SCALINGS,
  orthogonalDraw,
  scalingLaw,
  uniformLaw,
} from "../_shared/varianceScaling.ts";

type Draw = (fans: Fans) => Law;

const SIGNATURES: Readonly<Record<string, string>> = {
  variancescaling: "scale mode distribution in_axis out_axis",
  normal: "stddev dtype",
  truncatednormal: "stddev dtype lower upper",
  uniform: "scale dtype",
  constant: "value dtype",
  orthogonal: "scale column_axis",
  deltaorthogonal: "scale column_axis",
};

/** jax.nn.initializers: truncated_normal leaves the cut as it is, and uniform(scale) is U[0, scale), whose mean is not 0. */
function jaxInitializer(name: string, args: CallArguments, call: Place | null): Draw | undefined {
  const plain = plainName(name);
  const bound = new Bound(args, signature(SIGNATURES[plain] ?? "in_axis"));
  const number = (argument: string, initial: number) =>
    bound.get(argument) === undefined ? exactly(initial) : quantityOf(bound.get(argument));
  const scaling = NAMED_SCALINGS[plain];
  // Where somebody says which axes count, the layer's own order of them tells nothing.
  const told = ["in_axis", "out_axis", "batch_axis"].some((argument) => bound.has(argument));
  if (scaling !== undefined)
    return (fans) => scalingLaw(name, exactly(scaling[0]), told ? null : scaling[1], scaling[2], call, fans);
  switch (plain) {
    case "variancescaling": {
      const mode = textOf(bound.get("mode"));
      const family = textOf(bound.get("distribution"));
      const kind =
        family === "uniform"
          ? "uniform"
          : family === "normal"
            ? "normal"
            : family === "truncated_normal"
              ? "truncated-normal"
              : "unknown";
      return (fans) =>
        scalingLaw(
          name,
          quantityOf(bound.get("scale")),
          !told && (mode === "fan_in" || mode === "fan_out" || mode === "fan_avg") ? mode : null,
          kind,
          call,
          fans,
        );
    }
    case "normal":
      return () => drawn("normal", raised(number("stddev", 0.01), 2), exactly(0), name, call);
    case "truncatednormal":
      return () =>
        drawn(
          "truncated-normal",
          bound.has("lower") || bound.has("upper")
            ? null
            : times(raised(number("stddev", 0.01), 2), exactly(CUT_AT_TWO)),
          exactly(0),
          name,
          call,
        );
    case "uniform":
      return () => uniformLaw(exactly(0), number("scale", 0.01), name, call);
    case "zeros":
    case "zerosinit":
      return () => constantLaw(0, name, call);
    case "ones":
    case "onesinit":
      return () => constantLaw(1, name, call);
    case "constant":
      return () => constantLaw(numberOf(bound.get("value")), name, call);
    case "orthogonal":
      return (fans) => orthogonalDraw(name, number("scale", 1), call, fans);
    case "deltaorthogonal":
      return () => drawn("delta-orthogonal", null, exactly(0), name, call);
    default:
      return undefined;
  }
}

const NO_ARGUMENTS: CallArguments = { positional: [], named: NOTHING_NAMED, open: false };

export function initializerCall(
  machine: Machine,
  path: string,
  args: CallArguments,
  site: CallExpression,
): InitializerValue | undefined {
  const name = path.split(".").at(-1) ?? "";
  const draw = jaxInitializer(name, args, site);
  if (draw === undefined) return undefined;
  machine.calls.push({
    framework: "flax",
    name,
    call: site,
    args,
    law: draw({ fanIn: null, fanOut: null }),
    parameter: null,
    target: null,
    module: null,
  });
  return { kind: "initializer", path, law: draw };
}

/** What `kernel_init=` is given; undefined: the layer's default. */
export function drawOf(
  value: Value | undefined,
  initial: string,
  site: CallExpression,
  argument: string,
): { law: Law; draw: Draw | null } {
  const place = site.args.find(({ name }) => name === argument) ?? site;
  const deferred = (draw: Draw) => ({ law: draw({ fanIn: null, fanOut: null }), draw });
  if (value === undefined) {
    const usual = jaxInitializer(initial, NO_ARGUMENTS, null);
    return usual === undefined
      ? { law: unknownLaw(initial), draw: null }
      : deferred((fans) => ({ ...usual(fans), label: `the layer's default, ${initial}` }));
  }
  if (value.kind === "initializer") return deferred(value.law);
  // `nn.initializers.zeros` is an initializer itself.
  const itself =
    value.kind === "external" && /\.(?:zeros|ones)$/.test(value.path)
      ? jaxInitializer(value.path.split(".").at(-1) ?? "", NO_ARGUMENTS, place)
      : undefined;
  return itself === undefined
    ? { law: unknownLaw("an initializer that cannot be told", place), draw: null }
    : deferred(itself);
}
