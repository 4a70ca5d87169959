/** Operations that make one entry of many: sums, means, norms, extremes, running sums. */
import { int } from "./emitter.ts";
import { input, linear, output } from "./linear.ts";
import { intsOf, numberOf, positive, product, type Rule, range, refused, type Site } from "./rule.ts";

/** Axes of a reduction: an attribute, an input, or all. */
function reducedAxes(site: Site): readonly number[] {
  const { node } = site;
  const rank = site.dims(input(site)).length;
  const given = intsOf(node, "axes") ?? site.argument(1);
  if (given === null || given.length === 0)
    return numberOf(node, "noop_with_empty_axes", 0) === 1 ? [] : range(0, rank);
  return given.map((axis) => positive(axis, rank));
}

/** All positions of each channel. */
const pooledAxes = (site: Site) => range(2, site.dims(input(site)).length);

/** The input's sizes with 1 where it is reduced. */
function keptDims(site: Site, axes: readonly number[]): readonly number[] {
  return site.dims(input(site)).map((length, axis) => (axes.includes(axis) ? 1 : length));
}

/** dy = Σ slope·dx over the axes; `slope` may have 1 where it is the same along an axis. `y` is the output with its axes kept. */
function sloped(
  slope: (site: Site, y: string, axes: readonly number[]) => string,
  axesOf: (site: Site) => readonly number[] = reducedAxes,
): Rule {
  const slopeOf = (site: Site) => {
    const axes = axesOf(site);
    return slope(site, site.emit.reshape(output(site), keptDims(site, axes)), axes);
  };
  return linear(
    (site, t) => {
      const { emit } = site;
      return emit.reshape(emit.sum(emit.mul(slopeOf(site), t), axesOf(site)), site.dims(output(site)));
    },
    (site, u) => {
      const { emit } = site;
      const kept = emit.reshape(u, keptDims(site, axesOf(site)));
      return emit.expand(emit.mul(kept, slopeOf(site)), site.dims(input(site)));
    },
  );
}

/** Without axes, a reduction with `noop_with_empty_axes` is the identity for sums and means alone; the sum of one entry is that entry. */
const constant = (value: (count: number) => number) => (site: Site, _: string, axes: readonly number[]) => {
  const dims = site.dims(input(site));
  return site.emit.scalar(value(product(axes.map((axis) => dims[axis]!))));
};

const averaged = constant((count) => 1 / count);

/** 1 at the entry that was taken; shared evenly where several are the same. */
function extreme(site: Site, y: string, axes: readonly number[]): string {
  const { emit } = site;
  const taken = emit.indicator(emit.op("Equal", [input(site), y]));
  return emit.div(taken, emit.sum(taken, axes));
}

/** A running sum; the way back runs the other way. */
const cumulative = (site: Site, value: string, turned: boolean) => {
  const { node, emit } = site;
  return emit.op("CumSum", [value, node.inputs[1]!], {
    exclusive: int(numberOf(node, "exclusive", 0)),
    reverse: int(turned === (numberOf(node, "reverse", 0) === 1) ? 0 : 1),
  });
};

function rootOfSquares({ node }: Site): void {
  if (numberOf(node, "p", 2) !== 2) throw refused(node, "its power is not 2");
}

export const REDUCTIONS: Readonly<Record<string, Rule>> = {
  ReduceSum: sloped(constant(() => 1)),
  ReduceMean: sloped(averaged),
  ReduceL1: sloped(({ emit, node }) => emit.op("Sign", [node.inputs[0]!])),
  ReduceL2: sloped((site, y) => site.emit.div(input(site), y)),
  ReduceSumSquare: sloped(({ emit, node }) => emit.mul(node.inputs[0]!, emit.scalar(2))),
  ReduceLogSum: sloped(({ emit }, y) => emit.op("Exp", [emit.op("Neg", [y])])),
  ReduceLogSumExp: sloped((site, y) => site.emit.op("Exp", [site.emit.sub(input(site), y)])),
  ReduceMax: sloped(extreme),
  ReduceMin: sloped(extreme),
  GlobalAveragePool: sloped(averaged, pooledAxes),
  GlobalMaxPool: sloped(extreme, pooledAxes),
  GlobalLpPool: sloped((site, y) => {
    rootOfSquares(site);
    return site.emit.div(input(site), y);
  }, pooledAxes),
  CumSum: linear(
    (site, t) => cumulative(site, t, false),
    (site, u) => cumulative(site, u, true),
  ),
};
