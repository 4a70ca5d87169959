import { SUMMING_SCATTER } from "./chosen.ts";
import { int, ints, text } from "./emitter.ts";
import { numberOf, product, type Rule, range, refused, type Site, textOf } from "./rule.ts";
import { pool, transposedAttributes } from "./windows.ts";

/** Places of a window times channels: the kernel that sums overlapping windows has their product times the places. */
const MOST_KERNEL = 2 ** 22;
/** Stands for no place of the input. */
const OUTSIDE = -(2 ** 50);

/** The entry that was largest in each window is taken; on the way back it gets all that its windows had. */
const maxPool: Rule = {
  forward(site, [tangent = null]) {
    if (tangent === null) return [null];
    const { emit } = site;
    return [emit.op("Gather", [emit.reshape(tangent, [-1]), chosen(site)], { axis: int(0) })];
  },
  reverse(site, [cotangent = null]) {
    if (cotangent === null) return [];
    const { node, emit } = site;
    const { windows } = pool(site);
    const apart = windows.kernel.every((size, axis) => (size - 1) * windows.dilations[axis]! < windows.strides[axis]!);
    if (!apart && emit.opset < SUMMING_SCATTER) return [summedByKernel(site, cotangent)];
    const dims = site.dims(node.inputs[0]!);
    const zeros = emit.zeros([product(dims)]);
    const flat = [zeros, emit.reshape(chosen(site), [-1]), emit.reshape(cotangent, [-1])];
    const summed = emit.op("ScatterElements", flat, {
      axis: int(0),
      ...(apart ? {} : { reduction: text("add") }),
    });
    return [emit.reshape(summed, dims)];
  },
};

/** Where in the whole input the largest entry of each window stands: ONNX's own second output. */
function chosen(site: Site): string {
  const { node, emit } = site;
  if (node.outputs[1] !== undefined && node.outputs[1] !== "" && numberOf(node, "storage_order", 0) === 0)
    return node.outputs[1];
  const { windows } = pool(site);
  const auto = textOf(node, "auto_pad", "NOTSET");
  const [, indices] = emit.ops("MaxPool", [node.inputs[0]!], 2, {
    kernel_shape: ints(windows.kernel),
    strides: ints(windows.strides),
    dilations: ints(windows.dilations),
    ceil_mode: int(numberOf(node, "ceil_mode", 0)),
    ...(auto === "NOTSET" ? { pads: ints(windows.pads) } : { auto_pad: text(auto) }),
  });
  return indices!;
}

/**
 * Where nothing can be scattered and summed: for each place in a window whether it was the one taken, times the cotangent, and a transposed convolution whose
 * kernels are single ones puts all of them where they belong.
 */
function summedByKernel(site: Site, cotangent: string): string {
  const { node, emit } = site;
  const { large, small, windows } = pool(site);
  const [items, channels] = site.dims(node.inputs[0]!) as [number, number];
  const places = product(windows.kernel);
  if (channels * places * places > MOST_KERNEL)
    throw refused(node, `its windows of ${places} places overlap, which takes operator set ${SUMMING_SCATTER}`);
  const whole = product(large);
  const starts = range(0, items * channels).map((row) => row * whole);
  const within = placesOf(large, small, windows);
  const ones = small.map(() => 1);
  const indices = emit.reshape(chosen(site), [items, channels, 1, ...small]);
  const start = emit.ints(starts, [items, channels, 1, ...ones]);
  const taken = emit.op("Equal", [emit.sub(indices, start), emit.ints(within, [1, 1, places, ...small])]);
  const shares = emit.mul(emit.indicator(taken), emit.reshape(cotangent, [items, channels, 1, ...small]));
  const kernel = new Float64Array(channels * places * places);
  for (let row = 0; row < channels * places; row++) kernel[row * places + (row % places)] = 1;
  return emit.op(
    "ConvTranspose",
    [
      emit.reshape(shares, [items, channels * places, ...small]),
      emit.floats(kernel, [channels * places, 1, ...windows.kernel]),
    ],
    transposedAttributes(windows, large, small, channels),
  );
}

/** For each place of a window and each window, the flat place in one channel; places in the padding are none. */
function placesOf(large: readonly number[], small: readonly number[], windows: ReturnType<typeof pool>["windows"]) {
  const found: number[] = [];
  for (let place = 0; place < product(windows.kernel); place++)
    for (let at = 0; at < product(small); at++) {
      let [offset, window, step, flat] = [place, at, 1, 0];
      for (let axis = large.length - 1; axis >= 0; axis--) {
        const [k, w] = [offset % windows.kernel[axis]!, window % small[axis]!];
        const x = w * windows.strides[axis]! - windows.pads[axis]! + k * windows.dilations[axis]!;
        flat += x < 0 || x >= large[axis]! ? OUTSIDE : x * step;
        step *= large[axis]!;
        offset = Math.floor(offset / windows.kernel[axis]!);
        window = Math.floor(window / small[axis]!);
      }
      found.push(flat < 0 ? OUTSIDE : flat);
    }
  return found;
}

export const MAX_POOL: Readonly<Record<string, Rule>> = { MaxPool: maxPool };
