import { chiOne, qMap } from "../../../numerics/meanField/maps.ts";
import { slopeMoment } from "../../../numerics/meanField/moments.ts";
import { normalTail } from "../../../numerics/special/normal.ts";
import { nearestCritical } from "../../theory/critical.ts";
import { figure, inputAssumption, powerOfTen, WIDE } from "../../theory/words.ts";
import type { CheckpointFinding } from "../../types.ts";
import { GAIN_OF } from "../laws.ts";
import { isDrawn } from "../origin.ts";
import type { KnownActivation, MeasuredWeight, NetworkFacts, Segment } from "../types.ts";
import { FLAT, listed } from "./units.ts";

/** ln 10⁶: squared gradients that change by more hardly train. */
const FAR = Math.log(1e6);
const VERY_FAR = Math.log(1e12);
/** Fewer layers than this do not notice their gain. */
const SHALLOW = 3;
/** |ln χ₁| below this is as good as critical. */
const NEAR = 0.05;
const NO_SLOPE = 0.01;
/** |h| that the rule about saturation counts from, for every bounded activation. */
const BEYOND = 4;
/** Units that are on for fewer inputs than this hardly ever learn: Φ(−3.09). */
const HARDLY = 3.09;

interface Step {
  readonly weight: MeasuredWeight;
  readonly activation: KnownActivation;
  readonly sigmaW2: number;
  readonly sigmaB2: number;
  /** Second moment of its pre-activations. */
  readonly q: number;
  /** Squared gradients through this layer and the activation before it; null for the first. */
  readonly chi: number | null;
}

/**
 * Drawn weights that form a chain, walked with their own σ_w² and σ_b² and the activations that follow: q^l = σ_w²·E φ(√q^{l−1} z)² + σ_b²,
 * χ^l = σ_w²·E φ′². Convolutions count what one output sums over, channels times positions (Xiao et al. 2018). Of trained weights nothing of the kind is said
 * (theory.md §0.5), and of networks with branches only what their stretches between sums and norms say by themselves.
 */
export function courseFindings(weights: readonly MeasuredWeight[], facts: NetworkFacts): readonly CheckpointFinding[] {
  if (facts.verdict.kind !== "initialization") return [];
  return facts.segments.flatMap((segment) => ofSegment(segment, weights, facts));
}

/** How many stretches were not walked because nobody knows the size of what comes in. */
export function unwalked(weights: readonly MeasuredWeight[], { segments }: NetworkFacts): number {
  return segments.filter((segment) => {
    const chain = chainOf(segment, weights);
    return segment.entrance === "unknown" && chain.length > 1 && !scaleFree(chain);
  }).length;
}

function ofSegment(segment: Segment, weights: readonly MeasuredWeight[], facts: NetworkFacts): CheckpointFinding[] {
  const chain = chainOf(segment, weights);
  if (segment.entrance === "unknown" && !scaleFree(chain)) return [];
  const moment = segment.entrance === "input" ? facts.inputMoment : 1;
  const steps = walk(chain, moment);
  const [first] = chain;
  if (steps === null || first === undefined) return [];
  const depth = steps.filter(({ chi }) => chi !== null).length;
  const whole = facts.noChain === null;
  const stretch = whole || chain.length < 2 ? "" : `, ${nameOf(first)} to ${nameOf(chain.at(-1) ?? first)}`;
  const assumptions = [
    WIDE,
    segment.entrance === "input"
      ? inputAssumption(moment)
      : segment.entrance === "norm"
        ? "a norm before it: inputs of second moment 1"
        : "inputs of any size: ReLU and its kin pass sizes on",
    whole
      ? "a plain chain: weights do not show skip connections"
      : "this stretch by itself: what a sum or a norm adds and takes is not counted",
    ...(chain.some(({ shape }) => shape.taps > 1) ? ["edges left out: padding thins out what reaches them"] : []),
    ...new Set(steps.map(({ activation }) => `${activation.activation.name}: ${activation.evidence}`)),
  ];
  return [
    ...phase(steps, depth, stretch, assumptions),
    ...(depth < SHALLOW ? [] : steps.flatMap((step) => gain(step, assumptions))),
    ...(segment.entrance === "unknown" ? [] : steps.flatMap((step) => saturation(step, assumptions)).slice(0, 1)),
    ...steps.flatMap((step) => hardlyOn(step, assumptions)),
  ];
}

function chainOf({ indices, activations }: Segment, weights: readonly MeasuredWeight[]): readonly MeasuredWeight[] {
  return indices.flatMap((index, k) => {
    const weight = weights[index];
    return weight === undefined ? [] : [{ ...weight, activation: activations[k] ?? weight.activation }];
  });
}

/** Activations that pass sizes on, and no biases: χ is the same whatever comes in. */
function scaleFree(chain: readonly MeasuredWeight[]): boolean {
  return chain.every(
    ({ activation, bias }, k) =>
      (activation === null ? k === chain.length - 1 : activation.activation.slopes !== null) &&
      (bias === null || Array.from(bias).every((b) => b === 0)),
  );
}

/**
 * Null where a weight was trained or is constant, or what follows one (but the last) is not known. One that is too small to tell is as it is: among drawn ones its
 * σ_w² stands for itself.
 */
