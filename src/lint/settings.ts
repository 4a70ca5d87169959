import { DEFAULT_SETTINGS, type LintSettings, SEVERITIES, type SeveritySetting } from "./types.ts";

/** Settings as they come from a configuration or over the wire: what is missing or makes no sense is the default. */
export function readSettings(given: unknown): LintSettings {
  if (typeof given !== "object" || given === null) return DEFAULT_SETTINGS;
  const { inputMoment, assumedDepth, topMode, severities } = given as Readonly<Record<string, unknown>>;
  const number = (value: unknown, initial: number, least: number) =>
    typeof value === "number" && Number.isFinite(value) && value >= least ? value : initial;
  return {
    inputMoment: number(inputMoment, DEFAULT_SETTINGS.inputMoment, 0),
    assumedDepth: Math.min(Math.floor(number(assumedDepth, DEFAULT_SETTINGS.assumedDepth, 0)), 100_000),
    topMode: number(topMode, DEFAULT_SETTINGS.topMode, 0),
    severities: readSeverities(severities),
  };
}

function readSeverities(given: unknown): Readonly<Record<string, SeveritySetting>> {
  if (typeof given !== "object" || given === null) return {};
  return Object.fromEntries(
    Object.entries(given).flatMap(([rule, value]) => (isSetting(value) ? [[rule, value]] : [])),
  );
}

function isSetting(value: unknown): value is SeveritySetting {
  return value === "default" || value === "off" || SEVERITIES.some((severity) => severity === value);
}
