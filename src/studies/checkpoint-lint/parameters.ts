import { readSettings } from "../../lint/settings.ts";
import type { LintSettings, SourceLaws, StatedLaw } from "../../lint/types.ts";

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

function readLaw(given: unknown): StatedLaw[] {
  if (!isRecord(given)) return [];
  const { model, tensor, variance, label, from, to, fanIn, fanOut, activation, plain } = given;
  if (typeof tensor !== "string" || typeof variance !== "number" || !(variance >= 0) || typeof label !== "string")
    return [];
  return [
    {
      model: String(model),
      tensor,
      variance,
      label,
      from: Number(from) || 0,
      to: Number(to) || 0,
      fanIn: typeof fanIn === "number" ? fanIn : null,
      fanOut: typeof fanOut === "number" ? fanOut : null,
      activation: typeof activation === "string" ? activation : null,
      plain: plain === true,
    },
  ];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
