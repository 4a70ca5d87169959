import { activationById } from "../../numerics/meanField/activations.ts";
import type { LayerUse } from "../network/types.ts";
import type { CallExpression, Place } from "../python/syntax/types.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { chiOne, chiOneOf } from "../theory/remembered.ts";
import { figure, WIDE } from "../theory/words.ts";
import { adviceFor, isPlain, placeOfLaw } from "./_phase.ts";
import type { Draft, DraftFix, Rule } from "./types.ts";

/** Fewer layers than this do not notice their gain. */
const SHALLOW = 3;
/** Default laws are what one gets without asking; they are named only where depth makes them matter. */
const SHALLOW_DEFAULT = 5;
/** |ln χ₁| below this is as good as critical. */
const NEAR = 0.05;
/** A slope below this changes the gain by less than half a percent. */
const SLIGHT_SLOPE = 0.1;

/** The gain of an initializer belongs to an activation; here another one follows. */
export const MF003: Rule = {
  id: "MF003",
  title: "Gain made for another activation",
  severity: "information",
  of: "both",
  check({ models, text }) {
    return models.flatMap(({ network }) => {
      if (!isPlain(network) || network.chain === null) return [];
      const depth = network.chain.filter(({ activation }) => activation !== "linear").length;
      const drafts: Draft[] = [];
      for (const use of network.layers) {
        const [after, ...others] = use.after;
        if (after?.kind !== "activation" || after.activation === null || others.length > 0) continue;
        const draft = judged(use, after.activation, depth, text);
        if (draft !== null)
          drafts.push(
            after.node === null
              ? draft
              : {
                  ...draft,
                  related: [
                    {
                      at: after.node.site,
                      message: `${activationById(after.activation)?.name ?? after.activation} follows here.`,
                    },
                  ],
                },
          );
      }
      return drafts;
    });
  },
};

function judged(use: LayerUse, id: string, depth: number, text: (place: Place) => string): Draft | null {
  const activation = activationById(id);
  const weight = knownNumber(use.sigmaW2);
  if (
    activation === undefined ||
    weight === null ||
    use.law.gain === null ||
    id === "sigmoid" ||
    id === "linear" ||
    use.law.mode === "fan_out"
  )
    return null;
  if (depth < (use.law.call === null ? SHALLOW_DEFAULT : SHALLOW)) return null;
  const leaky = leakyMismatch(use, id, text);
  if (leaky !== null) return leaky;
  // SELU with its own law is where it is meant to be, mildly chaotic.
  if (id === "selu" && Math.abs(weight - 1) < NEAR) return null;
  // An odd activation's second moment goes to the fixed point; the others are judged where their input is standardised.
  const bias = knownNumber(use.sigmaB2) ?? 0;
  const chi = activation.odd ? chiOneOf(activation, { weight, bias }, 1) : chiOne(activation, 1, weight);
  if (Math.abs(Math.log(chi)) < NEAR) return null;
  // Layers whose widths differ have another σ_w² each; the rule is about the gain, not about them.
  const square = use.law.gain.value === null ? null : knownNumber(use.law.gain.value);
  if (square === null || (use.law.mode === "fan_avg" && Math.abs(weight - square * square) > 0.05 * weight))
    return null;
  const scale = activation.slopes === null && !activation.odd ? " at q = 1" : "";
  const told =
    id === "tanh" && Math.abs(square - 5 / 3) < 1e-6 ? " PyTorch's gain of 5/3 for tanh is chaotic, not critical." : "";
  return {
    at: placeOfLaw(use),
    message: `${use.law.label} gives σ_w² = ${figure(weight)}; with ${activation.name} after it χ₁ = ${figure(chi)}${scale}, so squared gradients change by ${figure(chi)} a layer.${told} ${adviceFor(activation, knownNumber(use.sigmaB2) ?? 0)}`,
    assumptions: [WIDE],
    fixes: [],
  };
}

/** ReLU's gain before a leaky ReLU: the one case where what was meant is plain, for PyTorch takes the slope as an argument. */
function leakyMismatch({ law }: LayerUse, id: string, text: (place: Place) => string): Draft | null {
  const slope = /^leaky_relu_([\d.]+)$/.exec(id)?.[1];
  const gain = law.gain?.value === null || law.gain === null ? null : knownNumber(law.gain.value);
  if (
    slope === undefined ||
    gain === null ||
    Number(slope) < SLIGHT_SLOPE ||
    Math.abs(gain - Math.SQRT2) > 1e-9 ||
    law.call === null
  )
    return null;
  const right = 2 / (1 + Number(slope) ** 2);
  return {
    at: law.call,
    message: `${law.label} uses ReLU's gain (σ_w² = 2), but a leaky ReLU of slope ${slope} follows: its critical σ_w² is ${figure(right)}, and χ₁ = ${figure((2 * (1 + Number(slope) ** 2)) / 2)} now.`,
    assumptions: [WIDE],
    fixes: leakyFix(law.call, slope, text),
  };
}

function leakyFix(call: Place, slope: string, text: (place: Place) => string): DraftFix[] {
  if (!isCall(call) || !/^(?:[\w.]+\.)?kaiming_(?:normal|uniform)_\(/.test(text(call))) return [];
  const nonlinearity = call.args.find(({ name }) => name === "nonlinearity");
  if (call.args.some(({ name }, index) => name === "a" || (name === null && index > 0))) return [];
  const edits = nonlinearity === undefined ? [] : [{ at: nonlinearity, text: "nonlinearity='leaky_relu'" }];
  return [
    {
      title: `Pass the slope: a=${slope}`,
      safe: true,
      edits: [...edits, { at: { unit: call.unit, from: call.to - 1, to: call.to - 1 }, text: `, a=${slope}` }],
    },
  ];
}

function isCall(place: Place): place is CallExpression {
  return "type" in place && place.type === "call" && "args" in place;
}
