/** Operations that choose entries by indices, which may be the model's own: gathers, scatters, the largest k. */
import { type Attributes, int, text } from "./emitter.ts";
import { input, linear, output } from "./linear.ts";
import { putBack } from "./places.ts";
import { numberOf, positive, product, type Rule, refused, replaced, type Site, textOf } from "./rule.ts";

/** From this operator set on entries can be scattered and summed. */
export const SUMMING_SCATTER = 16;

/** Zeros of the input's sizes with `value` summed into the places that the same node took it from. */
function scattered(site: Site, op: "ScatterElements" | "ScatterND", value: string, axis: Attributes): string {
  const { node, emit } = site;
  if (emit.opset < SUMMING_SCATTER)
    throw refused(node, `on the way back it takes operator set ${SUMMING_SCATTER}; the model has ${emit.opset}`);
  const zeros = emit.zeros(site.dims(input(site)));
  return emit.op(op, [zeros, node.inputs[1]!, value], { ...axis, reduction: text("add") });
}

const gathered = linear(
  ({ node, emit }, t) => emit.op("Gather", [t, node.inputs[1]!], { axis: int(numberOf(node, "axis", 0)) }),
  (site, u) => {
    const { node, emit } = site;
    const dims = site.dims(input(site));
    const axis = positive(numberOf(node, "axis", 0), dims.length);
    if (!site.fed(1)) {
      const indices = (site.argument(1) ?? []).map((index) => positive(index, dims[axis]!));
      const flat = replaced(dims, axis, indices.length);
      return putBack(site, emit.reshape(u, flat), flat, axis, indices, dims[axis]!);
    }
    // Indices that the model finds itself: a one-hot matrix says where each entry goes, and sums.
    const count = product(site.dims(node.inputs[1]!));
    const truth = emit.floats([0, 1], [2]);
    const hot = emit.op("OneHot", [emit.reshape(node.inputs[1]!, [count]), emit.ints([dims[axis]!]), truth]);
    const flat = emit.reshape(u, [product(dims.slice(0, axis)), count, product(dims.slice(axis + 1))]);
    return emit.reshape(emit.op("MatMul", [emit.transpose(hot, [1, 0]), flat]), dims);
  },
);

const alongAxis = (site: Site): Attributes => ({ axis: int(numberOf(site.node, "axis", 0)) });

const gatheredElements = linear(
  (site, t) => site.emit.op("GatherElements", [t, site.node.inputs[1]!], alongAxis(site)),
  (site, u) => scattered(site, "ScatterElements", u, alongAxis(site)),
);

const gatheredTuples = linear(
  (site, t) =>
    site.emit.op("GatherND", [t, site.node.inputs[1]!], { batch_dims: int(numberOf(site.node, "batch_dims", 0)) }),
  (site, u) => {
    if (numberOf(site.node, "batch_dims", 0) !== 0)
      throw refused(site.node, "on the way back its batch axes are not read");
    return scattered(site, "ScatterND", u, {});
  },
);

/** Some entries are put in the place of others, or added to them. */
function scatter(op: "ScatterElements" | "ScatterND", gather: "GatherElements" | "GatherND"): Rule {
  const attributesOf = ({ node }: Site) => (op === "ScatterND" ? {} : { axis: int(numberOf(node, "axis", 0)) });
  const adds = (site: Site) => {
    const reduction = textOf(site.node, "reduction", "none");
    if (reduction !== "none" && reduction !== "add") throw refused(site.node, `it joins entries by ${reduction}`);
    return reduction === "add";
  };
  return {
    forward(site, [data = null, indices = null, updates = null]) {
      const { node, emit } = site;
      if (indices !== null) throw refused(node, "its indices depend on the value");
      if (data === null && updates === null) return [null];
      const reduction = adds(site) ? { reduction: text("add") } : {};
      const [into, put] = [data, updates].map((tangent, k) => tangent ?? emit.zeros(site.dims(node.inputs[2 * k]!)));
      return [emit.op(op, [into!, node.inputs[1]!, put!], { ...attributesOf(site), ...reduction })];
    },
    reverse(site, [cotangent = null]) {
      const { node, emit } = site;
      if (cotangent === null) return [];
      const [, indices, updates] = node.inputs as [string, string, string];
      const left = () =>
        adds(site) ? cotangent : emit.op(op, [cotangent, indices, emit.zeros(site.dims(updates))], attributesOf(site));
      return [
        site.wanted(0) ? left() : null,
        null,
        site.wanted(2) ? emit.op(gather, [cotangent, indices], attributesOf(site)) : null,
      ];
    },
  };
}

