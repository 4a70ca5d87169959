/** Operations on windows that slide over positions: convolutions and pools. */
import { type Attributes, int, ints } from "./emitter.ts";
import { intsOf, numberOf, product, type Rule, range, refused, type Site, textOf } from "./rule.ts";

interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before each position axis, then after each. */
  readonly pads: readonly number[];
}

/** `small` are the positions of the windows, `large` those that they slide over. */
function windowsOf(site: Site, kernel: readonly number[], large: readonly number[], small: readonly number[]): Windows {
  const { node } = site;
  const ones = kernel.map(() => 1);
  const strides = intsOf(node, "strides") ?? ones;
  const dilations = intsOf(node, "dilations") ?? ones;
  const auto = textOf(node, "auto_pad", "NOTSET");
  if (auto === "NOTSET" || auto === "VALID") {
    const given = auto === "VALID" ? null : intsOf(node, "pads");
    return { kernel, strides, dilations, pads: given ?? [...ones, ...ones].map(() => 0) };
  }
  const whole = kernel.map((size, axis) =>
    Math.max(0, (small[axis]! - 1) * strides[axis]! + (size - 1) * dilations[axis]! + 1 - large[axis]!),
  );
  const less = whole.map((pad) => Math.floor(pad / 2));
  const more = whole.map((pad, axis) => pad - less[axis]!);
  return { kernel, strides, dilations, pads: auto === "SAME_UPPER" ? [...less, ...more] : [...more, ...less] };
}

/** Attributes of the transposed operation, which must give `large` positions from `small`: what a stride left over is padded out, or cut off. */
export function transposedAttributes(
  { kernel, strides, dilations, pads }: Windows,
  large: readonly number[],
  small: readonly number[],
  group: number,
): Attributes {
  const n = kernel.length;
  const before = pads.slice(0, n);
  const over = kernel.map(
    (size, axis) =>
      (small[axis]! - 1) * strides[axis]! + (size - 1) * dilations[axis]! + 1 - before[axis]! - large[axis]!,
  );
  return {
    kernel_shape: ints(kernel),
    strides: ints(strides),
    dilations: ints(dilations),
    group: int(group),
    pads: ints([...before, ...over.map((one) => Math.max(0, one))]),
    output_padding: ints(over.map((one) => Math.max(0, -one))),
  };
}

const plainAttributes = ({ kernel, strides, dilations, pads }: Windows, group: number): Attributes => ({
  kernel_shape: ints(kernel),
  strides: ints(strides),
  dilations: ints(dilations),
  pads: ints(pads),
  group: int(group),
});

function onlyInput(site: Site, tangents: readonly (string | null)[]): string | null {
  if (tangents.some((tangent, i) => i > 0 && tangent !== null))
    throw refused(site.node, "its kernel or bias depends on the value");
  return tangents[0] ?? null;
}

function convolution(site: Site) {
  const { node } = site;
  const [x, w, y] = [node.inputs[0]!, node.inputs[1]!, node.outputs[0]!].map((name) => site.dims(name));
  return { large: x!.slice(2), small: y!.slice(2), kernel: w!.slice(2), group: numberOf(node, "group", 1) };
}

const conv: Rule = {
  forward(site, tangents) {
    const tangent = onlyInput(site, tangents);
    const { large, small, kernel, group } = convolution(site);
    const windows = windowsOf(site, kernel, large, small);
    return [
      tangent === null ? null : site.emit.op("Conv", [tangent, site.node.inputs[1]!], plainAttributes(windows, group)),
    ];
  },
  reverse(site, [cotangent = null]) {
    if (cotangent === null) return [];
    const { large, small, kernel, group } = convolution(site);
    const windows = windowsOf(site, kernel, large, small);
    const attributes = transposedAttributes(windows, large, small, group);
    return [site.emit.op("ConvTranspose", [cotangent, site.node.inputs[1]!], attributes)];
  },
};

const convTranspose: Rule = {
  forward(site, tangents) {
    const tangent = onlyInput(site, tangents);
    // Here the input is the small side.
    const { large: small, small: large, kernel, group } = convolution(site);
    const windows = transposedWindows(site, kernel, large, small);
    if (tangent === null) return [null];
    return [
      site.emit.op(
        "ConvTranspose",
        [tangent, site.node.inputs[1]!],
        transposedAttributes(windows, large, small, group),
      ),
    ];
  },
  reverse(site, [cotangent = null]) {
    if (cotangent === null) return [];
    const { large: small, small: large, kernel, group } = convolution(site);
    const windows = transposedWindows(site, kernel, large, small);
    return [site.emit.op("Conv", [cotangent, site.node.inputs[1]!], plainAttributes(windows, group))];
  },
};

