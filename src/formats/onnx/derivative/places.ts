/** Operations that move entries to other places without changing them. */
import { type Emitter, int } from "./emitter.ts";
import { input, linear, output } from "./linear.ts";
import {
  intsOf,
  numberOf,
  positive,
  product,
  type Rule,
  range,
  reducedTo,
  refused,
  replaced,
  type Site,
  textOf,
} from "./rule.ts";

/** Entries of a one-hot matrix that scatters what is taken more than once; larger ones are refused. */
const MOST_ONE_HOT = 2 ** 22;

const reshaped = linear(
  (site, t) => site.emit.reshape(t, site.dims(output(site))),
  (site, u) => site.emit.reshape(u, site.dims(input(site))),
);

const permOf = (site: Site) => intsOf(site.node, "perm") ?? range(0, site.dims(input(site)).length).reverse();
const transposed = linear(
  (site, t) => site.emit.transpose(t, permOf(site)),
  (site, u) => {
    const perm = permOf(site);
    return site.emit.transpose(
      u,
      perm.map((_, axis) => perm.indexOf(axis)),
    );
  },
);

/** `value` along `axis`, entry `indices[k]` at place k; −1 gives 0. */
function taken(
  emit: Emitter,
  value: string,
  dims: readonly number[],
  axis: number,
  indices: readonly number[],
): string {
  const zero = emit.zeros(dims.map((length, at) => (at === axis ? 1 : length)));
  const all = indices.includes(-1) ? emit.op("Concat", [value, zero], { axis: int(axis) }) : value;
  return emit.op("Gather", [all, emit.ints(indices.map((index) => (index < 0 ? dims[axis]! : index)))], {
    axis: int(axis),
  });
}

/** The adjoint of `taken`: each entry is put back where it came from, what was taken twice is summed. `dims` are the value's, `length` the axis' own. */
export function putBack(
  site: Site,
  value: string,
  dims: readonly number[],
  axis: number,
  indices: readonly number[],
  length: number,
): string {
  const { emit, node } = site;
  const real = indices.filter((index) => index >= 0);
  if (new Set(real).size === real.length) {
    const places = new Array<number>(length).fill(-1);
    for (const [place, index] of indices.entries()) if (index >= 0) places[index] = place;
    return taken(emit, value, dims, axis, places);
  }
  if (length * indices.length > MOST_ONE_HOT)
    throw refused(node, `it takes ${indices.length} entries of ${length}, some of them twice`);
  const hot = new Float32Array(length * indices.length);
  for (const [place, index] of indices.entries()) if (index >= 0) hot[index * indices.length + place] = 1;
  const [before, after] = [product(dims.slice(0, axis)), product(dims.slice(axis + 1))];
  const flat = emit.reshape(value, [before, indices.length, after]);
  const summed = emit.op("MatMul", [emit.floats(hot, [length, indices.length]), flat]);
  return emit.reshape(summed, [...dims.slice(0, axis), length, ...dims.slice(axis + 1)]);
}

/** Indices along each axis that it changes. */
type Moves = readonly { readonly axis: number; readonly indices: readonly number[] }[];

/** An operation that takes entries along axes one after the other. */
function moved(movesOf: (site: Site) => Moves): Rule {
  return linear(
    (site, t) => {
      let dims = site.dims(input(site));
      return movesOf(site).reduce((value, { axis, indices }) => {
        const next = taken(site.emit, value, dims, axis, indices);
        dims = replaced(dims, axis, indices.length);
        return next;
      }, t);
    },
    (site, u) => {
      const source = site.dims(input(site));
      const moves = movesOf(site);
      let dims = moves.reduce((now, { axis, indices }) => replaced(now, axis, indices.length), [...source]);
      return [...moves].reverse().reduce((value, { axis, indices }) => {
        const next = putBack(site, value, dims, axis, indices, source[axis]!);
        dims = replaced(dims, axis, source[axis]!);
        return next;
      }, u);
    },
  );
}

function sliceMoves(site: Site): Moves {
  const { node } = site;
  const dims = site.dims(input(site));
  const starts = intsOf(node, "starts") ?? site.argument(1) ?? [];
  const ends = intsOf(node, "ends") ?? site.argument(2) ?? [];
  const axes = intsOf(node, "axes") ?? site.argument(3) ?? range(0, starts.length);
  const steps = site.argument(4) ?? starts.map(() => 1);
  return starts.map((start, k) => {
    const axis = positive(axes[k]!, dims.length);
    const [length, step] = [dims[axis]!, steps[k]!];
    const within = (value: number, low: number, high: number) =>
      Math.min(high, Math.max(low, value < 0 ? value + length : value));
    const indices: number[] = [];
    if (step > 0) for (let i = within(start, 0, length); i < within(ends[k]!, 0, length); i += step) indices.push(i);
    else for (let i = within(start, 0, length - 1); i > within(ends[k]!, -1, length - 1); i += step) indices.push(i);
    return { axis, indices };
  });
}

function padMoves(site: Site): Moves {
  const { node } = site;
  const dims = site.dims(input(site));
  const pads = intsOf(node, "pads") ?? site.argument(1) ?? [];
  const axes = (site.argument(3) ?? range(0, dims.length)).map((axis) => positive(axis, dims.length));
  const mode = node.attributes.mode ?? "constant";
  return axes.flatMap((axis, k) => {
    const [before, after, length] = [pads[k]!, pads[k + axes.length]!, dims[axis]!];
    if (before === 0 && after === 0) return [];
    return [{ axis, indices: range(-before, length + after).map((at) => padded(at, length, mode, site)) }];
  });
}