function walk(chain: readonly MeasuredWeight[], inputMoment: number): readonly Step[] | null {
  const steps: Step[] = [];
  let before: Step | null = null;
  for (const [index, weight] of chain.entries()) {
    const last = index === chain.length - 1;
    if (!(isDrawn(weight.origin) || weight.origin.kind === "unknown") || (weight.activation === null && !last))
      return null;
    if (last && weight.activation === null) break;
    const { measure, bias, activation } = weight;
    if (activation === null) return null;
    const sigmaW2 = measure.columns * measure.meanSquare;
    const sigmaB2 = bias === null ? 0 : Array.from(bias).reduce((sum, b) => sum + b * b, 0) / bias.length;
    const point = { weight: sigmaW2, bias: sigmaB2 };
    const q: number =
      before === null ? sigmaW2 * inputMoment + sigmaB2 : qMap(before.activation.activation, before.q, point);
    if (!Number.isFinite(q) || q > 1e300) break;
    const chi: number | null = before === null ? null : chiOne(before.activation.activation, before.q, sigmaW2);
    before = { weight, activation, sigmaW2, sigmaB2, q, chi };
    steps.push(before);
  }
  return steps;
}

function phase(
  steps: readonly Step[],
  depth: number,
  stretch: string,
  assumptions: readonly string[],
): CheckpointFinding[] {
  const logarithm = steps.reduce((sum, { chi }) => sum + (chi === null ? 0 : Math.log(chi)), 0);
  if (Math.abs(logarithm) < FAR) return [];
  const typical = steps[Math.floor(steps.length / 2)]!;
  const critical = nearestCritical(typical.activation.activation, typical.sigmaB2);
  const advice =
    critical === null
      ? ""
      : ` ${typical.activation.activation.name} needs σ_w² = ${figure(critical.weight)} at σ_b² = ${figure(critical.bias)}; ${nameOf(typical.weight)} has ${sigma(typical)}.`;
  return [
    {
      rule: logarithm < 0 ? "MF001" : "MF002",
      severity: logarithm < -VERY_FAR ? "error" : "warning",
      tensor: null,
      part: null,
      message: `${logarithm < 0 ? "Ordered" : "Chaotic"}: over ${depth} layers${stretch} squared gradients change by ${powerOfTen(logarithm)} from the last to the first.${advice}`,
      assumptions,
      stated: null,
    },
  ];
}

function sigma({ weight, sigmaW2 }: Step): string {
  return `${figure(sigmaW2)} ± ${figure(sigmaW2 * weight.measure.relativeError)}`;
}

function nameOf({ tensor, partLabel }: MeasuredWeight): string {
  return partLabel === null ? tensor : `${tensor} · ${partLabel}`;
}

/** Its law's gain belongs to another activation than the one that follows. */
function gain(step: Step, assumptions: readonly string[]): CheckpointFinding[] {
  const { weight, activation, q, sigmaB2 } = step;
  const meant = weight.origin.kind === "law" ? GAIN_OF[weight.origin.law] : undefined;
  const { id, name } = activation.activation;
  if (
    meant === undefined ||
    meant === id ||
    id === "linear" ||
    id.startsWith("leaky_relu") ||
    weight.origin.kind !== "law"
  )
    return [];
  const chi = chiOne(activation.activation, q, step.sigmaW2);
  if (Math.abs(Math.log(chi)) < NEAR) return [];
  const critical = nearestCritical(activation.activation, sigmaB2);
  const needs =
    critical === null
      ? `${name} has no critical point`
      : `${name} needs σ_w² = ${figure(critical.weight)} at σ_b² = ${figure(critical.bias)}`;
  return [
    {
      rule: "MF003",
      severity: "information",
      tensor: weight.tensor,
      part: weight.part,
      message: `Drawn by ${weight.origin.name}, σ_w² = ${sigma(step)}: that gain is made for ${meant === "relu" ? "ReLU" : "tanh in PyTorch's table"}, but ${name} follows. ${needs}; here χ₁ = ${figure(chi)} at q = ${figure(q)}.`,
      assumptions,
      stated: null,
    },
  ];
}

function saturation(step: Step, assumptions: readonly string[]): CheckpointFinding[] {
  const { weight, activation, q } = step;
  if (FLAT[activation.activation.id] === undefined || q <= 0) return [];
  const share = 2 * normalTail(BEYOND / Math.sqrt(q));
  const slope = slopeMoment(activation.activation, q);
  if (share <= 0.5 && (slope >= NO_SLOPE || activation.activation.id === "sigmoid" || q <= 1)) return [];
  return [
    {
      rule: "MF011",
      severity: "warning",
      tensor: weight.tensor,
      part: weight.part,
      message: `σ_w² = ${sigma(step)} makes pre-activations of q = ${figure(q)}: ${figure(100 * share)} % of them lie beyond ±${BEYOND}, where ${activation.activation.name} is flat, and E φ′² = ${figure(slope)}.`,
      assumptions,
      stated: null,
    },
  ];
}

/** ReLU units whose bias keeps them off for nearly all inputs. */
function hardlyOn({ weight, activation, sigmaB2, q }: Step, assumptions: readonly string[]): CheckpointFinding[] {
  if (activation.activation.id !== "relu" || weight.bias === null) return [];
  const spread = Math.sqrt(Math.max(0, q - sigmaB2));
  const off: number[] = [];
  for (let row = 0; row < weight.measure.rows; row++) if ((weight.bias[row] ?? 0) < -HARDLY * spread) off.push(row);
  if (off.length === 0 || spread === 0) return [];
  return [
    {
      rule: "MF010",
      severity: "warning",
      tensor: weight.tensor,
      part: weight.part,
      message: `${off.length} of ${weight.measure.rows} units (${listed(off)}) have a bias below −${HARDLY} times the spread of their pre-activations, ${figure(spread)}: ReLU is off for 99.9 % of inputs.`,
      assumptions,
      stated: null,
    },
  ];
}
