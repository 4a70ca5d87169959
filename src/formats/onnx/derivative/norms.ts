/** Operations whose entries are divided by something that they share: layer and instance norms, softmax. Their Jacobians are nearly symmetric, so one map serves both ways. */
import { numberOf, positive, type Rule, range, refused, type Site } from "./rule.ts";

/** From this operator set on softmax is along one axis; before, along all from it on. */
const SOFTMAX_ONE_AXIS = 13;

function only(site: Site, tangents: readonly (string | null)[]): string | null {
  if (tangents.some((tangent, i) => i > 0 && tangent !== null))
    throw refused(site.node, "its scale or shift depends on the value");
  return tangents[0] ?? null;
}

/**
 * v ↦ (v − ⟨v⟩ − x̂⟨x̂·v⟩)/σ with x̂ = (x − ⟨x⟩)/σ, σ² = Var x + ε, means over the axes: the Jacobian of x̂, which is its own transpose.
 */
function normalizing(site: Site, axes: readonly number[], value: string): string {
  const { emit, node } = site;
  const x = node.inputs[0]!;
  const dims = site.dims(x);
  const mean = (one: string) => emit.mean(one, axes, dims);
  const centred = emit.sub(x, mean(x));
  const variance = emit.add(mean(emit.mul(centred, centred)), emit.scalar(numberOf(node, "epsilon", 1e-5)));
  const deviation = emit.op("Sqrt", [variance]);
  const unit = emit.div(centred, deviation);
  const along = emit.mul(unit, mean(emit.mul(unit, value)));
  return emit.div(emit.sub(emit.sub(value, mean(value)), along), deviation);
}

function norm(axesOf: (site: Site) => readonly number[], scaleOf: (site: Site) => string): Rule {
  return {
    forward(site, tangents) {
      const tangent = only(site, tangents);
      return [tangent === null ? null : site.emit.mul(normalizing(site, axesOf(site), tangent), scaleOf(site))];
    },
    reverse(site, [cotangent = null, ...more]) {
      if (more.some((one) => one !== null)) throw refused(site.node, "its mean or deviation is used further on");
      if (cotangent === null) return [];
      return [normalizing(site, axesOf(site), site.emit.mul(cotangent, scaleOf(site)))];
    },
  };
}

const layerAxes = (site: Site) => {
  const rank = site.dims(site.node.inputs[0]!).length;
  return range(positive(numberOf(site.node, "axis", -1), rank), rank);
};
const layerNorm = norm(layerAxes, ({ node }) => node.inputs[1]!);
const instanceNorm = norm(
  (site) => range(2, site.dims(site.node.inputs[0]!).length),
  ({ node, emit, dims }) =>
    emit.reshape(
      node.inputs[1]!,
      dims(node.inputs[0]!)
        .slice(1)
        .map((_, axis) => (axis === 0 ? -1 : 1)),
    ),
);

function softmaxAxes(site: Site): readonly number[] {
  const rank = site.dims(site.node.inputs[0]!).length;
  if (site.emit.opset >= SOFTMAX_ONE_AXIS) return [positive(numberOf(site.node, "axis", -1), rank)];
  return range(positive(numberOf(site.node, "axis", 1), rank), rank);
}

/** v ↦ y∘(v − Σ y·v), symmetric. */
function softmaxed(site: Site, value: string): string {
  const { emit, node } = site;
  const y = node.outputs[0]!;
  return emit.mul(y, emit.sub(value, emit.sum(emit.mul(y, value), softmaxAxes(site))));
}

const softmax: Rule = {
  forward: (site, [tangent = null]) => [tangent === null ? null : softmaxed(site, tangent)],
  reverse: (site, [cotangent = null]) => [cotangent === null ? null : softmaxed(site, cotangent)],
};

const logSoftmax: Rule = {
  forward(site, [tangent = null]) {
    if (tangent === null) return [null];
    const { emit, node } = site;
    const y = emit.op("Exp", [node.outputs[0]!]);
    return [emit.sub(tangent, emit.sum(emit.mul(y, tangent), softmaxAxes(site)))];
  },
  reverse(site, [cotangent = null]) {
    if (cotangent === null) return [];
    const { emit, node } = site;
    const y = emit.op("Exp", [node.outputs[0]!]);
    return [emit.sub(cotangent, emit.mul(y, emit.sum(cotangent, softmaxAxes(site))))];
  },
};

export const NORMS: Readonly<Record<string, Rule>> = {
  LayerNormalization: layerNorm,
  InstanceNormalization: instanceNorm,
  Softmax: softmax,
  LogSoftmax: logSoftmax,
};
