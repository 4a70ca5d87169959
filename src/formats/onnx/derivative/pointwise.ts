/** Operations that act on entries one by one, with broadcasting: y = f(a, b, …), so that dy = Σ ∂f/∂a·da. */
import { ELEMENT } from "./emitter.ts";
import { numberOf, type Rule, reducedTo, refused, type Site, sameDims, textOf, total } from "./rule.ts";

/** ∂y/∂input as a value that broadcasts to y; null is 0. */
type Partial = string | 1 | -1 | null;

function pointwise(partial: (site: Site, index: number) => Partial): Rule {
  const scaled = ({ emit }: Site, value: string, by: Partial): string | null =>
    by === null ? null : by === 1 ? value : by === -1 ? emit.op("Neg", [value]) : emit.mul(value, by);
  return {
    forward(site, tangents) {
      const { node, emit } = site;
      const out = site.dims(node.outputs[0]!);
      const terms = tangents.map((tangent, i) => (tangent === null ? null : scaled(site, tangent, partial(site, i))));
      const sum = total(emit, terms);
      const full = terms.some((term, i) => term !== null && sameDims(site.dims(node.inputs[i]!), out));
      return [sum === null || full ? sum : emit.expand(sum, out)];
    },
    reverse(site, [cotangent = null]) {
      const { node, emit } = site;
      if (cotangent === null) return [];
      const out = site.dims(node.outputs[0]!);
      return node.inputs.map((name, i) => {
        const term = site.wanted(i) ? scaled(site, cotangent, partial(site, i)) : null;
        return term === null ? null : reducedTo(emit, term, out, site.dims(name));
      });
    },
  };
}

const x = ({ node }: Site, index = 0) => node.inputs[index]!;
const y = ({ node }: Site) => node.outputs[0]!;
const truth = (site: Site, op: string, value: string, limit: number) =>
  site.emit.op(op, [value, site.emit.scalar(limit)]);
const unary = (slope: (site: Site) => Partial) => pointwise((site, index) => (index === 0 ? slope(site) : null));
/** One slope above 0, another below. */
const hinged = (above: (site: Site) => string, below: (site: Site) => string) =>
  unary((site) => site.emit.op("Where", [truth(site, "Greater", x(site), 0), above(site), below(site)]));
const one = ({ emit }: Site) => emit.scalar(1);
const plus = (site: Site, value: string, number: number) => site.emit.add(value, site.emit.scalar(number));
const times = (site: Site, value: string, number: number) => site.emit.mul(value, site.emit.scalar(number));
const square = ({ emit }: Site, value: string) => emit.mul(value, value);
/** 1 − v. */
const rest = ({ emit }: Site, value: string) => emit.sub(emit.scalar(1), value);

const SELU = { alpha: 1.6732632423543772, gamma: 1.0507009873554805 };

function gelu(site: Site): string {
  const { emit, node } = site;
  const at = x(site);
  if (textOf(node, "approximate", "none") === "tanh") {
    const scale = Math.sqrt(2 / Math.PI);
    const cube = 0.044715;
    const inner = times(site, emit.mul(at, plus(site, times(site, square(site, at), cube), 1)), scale);
    const th = emit.op("Tanh", [inner]);
    const slope = times(site, plus(site, times(site, square(site, at), 3 * cube), 1), scale);
    const bent = emit.mul(emit.mul(at, rest(site, square(site, th))), slope);
    return times(site, emit.add(plus(site, th, 1), bent), 0.5);
  }
  const cumulative = times(site, plus(site, emit.op("Erf", [times(site, at, Math.SQRT1_2)]), 1), 0.5);
  const density = times(site, emit.op("Exp", [times(site, square(site, at), -0.5)]), 1 / Math.sqrt(2 * Math.PI));
  return emit.add(cumulative, emit.mul(at, density));
}

function mish(site: Site): string {
  const { emit } = site;
  const th = emit.op("Tanh", [emit.op("Softplus", [x(site)])]);
  return emit.add(th, emit.mul(emit.mul(x(site), emit.op("Sigmoid", [x(site)])), rest(site, square(site, th))));
}

