import type { Activation } from "../../numerics/meanField/activation.ts";
import { correlationMap, correlationTrajectory } from "../../numerics/meanField/correlation.ts";
import { basins } from "../../numerics/meanField/fixedPoints.ts";
import { slopeSpread } from "../../numerics/meanField/jacobian.ts";
import { qMap, qTrajectory } from "../../numerics/meanField/maps.ts";
import { phaseOf, TRAINABLE_DEPTHS } from "../../numerics/meanField/phase.ts";
import type { Depth, Fate, PointReading, Unbounded } from "./types.ts";

const CURVE_POINTS = 101;
/** Layers that a cobweb follows, and the correlation it starts from. */
const COBWEB = 24;
const COBWEB_START = 0.5;

const unbounded = (value: number): Unbounded => (Number.isFinite(value) ? value : "infinite");
const depthOf = (value: number | null): Depth => (value === null ? null : unbounded(value));

function fateOf(q: number): Fate {
  return q === 0 ? "dies out" : Number.isFinite(q) ? "settles" : "runs away";
}

/** Everything about one point of the plane. σ's are standard deviations here, as the picture's axes are. */
export function readPoint(activation: Activation, sigmaW: number, sigmaB: number, start: number): PointReading {
  const point = { weight: sigmaW ** 2, bias: sigmaB ** 2 };
  const phase = phaseOf(activation, point, start);
  const settled = phase.q > 0 && Number.isFinite(phase.q);
  const all = basins(activation, point);
  return {
    sigmaW,
    sigmaB,
    region: phase.name,
    fate: fateOf(phase.q),
    q: unbounded(phase.q),
    c: phase.c,
    chiOne: phase.chiOne,
    chiQ: phase.chiQ,
    chiTwo: unbounded(phase.chiTwo),
    chiC: phase.chiC,
    xiQ: depthOf(phase.xiQ),
    xiC: depthOf(phase.xiC),
    xiGradient: unbounded(phase.xiGradient),
    trainable: phase.xiC === null ? null : unbounded(TRAINABLE_DEPTHS * phase.xiC),
    muRatio: settled ? slopeSpread(activation, phase.q) : null,
    basins: all.map(({ q, stable }) => ({ q: unbounded(q), stable, attracts: stable && same(q, phase.q) })),
    qMap: readQMap(activation, point, start, settled ? phase.q : start),
    cMap: settled ? readCMap(activation, phase.q, point) : null,
  };
}

function same(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= 1e-6 * Math.abs(b);
}

function readQMap(activation: Activation, point: { weight: number; bias: number }, start: number, q: number) {
  const top = 1.5 * Math.max(start, q, qMap(activation, start, point));
  const x = Array.from({ length: CURVE_POINTS }, (_, k) => (top * k) / (CURVE_POINTS - 1));
  return {
    x,
    // The map at 0 is its limit.
    y: x.map((at) => qMap(activation, Math.max(at, 1e-12), point)),
    steps: qTrajectory(activation, point, start, COBWEB).map((value) => Math.min(value, 1e300)),
  };
}

function readCMap(activation: Activation, q: number, point: { weight: number; bias: number }) {
  const { map } = correlationMap(activation, q, point);
  const x = Array.from({ length: CURVE_POINTS }, (_, k) => k / (CURVE_POINTS - 1));
  return { x, y: x.map(map), steps: correlationTrajectory(map, COBWEB_START, COBWEB) };
}
