/**
 * Learning of one mode in a linear network, in closed form where there is one.
 *   s   singular value of Σ³¹ = Σ_items y xᵀ (sum convention); the strength a mode tends to on white inputs
 *   a₀  strength at t = 0, 0 < a₀ < s
 *   τ   time constant in the unit of t (see timeConstant.ts)
 * Two weight matrices, balanced: a(t) = s/(1 + (s/a₀ − 1)e^(−2st/τ))      Saxe, McClelland & Ganguli 2014, eq. 12; 2019, eq. 6
 * One weight matrix:             b(t) = s(1 − e^(−t/τ)) + b₀e^(−t/τ)       2019, eq. 9
 * D weight matrices, balanced:   τ du/dt = D·u^(2−2/D)(s − u)             2014, eq. 15
 * Unbalanced by c₀ = a² − b²:    τ du/dt = √(c₀² + 4u²)(s − u)            2014, appendix A
 * Assumptions: squared error, gradient flow (small steps of plain gradient descent), white inputs, modes decoupled.
 * Error: closed forms to rounding; the two integrals by Gauss–Legendre in ln(u/(s − u)) to 1e-10 relative.
 */
import { gaussLegendre } from "../special/gaussLegendre.ts";

/** This form does not overflow for large t. */
export function deepStrength(t: number, s: number, a0: number, tau: number): number {
  return s / (1 + (s / a0 - 1) * Math.exp((-2 * s * t) / tau));
}

export function shallowStrength(t: number, s: number, b0: number, tau: number): number {
  const decay = Math.exp(-t / tau);
  return s * (1 - decay) + b0 * decay;
}

/** Time from strength `from` to `to` with two weight matrices (2014, eq. 11); NaN unless both lie between 0 and s. */
export function deepTimeBetween(from: number, to: number, s: number, tau: number): number {
  if (!(from > 0 && from < s && to > 0 && to < s)) return Number.NaN;
  return (tau / (2 * s)) * Math.log((to * (s - from)) / (from * (s - to)));
}

/** Time from `from` to `to` with `depth` weight matrices, all modes of the layers equally strong. */
export function depthTimeBetween(depth: number, from: number, to: number, s: number, tau: number): number {
  return (tau / depth) * overLogit(from, to, s, (u) => u ** (2 / depth - 1));
}

/** Time from `from` to `to` with two weight matrices whose strengths a, b differ by the conserved c₀ = a² − b². */
export function unbalancedTimeBetween(c0: number, from: number, to: number, s: number, tau: number): number {
  return tau * overLogit(from, to, s, (u) => u / Math.hypot(c0, 2 * u));
}

/** Infinitely many weight matrices, `layers` of them in the clock: time is counted in 1/layers (2014, eq. 17). */
export function infiniteDepthTimeBetween(layers: number, from: number, to: number, s: number, tau: number): number {
  if (!(from > 0 && from < s && to > 0 && to < s)) return Number.NaN;
  const logarithm = Math.log((to * (s - from)) / (from * (s - to))) / (s * s);
  return (tau / layers) * (logarithm + 1 / (s * from) - 1 / (s * to));
}

/** (t₉₅ − t₀₅)/t₉₅ of a course that starts at `start`: 0 where a mode is learned in one step after a plateau, near 1 where it starts at once. NaN if it starts above 5 %. */
export function stageIndex(depth: number, start: number, s: number): number {
  if (start >= 0.05 * s) return Number.NaN;
  const late = depth === 1 ? shallowTimeBetween(start, 0.95 * s, s, 1) : depthTimeBetween(depth, start, 0.95 * s, s, 1);
  const early =
    depth === 1 ? shallowTimeBetween(start, 0.05 * s, s, 1) : depthTimeBetween(depth, start, 0.05 * s, s, 1);
  return (late - early) / late;
}

/** One weight matrix, which may start at zero or below. */
function shallowTimeBetween(from: number, to: number, s: number, tau: number): number {
  return tau * Math.log((s - from) / (s - to));
}

/**
 * The strongest mode that gradient descent with steps of length 1/τ follows without oscillating off: it needs τ > ½·D·s^(2−2/D), from the curvature
 * D·s^(2−2/D)/τ of the flow at its end. For two matrices τ > s₁.
 */
export function leastStableTau(depth: number, s: number): number {
  return (depth * s ** (2 - 2 / depth)) / 2;
}

const PANELS = 64;
const NODES = 16;

/** ∫ f(u) du/(u(s − u)) over [from, to]: in w = ln(u/(s − u)), where du/(u(s − u)) = dw/s, neither end is steep. NaN unless both lie in (0, s). */
function overLogit(from: number, to: number, s: number, f: (u: number) => number): number {
  if (!(from > 0 && from < s && to > 0 && to < s)) return Number.NaN;
  const logit = (u: number) => Math.log(u / (s - u));
  const a = logit(from);
  const width = (logit(to) - a) / PANELS;
  const { nodes, weights } = gaussLegendre(NODES, 0, width);
  let sum = 0;
  for (let panel = 0; panel < PANELS; panel++)
    for (let i = 0; i < NODES; i++) sum += weights[i]! * f(s / (1 + Math.exp(-a - panel * width - nodes[i]!)));
  return sum / s;
}
