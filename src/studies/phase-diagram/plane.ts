import type { CancelToken } from "../../base/cancel.ts";
import type { Activation } from "../../numerics/meanField/activation.ts";
import {
  chaoticDepthLines,
  halfStable,
  type LinePoint,
  logGrid,
  slopeLines,
} from "../../numerics/meanField/criticalLine.ts";
import { fixedPoint } from "../../numerics/meanField/fixedPoints.ts";
import { meanSquare, slopeMoment } from "../../numerics/meanField/moments.ts";
import { TRAINABLE_DEPTHS } from "../../numerics/meanField/phase.ts";
import type { Plane, PlaneCurve, PlanePoint } from "./types.ts";

const COLUMNS = 56;
const ROWS = 36;
/** Depth scales whose lines are drawn. */
const DEPTHS = [3, 10, 30, 100] as const;

/** How far the axes reach where nothing else is said: the corner of all critical lines but the sigmoid's. */
function reachOf(activation: Activation): { readonly w: number; readonly b: number } {
  return activation.id === "sigmoid" ? { w: 20, b: 4 } : { w: 3, b: 1.5 };
}

/** The plane of initializations for one activation and input: regions, critical line, lines of equal depth. */
export function readPlane(
  activation: Activation,
  start: number,
  least: PlanePoint,
  layers: number | null,
  cancel: CancelToken,
  progress: (fraction: number) => void,
): Plane {
  const reach = reachOf(activation);
  const [w, b] = [Math.max(reach.w, 1.15 * least.sigmaW), Math.max(reach.b, 1.15 * least.sigmaB)];
  const table = new Regions(activation, start);
  let regions = "";
  for (let row = 0; row < ROWS; row++) {
    cancel.throwIfCancelled();
    progress((0.6 * row) / ROWS);
    for (let column = 0; column < COLUMNS; column++)
      regions += table.of(((column + 0.5) / COLUMNS) * w, ((row + 0.5) / ROWS) * b);
  }
  // From q so small that the plane's left edge is reached to q so large that its top is.
  const grid = logGrid(1e-5, 100 * (b * b + w * w), 480);
  const inside = (points: readonly LinePoint[]): readonly PlanePoint[] =>
    points
      .filter(({ attainable, weight, bias }) => attainable && weight <= w * w && bias <= b * b)
      .map(({ weight, bias }) => ({ sigmaW: Math.sqrt(weight), sigmaB: Math.sqrt(bias) }));
  const contours: PlaneCurve[] = [];
  cancel.throwIfCancelled();
  progress(0.7);
  const depths = layers === null ? DEPTHS : [...DEPTHS, layers / TRAINABLE_DEPTHS];
  // Chaotic points of the plane have their q between those of the critical line and that of the plane's far corner.
  const corner = fixedPoint(activation, { weight: w * w, bias: b * b }, start);
  const every = logGrid(1e-3, Number.isFinite(corner) && corner > 0 ? 1.1 * corner : 100 * (b * b + w * w), 64);
  const chaotic = activation.slopes === null ? chaoticDepthLines(activation, depths, every) : [];
  const slopes = slopeLines(activation, [1, ...depths.map((depth) => Math.exp(-1 / depth))], grid);
  for (const [at, depth] of depths.entries()) {
    const sides = { ordered: slopes[at + 1]!, chaotic: chaotic[at] ?? [] };
    for (const side of ["ordered", "chaotic"] as const) {
      const points = inside(sides[side]);
      if (points.length > 1) contours.push({ depth, rule: at < DEPTHS.length ? null : layers, side, points });
    }
  }
  const critical = inside(slopes[0]!);
  return {
    sigmaW: [0, w],
    sigmaB: [0, b],
    columns: COLUMNS,
    rows: ROWS,
    regions,
    critical: activation.slopes === null ? critical : critical.slice(0, 1),
    contours,
    remarks: remarksOn(activation, critical),
  };
}

const PER_DECADE = 40;
const DECADES = [-13, 10] as const;

/**
 * Tells regions from a table of E φ² and E φ′² over q, which no σ changes: the fixed point that q⁰ tends to lies between the two entries, in the direction
 * that the map goes, where the excess V(q) − q changes sign.
 */
class Regions {
  readonly #q: readonly number[];
  readonly #squares: readonly number[];
  readonly #slopes: readonly number[];
  readonly #start: number;

  constructor(activation: Activation, start: number) {
    this.#q = logGrid(10 ** DECADES[0], 10 ** DECADES[1], (DECADES[1] - DECADES[0]) * PER_DECADE + 1);
    this.#squares = this.#q.map((q) => meanSquare(activation, q));
    this.#slopes = this.#q.map((q) => slopeMoment(activation, q));
    this.#start = this.#q.findIndex((q) => q >= start);
  }

  of(sigmaW: number, sigmaB: number): string {
    const [weight, bias] = [sigmaW ** 2, sigmaB ** 2];
    const excess = (k: number) => weight * this.#squares[k]! + bias - this.#q[k]!;
    const up = excess(this.#start) > 0;
    const step = up ? 1 : -1;
    for (let k = this.#start; k >= 0 && k < this.#q.length; k += step) {
      if (excess(k) > 0 === up) continue;
      const [a, b] = [Math.abs(excess(k - step)), Math.abs(excess(k))];
      const slope = (this.#slopes[k - step]! * b + this.#slopes[k]! * a) / (a + b);
      return weight * slope < 1 ? "o" : "c";
    }
    return up ? "r" : "d";
  }
}

function remarksOn(activation: Activation, critical: readonly PlanePoint[]): string[] {
  const remarks: string[] = [];
  const { slopes, name } = activation;
  if (slopes !== null) {
    const weight = 1 / slopeMoment(activation, 1);
    remarks.push(
      `${name} has no scale: its critical line is the one point σ_w² = ${Number(weight.toPrecision(6))}, σ_b = 0. With a bias q grows by σ_b² a layer there and correlations tend to 1.`,
    );
    return remarks;
  }
  const half = halfStable(activation);
  if (half?.attainable === true)
    remarks.push(
      `The line can be stayed on only beyond its half-stable point σ_w² = ${Number(half.weight.toPrecision(6))}, σ_b² = ${Number(half.bias.toPrecision(6))}, q* = ${Number(half.q.toPrecision(6))}. He's σ_w² = 2 without bias is not critical: signals die out slowly.`,
    );
  if (critical.length === 0) remarks.push(`No σ_b² ≥ 0 makes ${name} critical within this plane.`);
  if (activation.id === "selu" && Math.abs(meanSquare(activation, 1) - 1) < 1e-9)
    remarks.push("σ_w² = 1 without bias keeps q at 1, but χ₁ = 1.0716 there: gradients grow, by 32 in 50 layers.");
  return remarks;
}
