/**
 * The whole course u(t) of one mode's strength under each of the theory's laws, for t of any size.
 *   depth 1, 2           closed forms                               Saxe, McClelland & Ganguli 2019, eq. 6, 9
 *   depth D              τ du/dt = D·u^(2−2/D)(s − u)               2014, eq. 15
 *   unbalanced c₀        τ du/dt = √(c₀² + 4u²)(s − u)              2014, appendix A (two weight matrices, a² − b² = c₀ kept by the flow)
 *   correlated inputs δ  τ da/dt = 2a(s − δa)                       VᵀΣ¹¹V = diag δ: the rate comes from s, the end is s/δ
 *   weight decay λ       τ da/dt = 2a(s − λ − a)                    a → max(s − λ, 0): what is weaker than λ is never learned
 * Algorithm: w = ln(u/(s − u)) turns both integrals into dt/dw = τ·g(u)/s with g smooth; t is summed over panels of w by Gauss–Legendre, and the
 * panel that holds t is solved by Newton's method (dt/dw is known) with bisection as its guard. Error: 1e-9 relative.
 * Domain: 0 < u₀ < s (else NaN), but for the closed forms, which take any u₀ > 0.
 */
import { gaussLegendre } from "../special/gaussLegendre.ts";
import { deepStrength, shallowStrength } from "./deepLinear.ts";

export type Law =
  | { readonly kind: "depth"; readonly depth: number }
  | { readonly kind: "unbalanced"; readonly c0: number }
  | { readonly kind: "correlated"; readonly delta: number }
  | { readonly kind: "decay"; readonly lambda: number };

export interface ModeFacts {
  /** Singular value of the data's mode. */
  readonly s: number;
  readonly start: number;
  readonly tau: number;
}

/** u as a function of t ≥ 0. */
export function learningCurve(law: Law, { s, start, tau }: ModeFacts): (t: number) => number {
  switch (law.kind) {
    case "depth":
      if (law.depth === 1) return (t) => shallowStrength(t, s, start, tau);
      if (law.depth === 2) return (t) => deepStrength(t, s, start, tau);
      return inverse((u) => u ** (2 / law.depth - 1) / law.depth, s, start, tau);
    case "unbalanced":
      if (law.c0 === 0) return (t) => deepStrength(t, s, start, tau);
      return inverse((u) => u / Math.hypot(law.c0, 2 * u), s, start, tau);
    case "correlated":
      return (t) => deepStrength(t, s / law.delta, start, tau / law.delta);
    case "decay":
      return (t) => decayed(t, s - law.lambda, start, tau);
  }
}

/** 2a(r − a) for any sign of r: below zero the mode only fades. */
function decayed(t: number, r: number, start: number, tau: number): number {
  if (r > 0) return deepStrength(t, r, start, tau);
  if (r === 0) return start / (1 + (2 * start * t) / tau);
  const fade = Math.exp((2 * r * t) / tau);
  return (r * fade) / (fade + r / start - 1);
}

const NODES = 12;
/** In w; the integrand changes by less than e^(2·¼) over it. */
const PANEL = 0.25;
/** Beyond it u is s to the last bit. */
const W_END = 38;

function inverse(g: (u: number) => number, s: number, start: number, tau: number): (t: number) => number {
  if (!(start > 0 && start < s)) return () => Number.NaN;
  const from = Math.log(start / (s - start));
  const panels = Math.max(1, Math.ceil((W_END - from) / PANEL));
  const { nodes, weights } = gaussLegendre(NODES, 0, 1);
  const strength = (w: number) => s / (1 + Math.exp(-w));
  const slope = (w: number) => (tau * g(strength(w))) / s;
  const between = (a: number, b: number) => {
    let sum = 0;
    for (let i = 0; i < NODES; i++) sum += weights[i]! * slope(a + nodes[i]! * (b - a));
    return sum * (b - a);
  };
  const edges = [0];
  for (let p = 0; p < panels; p++) edges.push(edges[p]! + between(from + p * PANEL, from + (p + 1) * PANEL));
  return (t) => {
    if (!(t > 0)) return start;
    if (t >= edges[panels]!) return s;
    let [low, high] = [0, panels];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (edges[middle]! <= t) low = middle;
      else high = middle;
    }
    const left = from + low * PANEL;
    let [a, b] = [left, left + PANEL];
    let w = left + (PANEL * (t - edges[low]!)) / (edges[high]! - edges[low]!);
    for (let step = 0; step < 40; step++) {
      const late = edges[low]! + between(left, w) - t;
      if (late > 0) b = w;
      else a = w;
      const next = w - late / slope(w);
      if (Math.abs(next - w) < 1e-13 * (1 + Math.abs(w))) break;
      w = next > a && next < b ? next : (a + b) / 2;
    }
    return strength(w);
  };
}
