/** Norms that are written as means, roots and quotients: derivatives go through these. */
import { type Composer, composed, type Value } from "./composed.ts";
import { intsOf, numberOf, positive, product, type Rule, range, refused } from "./rule.ts";

/** From this operator set on GroupNormalization has a scale for each channel; before, for each group. */
const SCALE_A_CHANNEL = 21;

/** x/√(⟨x²⟩ + ε) over axes. */
function unitSize(write: Composer, x: Value, axes: readonly number[], epsilon: number): Value {
  const square = write.mean(write.with("Mul", x, x), axes);
  return write.with("Div", x, write.each("Sqrt", write.with("Add", square, write.constant([epsilon]))));
}

const centred = (write: Composer, x: Value, axes: readonly number[]) => write.with("Sub", x, write.mean(x, axes));

const groupNorm = composed((write, { node, emit }) => {
  const [x, scale, shift] = [write.input(0)!, write.input(1)!, write.input(2)!];
  const groups = numberOf(node, "num_groups", 1);
  const [n, channels] = x.dims as [number, number];
  const rows = write.shaped(x, [n, groups, product(x.dims.slice(1)) / groups]);
  const unit = unitSize(write, centred(write, rows, [2]), [2], numberOf(node, "epsilon", 1e-5));
  if (emit.opset < SCALE_A_CHANNEL) {
    const [by, on] = [scale, shift].map((value) => write.shaped(value, [groups, 1]));
    return [write.shaped(write.with("Add", write.with("Mul", unit, by!), on!), x.dims)];
  }
  const [by, on] = [scale, shift].map((value) => write.shaped(value, [channels, ...x.dims.slice(2).map(() => 1)]));
  return [write.with("Add", write.with("Mul", write.shaped(unit, x.dims), by!), on!)];
});

const rmsNorm = composed((write, { node }) => {
  const [x, scale] = [write.input(0)!, write.input(1)!];
  const axes = range(positive(numberOf(node, "axis", -1), x.dims.length), x.dims.length);
  return [write.with("Mul", unitSize(write, x, axes, numberOf(node, "epsilon", 1e-5)), scale)];
});

const meanVarianceNorm = composed((write, { node }) => {
  const x = write.input(0)!;
  const axes = (intsOf(node, "axes") ?? [0, 2, 3]).map((axis) => positive(axis, x.dims.length));
  return [unitSize(write, centred(write, x, axes), axes, 1e-9)];
});

/** x/‖x‖ along one axis. */
const lpNorm = composed((write, { node }) => {
  const x = write.input(0)!;
  const axis = positive(numberOf(node, "axis", -1), x.dims.length);
  const square = numberOf(node, "p", 2) === 2;
  const sum = write.sum(square ? write.with("Mul", x, x) : write.each("Abs", x), [axis]);
  return [write.with("Div", x, square ? write.each("Sqrt", sum) : sum)];
});

/** x/(k + α/size·Σx²)^β over neighbouring channels (Krizhevsky et al. 2012). */
const localResponse = composed((write, { node }) => {
  const x = write.input(0)!;
  const size = numberOf(node, "size", 1);
  const [n, channels] = x.dims as [number, number];
  if (channels > 4096) throw refused(node, `it has ${channels} channels`);
  const before = Math.floor((size - 1) / 2);
  const near = range(0, channels * channels).map((at) => {
    const way = (at % channels) - Math.floor(at / channels);
    return way >= -before && way <= size - 1 - before ? 1 : 0;
  });
  const flat = [n, channels, product(x.dims.slice(2))];
  const squares = write.shaped(write.with("Mul", x, x), flat);
  const sums = write.shaped(write.product(write.constant(near, [channels, channels]), squares), x.dims);
  const scaled = write.with("Mul", sums, write.constant([numberOf(node, "alpha", 1e-4) / size]));
  const base = write.with("Add", scaled, write.constant([numberOf(node, "bias", 1)]));
  return [write.with("Div", x, write.with("Pow", base, write.constant([numberOf(node, "beta", 0.75)])))];
});

export const COMPOSED_NORMS: Readonly<Record<string, Rule>> = {
  GroupNormalization: groupNorm,
  RMSNormalization: rmsNorm,
  MeanVarianceNormalization: meanVarianceNorm,
  LpNormalization: lpNorm,
  LRN: localResponse,
};
