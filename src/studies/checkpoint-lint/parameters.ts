import { readSettings } from "../../lint/settings.ts";
import type { LintSettings, SourceLaws, StatedFamily, StatedLaw } from "../../lint/types.ts";

const MOST_LAWS = 10_000;
const MOST_SOURCES = 100;

export interface CheckpointLintParameters {
  readonly settings: LintSettings;
  readonly sources: readonly SourceLaws[];
  /** Exact spectra up to this smaller dimension, as the person set it: results are kept under it. */
  readonly exactLimit: number | null;
  /** Spectra that nobody has computed are computed here up to this smaller dimension. */
  readonly computeBelow: number;
}

/** Quick in any case: 0.02 s on one thread. */
const COMPUTE_BELOW = 512;

export function readParameters(given: unknown): CheckpointLintParameters {
  const { settings, sources, exactLimit, computeBelow } = isRecord(given) ? given : {};
  const limit = (value: unknown) =>
    typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : null;
  return {
    settings: readSettings(settings),
    sources: (Array.isArray(sources) ? sources.slice(0, MOST_SOURCES) : []).flatMap(readSource),
    exactLimit: limit(exactLimit),
    computeBelow: limit(computeBelow) ?? COMPUTE_BELOW,
  };
}

function readSource(given: unknown): SourceLaws[] {
  if (!isRecord(given) || typeof given.uri !== "string" || !Array.isArray(given.laws)) return [];
  return [{ uri: given.uri, chosen: given.chosen === true, laws: given.laws.slice(0, MOST_LAWS).flatMap(readLaw) }];
}

const FAMILIES: readonly StatedFamily[] = ["normal", "uniform", "truncated", "orthogonal", "constant", "other"];

function readLaw(given: unknown): StatedLaw[] {
  if (!isRecord(given)) return [];
  const { model, tensor, parameter, numbered, variance, mean, label, from, to, activation, plain, shared } = given;
  const family = FAMILIES.find((one) => one === given.family);
  if (typeof tensor !== "string" || typeof label !== "string" || family === undefined) return [];
  if (typeof variance !== "number" || !(variance >= 0) || typeof mean !== "number" || !Number.isFinite(mean)) return [];
  return [
    {
      model: String(model),
      tensor,
      parameter: typeof parameter === "string" ? parameter : (tensor.split(/[./]/).at(-1) ?? tensor),
      numbered: readNumbered(numbered),
      family,
      mean,
      variance,
      cut: numberIn(given.cut),
      zeros: Math.min(0.5, Math.max(0, numberIn(given.zeros) ?? 0)),
      shared: typeof shared === "string" ? shared : tensor,
      label,
      from: Number(from) || 0,
      to: Number(to) || 0,
      fanIn: numberIn(given.fanIn),
      fanOut: numberIn(given.fanOut),
      activation: typeof activation === "string" ? activation : null,
      plain: plain === true,
    },
  ];
}

function readNumbered(given: unknown): StatedLaw["numbered"] {
  if (!isRecord(given) || typeof given.base !== "string" || typeof given.order !== "number") return null;
  return { base: given.base, order: given.order };
}

function numberIn(given: unknown): number | null {
  return typeof given === "number" && Number.isFinite(given) ? given : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
