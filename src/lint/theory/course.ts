/**
 * A chain of layers, walked with its own numbers: q from the input through every layer, χ from layer to layer.
 *   h¹ = W¹x: q¹ = σ_w²·q⁰ + σ_b²    then q^l = σ_w²·E φ(√q^{l−1} z)²·s²/p + σ_b²,  χ^l = σ_w²·E φ′²·s²/p
 * with φ the activation between the two layers, p what dropout keeps there and s what the code multiplies by. Squared gradients change by Πχ^l.
 */

import type { Activation } from "../../numerics/meanField/activation.ts";
import { activationById } from "../../numerics/meanField/activations.ts";
import type { Point } from "../../numerics/meanField/maps.ts";
import { type Phase, TRAINABLE_DEPTHS } from "../../numerics/meanField/phase.ts";
import type { ChainLink, LayerUse } from "../network/types.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { chiOne, phaseOf, qMap } from "./remembered.ts";

export interface Step {
  readonly link: ChainLink;
  readonly activation: Activation;
  readonly point: Point;
  /** Second moment of the pre-activations that the layer is given. */
  readonly before: number;
  readonly q: number;
  /** Null for the first layer: nothing lies before it. */
  readonly chi: number | null;
  readonly repeat: number;
}

/** The layers of one chain that are alike: most of them decide what the network is called. */
export interface Typical {
  readonly activation: Activation;
  readonly point: Point;
  readonly phase: Phase;
  readonly step: Step;
  readonly count: number;
}

export interface Course {
  readonly steps: readonly Step[];
  /** Layers that lie behind an activation: those that χ is counted over. */
  readonly depth: number;
  /** ln of what squared gradients are multiplied by from the last layer to the first. */
  readonly logGradient: number;
  readonly typical: Typical | null;
  /** 6·ξ_c: how deep signals reach by a rule of thumb; Infinity at criticality, null where ξ_c is not defined. */
  readonly reach: number | null;
  /** The depth was supposed, as the settings say. */
  readonly supposed: boolean;
}

/** Walking a chain of a thousand layers costs nothing; a repeat of a million is a typing error. */
const MOST_REPEATS = 4_096;
/** |χ₁ − 1| that five or six written digits of σ leave. */
const WRITTEN_WIDTH = 2e-5;

export function courseOf(chain: readonly ChainLink[], inputMoment: number, assumedDepth: number): Course | null {
  let q = inputMoment;
  let logGradient = 0;
  let depth = 0;
  let supposed = false;
  const steps: Step[] = [];
  for (const [index, link] of chain.entries()) {
    const last = index === chain.length - 1;
    const activation = activationById(link.activation);
    const weight = knownNumber(link.use.sigmaW2);
    const bias = biasOf(link, activation);
    const told = knownNumber(link.use.repeat);
    const repeat = told ?? (assumedDepth > 0 ? assumedDepth : null);
    supposed ||= told === null && repeat !== null;
    if (activation === undefined || weight === null || bias === null || repeat === null || centreless(link.use)) {
      // What a network ends with decides nothing of what lies before it.
      if (last && steps.length > 0) break;
      return null;
    }
    const scaled = (weight * link.scale) / link.keep;
    const point: Point = { weight: scaled, bias };
    for (let round = 0; round < Math.min(Math.round(repeat), MOST_REPEATS); round++) {
      const first = steps.length === 0;
      const before = q;
      const chi = first && activation.id === "linear" ? null : chiOne(activation, before, scaled);
      q = qMap(activation, before, point);
      if (chi !== null) {
        logGradient += Math.log(chi);
        depth++;
      }
      steps.push({ link, activation, point: { weight, bias }, before, q, chi, repeat: 1 });
      if (!Number.isFinite(q) || q > 1e300) return finished(steps, depth, logGradient, inputMoment, supposed);
    }
  }
  return steps.length === 0 ? null : finished(steps, depth, logGradient, inputMoment, supposed);
}

/** Theory of random weights needs a mean of 0. */
function centreless({ law }: LayerUse): boolean {
  return law.mean === null || law.mean.factor !== 0 || law.family === "constant" || law.family === "identity";
}

/** Where scale does not matter, an unknown bias variance (its fan has no number) does not matter either. */
function biasOf({ use }: ChainLink, activation: Activation | undefined): number | null {
  const known = knownNumber(use.sigmaB2);
  if (known !== null) return known;
  return activation?.slopes !== null && activation !== undefined && use.bias?.call === null ? 0 : null;
}

function finished(
  steps: readonly Step[],
  depth: number,
  logGradient: number,
  inputMoment: number,
  supposed: boolean,
): Course {
  const typical = typicalOf(steps, inputMoment);
  const xi = typical?.phase.xiC ?? null;
  // In the ordered phase c* = 1 and ξ_c = ξ of gradients; where q dies out, only that one is left.
  const reach =
    typical === null
      ? null
      : xi !== null
        ? TRAINABLE_DEPTHS * xi
        : typical.phase.name === "ordered"
          ? TRAINABLE_DEPTHS * typical.phase.xiGradient
          : null;
  return { steps, depth, logGradient, typical, reach, supposed };
}

/** A source's numbers have a few digits: √2 written as 1.41421 is meant to be critical, and no network is deep enough to tell. */
function asWritten(phase: Phase): Phase {
  return Math.abs(phase.chiOne - 1) <= WRITTEN_WIDTH
    ? {
        ...phase,
        name: "critical",
        xiC: phase.xiC === null ? null : Number.POSITIVE_INFINITY,
        xiGradient: Number.POSITIVE_INFINITY,
      }
    : phase;
}

function typicalOf(steps: readonly Step[], inputMoment: number): Typical | null {
  const groups = new Map<string, { step: Step; count: number }>();
  for (const step of steps) {
    if (step.chi === null || step.activation.id === "linear") continue;
    // Default biases differ a little with the width of each layer; that makes no other phase.
    const key = `${step.activation.id} ${step.point.weight.toPrecision(3)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { step, count: 1 });
    else group.count++;
  }
  const largest = [...groups.values()].sort((a, b) => b.count - a.count)[0];
  if (largest === undefined) return null;
  const { step, count } = largest;
  const point = { weight: (step.point.weight * step.link.scale) / step.link.keep, bias: step.point.bias };
  const start = inputMoment > 0 ? Math.max(step.before, 1e-6) : 1;
  return {
    activation: step.activation,
    point,
    phase: asWritten(phaseOf(step.activation, point, Number.isFinite(start) ? start : 1)),
    step,
    count,
  };
}