/** Inside the two limits, the limits included. */
function clipped(site: Site): Partial {
  const { node, emit } = site;
  const inside = (["min", "max"] as const).flatMap((which, k) => {
    const given = node.attributes[which];
    const limit = typeof given === "number" ? emit.scalar(given) : node.inputs[k + 1];
    if (limit === undefined || limit === "") return [];
    return [emit.indicator(emit.op("Not", [emit.op(which === "min" ? "Less" : "Greater", [x(site), limit])]))];
  });
  const [first, second] = inside;
  return first === undefined ? 1 : second === undefined ? first : emit.mul(first, second);
}

/** Whole numbers and truth values have no slope; another float type would need tangents of its own. */
function cast(site: Site): Partial {
  const { node, emit } = site;
  const to = numberOf(node, "to", 0);
  if (to === ELEMENT[emit.type]) return 1;
  if (to === ELEMENT.float32 || to === ELEMENT.float64 || to === 10 || to === 16)
    throw refused(node, `it goes over to another float type than ${emit.type}`);
  return null;
}

function batchNorm(site: Site, index: number): Partial {
  const { node, emit } = site;
  if (index !== 0) throw refused(node, "its own statistics or weights depend on the value");
  if (numberOf(node, "training_mode", 0) !== 0) throw refused(node, "it takes its statistics from the batch");
  const [, scale, , , variance] = node.inputs;
  const deviation = emit.op("Sqrt", [plus(site, variance!, numberOf(node, "epsilon", 1e-5))]);
  const dims = site.dims(x(site));
  return emit.reshape(
    emit.div(scale!, deviation),
    dims.length < 2 ? [-1] : dims.map((_, axis) => (axis === 1 ? -1 : 1)),
  );
}

function power(site: Site, index: number): Partial {
  const { emit } = site;
  // The exponent may be a whole number.
  const exponent = emit.indicator(x(site, 1));
  if (index === 0) return emit.mul(exponent, emit.op("Pow", [x(site), plus(site, exponent, -1)]));
  return emit.mul(y(site), emit.op("Log", [x(site)]));
}

function where(site: Site, index: number): Partial {
  if (index === 0) return null;
  const chosen = site.emit.indicator(x(site));
  return index === 1 ? chosen : rest(site, chosen);
}

function dropout(site: Site): Partial {
  const training = site.argument(2);
  if (training !== null && training[0] !== 0) throw refused(site.node, "it drops values at random");
  return 1;
}

/** 1 for the input that was taken; shared evenly where several are the same. */
const isExtreme: Rule = pointwise((site, index) => {
  const { node, emit } = site;
  const taken = (name: string) => emit.indicator(emit.op("Equal", [name, y(site)]));
  if (node.inputs.length === 1) return 1;
  return emit.div(taken(x(site, index)), emit.op("Sum", node.inputs.map(taken)));
});

/** √(a·v² + b). */
const root = (site: Site, value: string, a: number, b: number) =>
  site.emit.op("Sqrt", [plus(site, times(site, square(site, value), a), b)]);
const inverse = ({ emit }: Site, value: string) => emit.op("Reciprocal", [value]);

/** The remainder jumps where the quotient is whole, and is linear between: a − b·k. */
function remainder(site: Site, index: number): Partial {
  const { emit } = site;
  return index === 0 ? 1 : emit.op("Neg", [emit.op("Round", [emit.div(emit.sub(x(site), y(site)), x(site, 1))])]);
}

