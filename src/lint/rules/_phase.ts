import type { Activation } from "../../numerics/meanField/activation.ts";
import type { LayerUse, NetworkModel } from "../network/types.ts";
import type { Place } from "../python/syntax/types.ts";
import { knownNumber } from "../python/values/quantity.ts";
import type { Course, Typical } from "../theory/course.ts";
import { nearestCritical } from "../theory/critical.ts";
import { figure, inputAssumption, WIDE } from "../theory/words.ts";
import type { LintSettings, PhasePoint } from "../types.ts";
import type { Draft, DraftFix } from "./types.ts";

/** What rules about phases share: where to point, what to compare with, how to say it. */

/** Where the law of a layer is decided: the call that asked for it, else where the layer is made. */
export function placeOfLaw({ law, module }: LayerUse): Place {
  return law.call ?? module.site;
}

export function pointOf({ activation, point, phase }: Typical): PhasePoint {
  return {
    activation: activation.id,
    weight: point.weight,
    bias: point.bias,
    chiOne: phase.chiOne,
    phase: phase.name,
    xiC: phase.xiC,
  };
}

export function numbersOf({ activation, point, phase }: Typical): string {
  return `σ_w² = ${figure(point.weight)}, σ_b² = ${figure(point.bias)}, ${activation.name}: χ₁ = ${figure(phase.chiOne)}`;
}

export function assumptionsOf(course: Course, settings: LintSettings, network: NetworkModel): string[] {
  const more = network.kind === "class" ? [`the default arguments of ${network.name}`] : [];
  if (course.supposed) more.push(`blocks repeated ${settings.assumedDepth} times, as the setting for the depth says`);
  if (network.nodes.some(({ operation }) => operation.kind === "pass" && operation.what === "pool"))
    more.push("pooling left out");
  return [WIDE, inputAssumption(settings.inputMoment), ...more];
}

/** The critical pair in words, with what to write for it. */
export function adviceFor(activation: Activation, bias: number): string {
  const critical = nearestCritical(activation, bias);
  if (critical === null)
    return `${activation.name} has no critical point with σ_b² ≥ 0: use another activation, a norm or skip connections.`;
  const call =
    activation.id === "relu"
      ? ": kaiming_normal_(nonlinearity='relu')"
      : activation.slopes !== null && activation.id !== "linear"
        ? ": kaiming_normal_ with a = the slope"
        : "";
  return `Critical for ${activation.name}: σ_w² = ${figure(critical.weight)}, σ_b² = ${figure(critical.bias)}${call}.`;
}

/** Where the layer that stands for most of a chain can be asked for its next activation. */
export function relatedActivation(course: Course): Draft["related"] {
  const node = course.typical?.step.link.activationNode;
  return node === null || node === undefined
    ? []
    : [{ at: node.site, message: `${course.typical?.activation.name} follows here.` }];
}

/** Changes the gain of a call so that σ_w² becomes critical: a suggestion, for it changes every layer that the call initializes. */
export function gainFix(use: LayerUse, typical: Typical, text: (place: Place) => string): DraftFix[] {
  const { law } = use;
  const critical = nearestCritical(typical.activation, typical.point.bias);
  const now = knownNumber(use.sigmaW2);
  if (critical === null || law.call === null || now === null || now <= 0) return [];
  const written = text(law.call);
  const factor = Math.sqrt(critical.weight / now);
  const xavier = /^(?:[\w.]+\.)?xavier_(?:uniform|normal)_\(([^()=]+)\)$/.exec(written);
  if (xavier !== null)
    return [
      insert(
        law.call,
        `, gain=${Number(factor.toPrecision(6))}`,
        `Set gain=${figure(factor)}, critical for ${typical.activation.name}`,
      ),
    ];
  if (/^(?:[\w.]+\.)?xavier_(?:uniform|normal)_\(/.test(written) && typical.activation.id === "relu") return [];
  const scale = /^((?:[\w.]+\.)?orthogonal_)\(([^()=,]+)\)$/.exec(written);
  if (scale !== null)
    return [
      insert(
        law.call,
        `, gain=${Number(factor.toPrecision(6))}`,
        `Set gain=${figure(factor)}, critical for ${typical.activation.name}`,
      ),
    ];
  return [];
}

/** Before the closing bracket of a call. */
export function insert(call: Place, text: string, title: string, safe = false): DraftFix {
  return { title, safe, edits: [{ at: { unit: call.unit, from: call.to - 1, to: call.to - 1 }, text }] };
}

/** A plain chain of known layers, not overwritten by a checkpoint: what the theory of phases is about. */
export function isPlain(network: NetworkModel): boolean {
  return network.chain !== null && network.norms === 0 && network.skips === 0 && !network.loaded;
}
