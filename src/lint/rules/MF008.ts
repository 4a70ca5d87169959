import { Bound, signature } from "../python/interpret/arguments.ts";
import type { InitializerCall } from "../python/interpret/machine.ts";
import { numberOf } from "../python/values/quantities.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { figure } from "../theory/words.ts";
import { insert } from "./_phase.ts";
import type { Draft, Rule } from "./types.ts";

/** Bounds this many standard deviations away cut off nothing. */
const FAR = 10;
/** A mean of this share of the standard deviation is meant as none. */
const CENTRED = 0.1;
/** What people call a matrix that inputs are multiplied with. */
const WEIGHT = /(?:^|_)(?:weight|kernel)s?$|^[wW]\d*$/;

/** Uniform laws whose mean is not 0, and truncated ones that truncate nothing. */
export const MF008: Rule = {
  id: "MF008",
  title: "Initializer that draws something else than it seems",
  severity: "warning",
  of: "both",
  looksAt: "source",
  check: ({ source }) => source.calls.flatMap(judged),
};

const known = new WeakMap<InitializerCall, readonly Draft[]>();

function judged(call: InitializerCall): readonly Draft[] {
  const old = known.get(call);
  if (old !== undefined) return old;
  const draft = truncated(call) ?? uncentred(call);
  const drafts = draft === null ? [] : [draft];
  known.set(call, drafts);
  return drafts;
}

/** PyTorch's a and b are bounds of the tensor, not of standard deviations. */
function truncated({ framework, name, args, call }: InitializerCall): Draft | null {
  if (framework !== "torch" || name !== "trunc_normal_") return null;
  const bound = new Bound(args, signature("tensor mean std a b"));
  const [mean, std, a, b] = (["mean", 0, "std", 1, "a", -2, "b", 2] as const).reduce<(number | null)[]>(
    (found, item, index, all) => {
      if (index % 2 === 0) return found;
      const value = bound.get(String(all[index - 1]));
      found.push(value === undefined ? Number(item) : numberOf(value));
      return found;
    },
    [],
  );
  if (
    std === null ||
    std === undefined ||
    mean === null ||
    mean === undefined ||
    a === null ||
    a === undefined ||
    b === null ||
    b === undefined ||
    std <= 0
  )
    return null;
  const [below, above] = [(mean - a) / std, (b - mean) / std];
  if (below < FAR || above < FAR) return null;
  const explicit = bound.has("a") || bound.has("b");
  const fixes =
    explicit || args.open
      ? []
      : [
          insert(
            call,
            `, a=${Number((-2 * std).toPrecision(6))}, b=${Number((2 * std).toPrecision(6))}`,
            "Cut off at two standard deviations",
          ),
        ];
  return {
    at: call,
    severity: "information",
    message: `The bounds of trunc_normal_ are values, not standard deviations: with std = ${figure(std)} they lie ${figure(Math.min(below, above))} standard deviations away, so this is a plain normal law.`,
    fixes,
  };
}

function uncentred({ framework, name, args, call, law, target, parameter, module }: InitializerCall): Draft | null {
  if (law.family !== "uniform") return null;
  const [mean, variance] = [knownNumber(law.mean), knownNumber(law.variance)];
  if (mean === null || variance === null || Math.abs(mean) <= CENTRED * Math.sqrt(variance)) return null;
  if (parameter !== null && (parameter.norm || (parameter.dimensions ?? 2) < 2)) return null;
  if (module?.kind === "module" && module.type === "norm") return null;
  // Noise, positions, codebooks and masks are drawn so too: nothing sums over their entries.
  if (framework === "torch" && module?.kind !== "module" && !WEIGHT.test(target ?? "")) return null;
  if (target !== null && /bias|gamma|scale|alpha|beta/.test(target)) return null;
  if (framework === "flax") {
    return {
      at: call,
      message: `jax.nn.initializers.uniform(${figure(2 * mean)}) draws from [0, ${figure(2 * mean)}): its mean is ${figure(mean)}, not 0, and the largest singular value comes from that mean.`,
    };
  }
  const bare = framework === "torch" && args.positional.length + args.named.size <= 1;
  return {
    at: call,
    message: `${name}${bare ? " without bounds" : ""} draws weights of mean ${figure(mean)}: every unit then sees the sum of its inputs, and the largest singular value is about ${figure(Math.abs(mean))}·√(fan_in·fan_out).`,
  };
}