export const POINTWISE: Readonly<Record<string, Rule>> = {
  Identity: unary(() => 1),
  Dropout: unary(dropout),
  Cast: unary(cast),
  Neg: unary(() => -1),
  Relu: unary((site) => site.emit.indicator(truth(site, "Greater", x(site), 0))),
  LeakyRelu: hinged(one, (site) => site.emit.scalar(numberOf(site.node, "alpha", 0.01))),
  PRelu: pointwise((site, index) => {
    const { emit } = site;
    if (index === 1) return emit.op("Where", [truth(site, "Greater", x(site), 0), emit.scalar(0), x(site)]);
    return emit.op("Where", [truth(site, "Greater", x(site), 0), emit.scalar(1), x(site, 1)]);
  }),
  Elu: hinged(one, (site) => plus(site, y(site), numberOf(site.node, "alpha", 1))),
  Celu: hinged(one, (site) => plus(site, times(site, y(site), 1 / numberOf(site.node, "alpha", 1)), 1)),
  Selu: hinged(
    (site) => site.emit.scalar(numberOf(site.node, "gamma", SELU.gamma)),
    (site) => plus(site, y(site), numberOf(site.node, "gamma", SELU.gamma) * numberOf(site.node, "alpha", SELU.alpha)),
  ),
  Tanh: unary((site) => rest(site, square(site, y(site)))),
  Sigmoid: unary((site) => site.emit.mul(y(site), rest(site, y(site)))),
  Softplus: unary((site) => site.emit.op("Sigmoid", [x(site)])),
  Softsign: unary((site) => square(site, rest(site, site.emit.op("Abs", [y(site)])))),
  HardSigmoid: unary((site) => {
    const inside = ["Greater", "Less"].map((op, k) => site.emit.indicator(truth(site, op, y(site), k)));
    return times(site, site.emit.mul(inside[0]!, inside[1]!), numberOf(site.node, "alpha", 0.2));
  }),
  HardSwish: unary((site) => {
    const { emit } = site;
    const middle = times(site, plus(site, times(site, x(site), 2), 3), 1 / 6);
    const below = emit.op("Where", [truth(site, "Greater", x(site), -3), middle, emit.scalar(0)]);
    return emit.op("Where", [truth(site, "Less", x(site), 3), below, emit.scalar(1)]);
  }),
  Mish: unary(mish),
  Gelu: unary(gelu),
  Erf: unary((site) =>
    times(site, site.emit.op("Exp", [site.emit.op("Neg", [square(site, x(site))])]), 2 / Math.sqrt(Math.PI)),
  ),
  Exp: unary(y),
  Log: unary((site) => site.emit.op("Reciprocal", [x(site)])),
  Sqrt: unary((site) => site.emit.div(site.emit.scalar(0.5), y(site))),
  Reciprocal: unary((site) => site.emit.op("Neg", [square(site, y(site))])),
  Abs: unary((site) => site.emit.op("Sign", [x(site)])),
  Sin: unary((site) => site.emit.op("Cos", [x(site)])),
  Cos: unary((site) => site.emit.op("Neg", [site.emit.op("Sin", [x(site)])])),
  Tan: unary((site) => plus(site, square(site, y(site)), 1)),
  Asin: unary((site) => inverse(site, root(site, x(site), -1, 1))),
  Acos: unary((site) => site.emit.op("Neg", [inverse(site, root(site, x(site), -1, 1))])),
  Atan: unary((site) => inverse(site, plus(site, square(site, x(site)), 1))),
  Sinh: unary((site) => site.emit.op("Cosh", [x(site)])),
  Cosh: unary((site) => site.emit.op("Sinh", [x(site)])),
  Asinh: unary((site) => inverse(site, root(site, x(site), 1, 1))),
  Acosh: unary((site) => inverse(site, root(site, x(site), 1, -1))),
  Atanh: unary((site) => inverse(site, rest(site, square(site, x(site))))),
  ThresholdedRelu: unary((site) =>
    site.emit.indicator(truth(site, "Greater", x(site), numberOf(site.node, "alpha", 1))),
  ),
  Shrink: unary((site) => {
    const size = site.emit.op("Abs", [x(site)]);
    return site.emit.indicator(truth(site, "Greater", size, numberOf(site.node, "lambd", 0.5)));
  }),
  Swish: unary((site) => {
    const { emit } = site;
    const alpha = numberOf(site.node, "alpha", 1);
    const s = emit.op("Sigmoid", [times(site, x(site), alpha)]);
    return emit.mul(s, plus(site, times(site, emit.mul(x(site), rest(site, s)), alpha), 1));
  }),
  CastLike: unary(() => 1),
  Mod: pointwise(remainder),
  Mean: pointwise((site) => site.emit.scalar(1 / site.node.inputs.length)),
  Clip: unary(clipped),
  Add: pointwise(() => 1),
  Sum: pointwise(() => 1),
  Sub: pointwise((_, index) => (index === 0 ? 1 : -1)),
  Mul: pointwise((site, index) => x(site, 1 - index)),
  Div: pointwise((site, index) => {
    const { emit } = site;
    if (index === 0) return emit.op("Reciprocal", [x(site, 1)]);
    return emit.op("Neg", [emit.div(y(site), x(site, 1))]);
  }),
  Pow: pointwise(power),
  Max: isExtreme,
  Min: isExtreme,
  Where: pointwise(where),
  BatchNormalization: pointwise(batchNorm),
};
