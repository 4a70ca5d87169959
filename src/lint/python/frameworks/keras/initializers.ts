import { Bound, signature } from "../../interpret/arguments.ts";
import type { Machine } from "../../interpret/machine.ts";
import { constantLaw, unknownLaw } from "../../interpret/parts.ts";
import type { CallExpression, Place } from "../../syntax/types.ts";
import { numberOf, quantityOf, textOf } from "../../values/quantities.ts";
import { exactly, type Quantity, raised, times } from "../../values/quantity.ts";
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
  type FanMode,
  NAMED_SCALINGS,
  orthogonalDraw,
  scalingLaw,
  uniformLaw,
} from "../_shared/varianceScaling.ts";

type Draw = (fans: Fans) => Law;

/** keras.initializers.X(…) or the same by name. `call` is null for what a layer does by default. */
function kerasInitializer(name: string, args: CallArguments | null, call: Place | null): Draw | undefined {
  const plain = plainName(name);
  const bound = new Bound(
    args ?? { positional: [], named: NOTHING_NAMED, open: false },
    signature(SIGNATURES[plain] ?? "seed"),
  );
  const number = (argument: string, initial: number): Quantity | null =>
    bound.get(argument) === undefined ? exactly(initial) : quantityOf(bound.get(argument));
  const scaling = NAMED_SCALINGS[plain];
  // From 3.15 on one may say which axes count; then no shape tells the fans.
  const told = bound.has("input_axes") || bound.has("output_axes");
  if (scaling !== undefined)
    return (fans) => scalingLaw(name, exactly(scaling[0]), told ? null : scaling[1], scaling[2], call, fans);
  switch (plain) {
    case "variancescaling": {
      const mode = bound.get("mode") === undefined ? "fan_in" : textOf(bound.get("mode"));
      const family = bound.get("distribution") === undefined ? "truncated_normal" : textOf(bound.get("distribution"));
      const kind =
        family === "uniform"
          ? "uniform"
          : family === "untruncated_normal"
            ? "normal"
            : family === null
              ? "unknown"
              : "truncated-normal";
      return (fans) => scalingLaw(name, number("scale", 1), isMode(mode) && !told ? mode : null, kind, call, fans);
    }
    case "randomnormal":
    case "normal":
      return () => drawn("normal", raised(number("stddev", 0.05), 2), number("mean", 0), name, call);
    case "truncatednormal":
      // Cut at two standard deviations and left so.
      return () =>
        drawn(
          "truncated-normal",
          times(raised(number("stddev", 0.05), 2), exactly(CUT_AT_TWO)),
          number("mean", 0),
          name,
          call,
        );
    case "randomuniform":
    case "uniform":
      return () => uniformLaw(number("minval", -0.05), number("maxval", 0.05), name, call);
    case "zeros":
      return () => constantLaw(0, name, call);
    case "ones":
      return () => constantLaw(1, name, call);
    case "constant":
      return () => constantLaw(bound.get("value") === undefined ? 0 : numberOf(bound.get("value")), name, call);
    case "identity":
    case "identityinitializer":
      return () => drawn("identity", null, null, name, call);
    case "orthogonal":
    case "orthogonalinitializer":
      return (fans) => orthogonalDraw(name, number("gain", 1), call, fans);
    default:
      return undefined;
  }
}

const SIGNATURES: Readonly<Record<string, string>> = {
  variancescaling: "scale mode distribution seed",
  randomnormal: "mean stddev seed",
  normal: "mean stddev seed",
  truncatednormal: "mean stddev seed",
  randomuniform: "minval maxval seed",
  uniform: "minval maxval seed",
  constant: "value",
  orthogonal: "gain seed",
};

function isMode(mode: string | null): mode is FanMode {
  return mode === "fan_in" || mode === "fan_out" || mode === "fan_avg";
}

/** What `kernel_initializer=` is given: an object, a class, a name; undefined for the layer's default. */
export function drawOf(
  value: Value | undefined,
  initial: string,
  site: CallExpression,
  argument: string,
): { law: Law; draw: Draw | null } {
  const written = site.args.find(({ name }) => name === argument);
  const place = written ?? site;
  const deferred = (draw: Draw) => ({ law: draw({ fanIn: null, fanOut: null }), draw });
  if (value === undefined) {
    const usual = kerasInitializer(initial, null, null);
    return usual === undefined
      ? { law: unknownLaw(initial), draw: null }
      : deferred((fans) => ({ ...usual(fans), label: `the layer's default, ${initial}` }));
  }
  if (value.kind === "initializer") return deferred(value.law);
  const name =
    value.kind === "string" ? value.value : value.kind === "external" ? (value.path.split(".").at(-1) ?? "") : null;
  const named = name === null ? undefined : kerasInitializer(name, null, place);
  return named === undefined
    ? { law: unknownLaw("an initializer that cannot be told", place), draw: null }
    : deferred(named);
}

export function initializerValue(
  machine: Machine,
  path: string,
  args: CallArguments,
  site: CallExpression,
): InitializerValue | undefined {
  const name = path.split(".").at(-1) ?? "";
  const draw = kerasInitializer(name, args, site);
  if (draw === undefined) return undefined;
  machine.calls.push({
    framework: "keras",
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
