import { isRecord } from "../../../src/protocol/guards.ts";
import type { SignalState } from "../../parts/signal/controls.ts";

/** A model that was read from source: what a lens over its class opens the panel with. */
export interface CodeModel {
  readonly name: string;
  readonly layers: readonly { readonly name: string; readonly weight: number; readonly bias: number }[];
}

const MOST_LAYERS = 10_000;
const isVariance = (value: unknown): value is number => typeof value === "number" && value >= 0 && value <= 1e4;

/** Checked: it came through windows. Null where it is no model. */
export function readCodeModel(given: unknown): CodeModel | null {
  if (!isRecord(given) || typeof given.name !== "string") return null;
  const layers = (Array.isArray(given.layers) ? given.layers : []).slice(0, MOST_LAYERS).flatMap((layer: unknown) => {
    if (!isRecord(layer) || typeof layer.name !== "string") return [];
    const { name, weight, bias } = layer;
    return isVariance(weight) && isVariance(bias) ? [{ name, weight, bias }] : [];
  });
  return { name: given.name, layers };
}

/** The activation and place that the lens tells of. */
export function stateOfCode({ point }: Readonly<Record<string, unknown>>): Partial<SignalState> {
  if (!isRecord(point) || typeof point.activation !== "string" || !isVariance(point.weight) || !isVariance(point.bias))
    return {};
  return { activation: point.activation, own: { sigmaW: Math.sqrt(point.weight), sigmaB: Math.sqrt(point.bias) } };
}

/** Standard deviations for every linear layer: σ_w is divided by √fan_in, as the plane's axes say. */
export function probeCode(sigmaW: number, sigmaB: number): string {
  const text = (value: number) => String(Number(value.toPrecision(6)));
  const bias = sigmaB === 0 ? "nn.init.zeros_(module.bias)" : `nn.init.normal_(module.bias, std=${text(sigmaB)})`;
  return [
    "for module in model.modules():",
    "    if isinstance(module, nn.Linear):",
    `        nn.init.normal_(module.weight, std=${text(sigmaW)} / module.in_features**0.5)`,
    "        if module.bias is not None:",
    `            ${bias}`,
    "",
  ].join("\n");
}