/** Where the largest k stand: ONNX's own second output, or the same once more. */
function placesOfTop({ node, emit }: Site): string {
  const [, places = ""] = node.outputs;
  if (places !== "") return places;
  const k = node.inputs[1];
  const of = { axis: int(numberOf(node, "axis", -1)), largest: int(numberOf(node, "largest", 1)) };
  return k === undefined
    ? emit.ops("TopK", [node.inputs[0]!], 2, { axis: of.axis, k: int(numberOf(node, "k", 1)) })[1]!
    : emit.ops("TopK", [node.inputs[0]!, k], 2, { ...of, sorted: int(numberOf(node, "sorted", 1)) })[1]!;
}

const top: Rule = {
  forward(site, [tangent = null]) {
    if (tangent === null) return [null, null];
    const axis = { axis: int(numberOf(site.node, "axis", -1)) };
    return [site.emit.op("GatherElements", [tangent, placesOfTop(site)], axis), null];
  },
  reverse(site, [cotangent = null]) {
    if (cotangent === null) return [];
    const { emit } = site;
    const zeros = emit.zeros(site.dims(input(site)));
    // No place is taken twice.
    return [
      emit.op("ScatterElements", [zeros, placesOfTop(site), cotangent], {
        axis: int(numberOf(site.node, "axis", -1)),
      }),
    ];
  },
};

/** Values by index: how much one of two values counts is no smooth function of the index. */
const oneHot: Rule = {
  forward(site, tangents) {
    if (tangents[2] !== null && tangents[2] !== undefined)
      throw refused(site.node, "its two values depend on the value");
    return [null];
  },
  reverse(site) {
    if (site.wanted(2)) throw refused(site.node, "its two values depend on the value");
    return [];
  },
};

/** Entries at the places of the true ones. */
const compressed: Rule = linear(
  ({ node, emit }, t) => {
    const axis = node.attributes.axis;
    return emit.op("Compress", [t, node.inputs[1]!], typeof axis === "number" ? { axis: int(axis) } : {});
  },
  (site, u) => {
    const { node, emit } = site;
    const dims = site.dims(input(site));
    const given = node.attributes.axis;
    const [axis, flat] = typeof given === "number" ? [positive(given, dims.length), dims] : [0, [product(dims)]];
    const count = flat[axis]!;
    // The places of the true ones, by compressing all places; those after a short condition are false.
    const places = emit.op("Compress", [emit.ints(Array.from({ length: count }, (_, k) => k)), node.inputs[1]!], {
      axis: int(0),
    });
    const hot = emit.op("OneHot", [places, emit.ints([count]), emit.floats([0, 1], [2])]);
    const taken = product(site.dims(output(site))) / (product(flat) / count);
    const whole = emit.reshape(u, [product(flat.slice(0, axis)), taken, product(flat.slice(axis + 1))]);
    return emit.reshape(emit.op("MatMul", [emit.transpose(hot, [1, 0]), whole]), dims);
  },
);

export const CHOSEN: Readonly<Record<string, Rule>> = {
  Gather: gathered,
  GatherElements: gatheredElements,
  GatherND: gatheredTuples,
  ScatterElements: scatter("ScatterElements", "GatherElements"),
  ScatterND: scatter("ScatterND", "GatherND"),
  TopK: top,
  OneHot: oneHot,
  Compress: compressed,
};