/** Explicit pads, such that the windows over the large side are as many as the small side has. */
function transposedWindows(
  site: Site,
  kernel: readonly number[],
  large: readonly number[],
  small: readonly number[],
): Windows {
  if (textOf(site.node, "auto_pad", "NOTSET") !== "NOTSET" || intsOf(site.node, "output_shape") !== null)
    throw refused(site.node, "its padding follows from a shape that is asked of it");
  const { strides, dilations, pads } = windowsOf(site, kernel, large, small);
  const n = kernel.length;
  const end = kernel.map(
    (size, axis) =>
      (small[axis]! - 1) * strides[axis]! + (size - 1) * dilations[axis]! + 1 - pads[axis]! - large[axis]!,
  );
  // Where the large side was padded out, the last window ends before its end.
  return { kernel, strides, dilations, pads: [...pads.slice(0, n), ...end.map((one) => Math.max(0, one))] };
}

export function pool(site: Site) {
  const { node } = site;
  const [large, small] = [node.inputs[0]!, node.outputs[0]!].map((name) => site.dims(name).slice(2));
  const kernel = intsOf(node, "kernel_shape");
  if (kernel === null) throw refused(node, "it has no kernel_shape");
  return { large: large!, small: small!, windows: windowsOf(site, kernel, large!, small!) };
}

/** The average of each window is a convolution of each channel by itself, divided by how many entries the window holds. */
const averagePool: Rule = {
  forward(site, [tangent = null]) {
    if (tangent === null) return [null];
    const { emit } = site;
    const { large, small, windows } = pool(site);
    const channels = site.dims(site.node.inputs[0]!)[1]!;
    const ones = emit.expand(emit.scalar(1), [channels, 1, ...windows.kernel]);
    const sums = emit.op("Conv", [tangent, ones], plainAttributes(reaching(windows, large, small), channels));
    return [emit.mul(sums, shares(site))];
  },
  reverse(site, [cotangent = null]) {
    if (cotangent === null) return [];
    const { emit } = site;
    const { large, small, windows } = pool(site);
    const channels = site.dims(site.node.inputs[0]!)[1]!;
    const ones = emit.expand(emit.scalar(1), [channels, 1, ...windows.kernel]);
    const attributes = transposedAttributes(windows, large, small, channels);
    return [emit.op("ConvTranspose", [emit.mul(cotangent, shares(site)), ones], attributes)];
  },
};

/** Pads after the end such that windows that `ceil_mode` added are there. */
function reaching(windows: Windows, large: readonly number[], small: readonly number[]): Windows {
  const n = windows.kernel.length;
  const after = windows.kernel.map((size, axis) =>
    Math.max(
      windows.pads[n + axis]!,
      (small[axis]! - 1) * windows.strides[axis]! +
        (size - 1) * windows.dilations[axis]! +
        1 -
        windows.pads[axis]! -
        large[axis]!,
    ),
  );
  return { ...windows, pads: [...windows.pads.slice(0, n), ...after] };
}

/** One over the entries that each window holds: those of the input alone, or padding too. */
function shares(site: Site): string {
  const { large, small, windows } = pool(site);
  const padded = numberOf(site.node, "count_include_pad", 0) === 1;
  const n = large.length;
  const counts = small.map((length, axis) =>
    range(0, length).map((at) => {
      const [low, high] = padded ? [-windows.pads[axis]!, large[axis]! + windows.pads[n + axis]!] : [0, large[axis]!];
      const start = at * windows.strides[axis]! - windows.pads[axis]!;
      return range(0, windows.kernel[axis]!).filter((k) => {
        const place = start + k * windows.dilations[axis]!;
        return place >= low && place < high;
      }).length;
    }),
  );
  const values = new Float64Array(product(small));
  for (let i = 0; i < values.length; i++) {
    let [rest, count] = [i, 1];
    for (let axis = n - 1; axis >= 0; axis--) {
      count *= counts[axis]![rest % small[axis]!]!;
      rest = Math.floor(rest / small[axis]!);
    }
    values[i] = 1 / count;
  }
  return site.emit.floats(values, [1, 1, ...small]);
}

export const WINDOWS: Readonly<Record<string, Rule>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  AveragePool: averagePool,
};