function padded(at: number, length: number, mode: unknown, { node }: Site): number {
  if (at >= 0 && at < length) return at;
  if (mode === "constant") return -1;
  if (mode === "edge") return at < 0 ? 0 : length - 1;
  if (mode === "wrap") return ((at % length) + length) % length;
  if (mode !== "reflect") throw refused(node, `it pads by ${String(mode)}`);
  const mirrored = at < 0 ? -at : 2 * (length - 1) - at;
  if (mirrored < 0 || mirrored >= length) throw refused(node, "it pads by more than there is to reflect");
  return mirrored;
}

const joinedAlong: Rule = {
  forward({ node, emit, dims }, tangents) {
    if (tangents.every((tangent) => tangent === null)) return [null];
    const parts = tangents.map((tangent, i) => tangent ?? emit.zeros(dims(node.inputs[i]!)));
    return [emit.op("Concat", parts, { axis: int(numberOf(node, "axis", 0)) })];
  },
  reverse(site, [cotangent = null]) {
    const { node, emit } = site;
    if (cotangent === null) return [];
    const out = site.dims(output(site));
    const axis = positive(numberOf(node, "axis", 0), out.length);
    let start = 0;
    return node.inputs.map((name, i) => {
      const length = site.dims(name)[axis]!;
      const part = site.wanted(i) ? taken(emit, cotangent, out, axis, range(start, start + length)) : null;
      start += length;
      return part;
    });
  },
};

const splitUp: Rule = {
  forward(site, [tangent = null]) {
    if (tangent === null) return site.node.outputs.map(() => null);
    const { axis, starts, lengths } = splitOf(site);
    const dims = site.dims(input(site));
    return lengths.map((length, k) => taken(site.emit, tangent, dims, axis, range(starts[k]!, starts[k]! + length)));
  },
  reverse(site, cotangents) {
    if (cotangents.every((one) => one === null)) return [null];
    const { axis, lengths } = splitOf(site);
    const dims = site.dims(input(site));
    const parts = lengths.map((length, k) => cotangents[k] ?? site.emit.zeros(replaced(dims, axis, length)));
    return [site.emit.op("Concat", parts, { axis: int(axis) })];
  },
};

function splitOf(site: Site) {
  const { node } = site;
  const axis = positive(numberOf(node, "axis", 0), site.dims(input(site)).length);
  const given = intsOf(node, "split") ?? site.argument(1);
  // Outputs that nobody reads have no name, and no shape that was asked for.
  const equal = Math.ceil(site.dims(input(site))[axis]! / node.outputs.length);
  let rest = site.dims(input(site))[axis]!;
  const lengths = node.outputs.map((_, k) => {
    const length = given?.[k] ?? Math.min(equal, rest);
    rest -= length;
    return length;
  });
  return { axis, lengths, starts: lengths.map((_, k) => lengths.slice(0, k).reduce((sum, one) => sum + one, 0)) };
}

const expanded = linear(
  (site, t) => site.emit.expand(t, site.dims(output(site))),
  (site, u) => reducedTo(site.emit, u, site.dims(output(site)), site.dims(input(site))),
);

const tiled = linear(
  ({ node, emit }, t) => emit.op("Tile", [t, node.inputs[1]!]),
  (site, u) => {
    const [dims, out] = [site.dims(input(site)), site.dims(output(site))];
    const parts = dims.flatMap((length, axis) => [out[axis]! / length, length]);
    const axes = dims.map((_, axis) => 2 * axis);
    return site.emit.reshape(site.emit.sum(site.emit.reshape(u, parts), axes), dims);
  },
);

const triangle = (site: Site, value: string) =>
  site.emit.op("Trilu", [value, ...site.node.inputs.slice(1)], { upper: int(numberOf(site.node, "upper", 1)) });

/** How a block of channels is laid out over positions: sizes that the input is cut into, and the order in which they stand in the output. */
function blocksOf(site: Site): { readonly cut: readonly number[]; readonly perm: readonly number[] } {
  const { node } = site;
  const [n, c, h, w] = site.dims(input(site)) as [number, number, number, number];
  const b = numberOf(node, "blocksize", 1);
  if (node.op === "SpaceToDepth") return { cut: [n, c, h / b, b, w / b, b], perm: [0, 3, 5, 1, 2, 4] };
  return textOf(node, "mode", "DCR") === "CRD"
    ? { cut: [n, c / (b * b), b, b, h, w], perm: [0, 1, 4, 2, 5, 3] }
    : { cut: [n, b, b, c / (b * b), h, w], perm: [0, 3, 4, 1, 5, 2] };
}

const blocked = linear(
  (site, t) => {
    const { cut, perm } = blocksOf(site);
    return site.emit.reshape(site.emit.transpose(site.emit.reshape(t, cut), perm), site.dims(output(site)));
  },
  (site, u) => {
    const { cut, perm } = blocksOf(site);
    const apart = site.emit.reshape(
      u,
      perm.map((axis) => cut[axis]!),
    );
    const back = perm.map((_, axis) => perm.indexOf(axis));
    return site.emit.reshape(site.emit.transpose(apart, back), site.dims(input(site)));
  },
);

/** Its own inverse. */
const reversed = (site: Site, value: string) =>
  site.emit.op("ReverseSequence", [value, site.node.inputs[1]!], {
    batch_axis: int(numberOf(site.node, "batch_axis", 1)),
    time_axis: int(numberOf(site.node, "time_axis", 0)),
  });

export const PLACES: Readonly<Record<string, Rule>> = {
  DepthToSpace: blocked,
  SpaceToDepth: blocked,
  ReverseSequence: linear(reversed, reversed),
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose: transposed,
  Concat: joinedAlong,
  Slice: moved(sliceMoves),
  Pad: moved(padMoves),
  Split: splitUp,
  Expand: expanded,
  Tile: tiled,
  Trilu: linear(triangle, triangle),
};
