import type { Place } from "../../syntax/types.ts";
import { exactly, over, plus, type Quantity, raised, times } from "../../values/quantity.ts";
import type { Fans, Law } from "../../values/types.ts";

/** Variance of a standard normal that is cut at ±2: what a truncated initializer really draws where it does not make up for the cut. */
export const CUT_AT_TWO = 0.773741303478;

export type FanMode = "fan_in" | "fan_out" | "fan_avg";

/** VarianceScaling of Keras and of JAX: scale/fan, whatever the distribution, for both make up for the cut. */
/**
 * Of a transposed convolution: the initializer is told the whole kernel, where the layer's own fans count only the taps that reach one output; and where inputs
 * and outputs are stored the other way round, it takes the one for the other. Null: which of both cannot be told.
 */
export function transposedDraw(
  draw: ((fans: Fans) => Law) | null,
  stride: Quantity | null,
  swapped: boolean | null,
): ((fans: Fans) => Law) | null {
  if (draw === null) return null;
  return ({ fanIn, fanOut }) => {
    const [first, second] = swapped === true ? [fanOut, fanIn] : [fanIn, fanOut];
    return swapped === null
      ? draw({ fanIn: null, fanOut: null })
      : draw({ fanIn: times(first, stride), fanOut: times(second, stride) });
  };
}

export function scalingLaw(
  label: string,
  scale: Quantity | null,
  mode: FanMode | null,
  family: Law["family"],
  call: Place | null,
  fans: Fans,
): Law {
  const fan =
    mode === "fan_in"
      ? fans.fanIn
      : mode === "fan_out"
        ? fans.fanOut
        : mode === "fan_avg"
          ? times(plus(fans.fanIn, fans.fanOut), exactly(0.5))
          : null;
  return {
    family,
    variance: over(scale, fan),
    mean: exactly(0),
    call,
    label,
    mode,
    gain: { value: raised(scale, 0.5), of: null },
    ...(family === "truncated-normal" ? { cut: 2 } : {}),
  };
}

export function drawn(
  family: Law["family"],
  variance: Quantity | null,
  mean: Quantity | null,
  label: string,
  call: Place | null,
): Law {
  // Keras and JAX cut at two standard deviations wherever they cut.
  return {
    family,
    variance,
    mean,
    call,
    label,
    mode: null,
    gain: null,
    ...(family === "truncated-normal" ? { cut: 2 } : {}),
  };
}

/** Entries of an orthogonal matrix fan_in × fan_out have variance g²/max of the two. */
export function orthogonalDraw(label: string, gain: Quantity | null, call: Place | null, fans: Fans): Law {
  const ratio = over(fans.fanOut, fans.fanIn);
  const larger = ratio === null || ratio.powers.length > 0 ? null : ratio.factor >= 1 ? fans.fanOut : fans.fanIn;
  return {
    ...drawn("orthogonal", over(raised(gain, 2), larger), exactly(0), label, call),
    gain: { value: gain, of: null },
  };
}

/** The named ones: scale, fan, distribution. */
export const NAMED_SCALINGS: Readonly<Record<string, readonly [number, FanMode, "uniform" | "truncated-normal"]>> = {
  glorotuniform: [1, "fan_avg", "uniform"],
  glorotnormal: [1, "fan_avg", "truncated-normal"],
  xavieruniform: [1, "fan_avg", "uniform"],
  xaviernormal: [1, "fan_avg", "truncated-normal"],
  heuniform: [2, "fan_in", "uniform"],
  henormal: [2, "fan_in", "truncated-normal"],
  kaiminguniform: [2, "fan_in", "uniform"],
  kaimingnormal: [2, "fan_in", "truncated-normal"],
  lecununiform: [1, "fan_in", "uniform"],
  lecunnormal: [1, "fan_in", "truncated-normal"],
};

export function uniformLaw(a: Quantity | null, b: Quantity | null, label: string, call: Place | null): Law {
  const width = plus(b, times(a, exactly(-1)));
  return {
    family: "uniform",
    variance: times(raised(width, 2), exactly(1 / 12)),
    mean: times(plus(a, b), exactly(0.5)),
    call,
    label,
    mode: null,
    gain: null,
  };
}
