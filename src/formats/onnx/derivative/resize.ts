/** Resampling of positions: each output is a fixed mean of inputs, axis by axis. */
import { type Attributes, int, real, text } from "./emitter.ts";
import { input, linear, output } from "./linear.ts";
import { intsOf, numberOf, positive, type Rule, range, refused, type Site, textOf } from "./rule.ts";

/** From this operator set on Resize takes sizes, and scales stand third. */
const SIZES_AS_INPUT = 11;

interface Resampled {
  readonly axis: number;
  readonly scale: number | null;
}

function attributesOf({ node, emit }: Site): Attributes {
  const mode = text(textOf(node, "mode", "nearest"));
  if (node.op === "Upsample" || emit.opset < SIZES_AS_INPUT) return { mode };
  const coordinates = textOf(node, "coordinate_transformation_mode", "half_pixel");
  if (coordinates === "tf_crop_and_resize") throw refused(node, "it resizes a cut-out");
  return {
    mode,
    coordinate_transformation_mode: text(coordinates),
    cubic_coeff_a: real(numberOf(node, "cubic_coeff_a", -0.75)),
    exclude_outside: int(numberOf(node, "exclude_outside", 0)),
    nearest_mode: text(textOf(node, "nearest_mode", "round_prefer_floor")),
    ...(numberOf(node, "antialias", 0) === 1 ? { antialias: int(1) } : {}),
  };
}

/** Scales for all axes, or null where sizes are given: the runtime takes coordinates from what is given. */
function scalesOf(site: Site): readonly number[] | null {
  const { node, emit } = site;
  const rank = site.dims(input(site)).length;
  if (node.op === "Upsample" || emit.opset < SIZES_AS_INPUT) {
    const given = node.attributes.scales;
    return Array.isArray(given) ? given.map(Number) : site.argument(1);
  }
  if (textOf(node, "keep_aspect_ratio_policy", "stretch") !== "stretch")
    throw refused(node, "its sizes follow from a ratio that is kept");
  const given = site.argument(2);
  if (given === null || given.length === 0) return null;
  const axes = intsOf(node, "axes")?.map((axis) => positive(axis, rank)) ?? range(0, rank);
  return range(0, rank).map((axis) => given[axes.indexOf(axis)] ?? 1);
}

function resampled(site: Site): readonly Resampled[] {
  const [from, to] = [site.dims(input(site)), site.dims(output(site))];
  const scales = scalesOf(site);
  return from.flatMap((length, axis) =>
    length === to[axis] && (scales === null || scales[axis] === 1) ? [] : [{ axis, scale: scales?.[axis] ?? null }],
  );
}

/** The operation on a value of whatever sizes: by scales or to sizes. */
function resize(site: Site, value: string, scales: readonly number[] | null, sizes: readonly number[]): string {
  const { node, emit } = site;
  const attributes = attributesOf(site);
  const factors = () => emit.singles(scales ?? []);
  if (node.op === "Upsample") return emit.op("Upsample", [value, factors()], attributes);
  if (emit.opset < SIZES_AS_INPUT) return emit.op("Resize", [value, factors()], attributes);
  // Operator set 11 wants the second and third input to be there, empty where they say nothing.
  const empty = emit.singles([]);
  return scales !== null
    ? emit.op("Resize", [value, empty, factors()], attributes)
    : emit.op("Resize", [value, empty, empty, emit.ints(sizes)], attributes);
}

/** What the runtime makes of each unit vector along one axis: in × out. */
function weightsAlong(site: Site, { axis, scale }: Resampled): string {
  const { emit } = site;
  const [n, m] = [site.dims(input(site))[axis]!, site.dims(output(site))[axis]!];
  const unit = new Float64Array(n * n);
  for (let k = 0; k < n; k++) unit[k * (n + 1)] = 1;
  const scales = scale === null ? null : [1, 1, 1, scale];
  return emit.reshape(resize(site, emit.floats(unit, [1, 1, n, n]), scales, [1, 1, n, m]), [n, m]);
}

const rule: Rule = linear(
  (site, t) => resize(site, t, scalesOf(site), site.dims(output(site))),
  (site, u) => {
    const { emit } = site;
    const rank = site.dims(input(site)).length;
    return resampled(site).reduce((value, one) => {
      const back = emit.transpose(weightsAlong(site, one), [1, 0]);
      const last = [...range(0, rank).filter((axis) => axis !== one.axis), one.axis];
      const inverse = last.map((_, axis) => last.indexOf(axis));
      return emit.transpose(emit.op("MatMul", [emit.transpose(value, last), back]), inverse);
    }, u);
  },
);

export const RESAMPLING: Readonly<Record<string, Rule>> = { Resize: rule, Upsample: rule };
