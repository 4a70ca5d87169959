import type { Activation } from "./activation.ts";
import {
  celu,
  elu,
  hardSigmoid,
  hardSwish,
  hardTanh,
  leakyRelu,
  linear,
  relu,
  relu6,
  selu,
  softsign,
} from "./kinkedActivations.ts";
import {
  erfActivation,
  gelu,
  geluTanh,
  logSigmoid,
  mish,
  quickGelu,
  sigmoid,
  silu,
  sine,
  softplus,
  tanh,
} from "./smoothActivations.ts";

/** Every activation without a free parameter, and the usual values of those with one, in the order of a menu. */
export const ACTIVATIONS: readonly Activation[] = [
  tanh,
  relu,
  gelu,
  geluTanh,
  silu,
  sigmoid,
  linear,
  leakyRelu(0.01),
  leakyRelu(0.2),
  elu(),
  celu(),
  selu,
  mish,
  softplus,
  softsign,
  hardTanh,
  relu6,
  hardSwish,
  hardSigmoid,
  quickGelu,
  logSigmoid,
  erfActivation,
  sine,
];

const BY_ID = new Map(ACTIVATIONS.map((activation) => [activation.id, activation]));
const FAMILIES: readonly (readonly [string, (parameter: number) => Activation])[] = [
  ["leaky_relu_", leakyRelu],
  ["elu_", elu],
  ["celu_", celu],
];

/** By id, with any parameter for those that take one ("leaky_relu_0.3"); undefined for others. */
export function activationById(id: string): Activation | undefined {
  const known = BY_ID.get(id);
  if (known !== undefined) return known;
  for (const [prefix, make] of FAMILIES) {
    if (!id.startsWith(prefix)) continue;
    const parameter = Number(id.slice(prefix.length));
    if (id.length > prefix.length && Number.isFinite(parameter) && Math.abs(parameter) <= MOST_PARAMETER)
      return prefix === "leaky_relu_" || parameter > 0 ? make(parameter) : undefined;
  }
  return undefined;
}

/** Beyond it a slope or α is a typing error, and means would overflow. */
const MOST_PARAMETER = 1e3;
