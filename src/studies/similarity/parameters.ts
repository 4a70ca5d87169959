import { ModeScopeError } from "../../base/errors.ts";
import type { LabelList } from "../../base/labels.ts";
import { COMPARISONS, MEASURES } from "../../numerics/similarity/measures.ts";
import { NOISE_ESTIMATORS } from "../../numerics/similarity/noise.ts";
import { DISTANCES } from "../../numerics/similarity/rdm.ts";
import type { LayerPlace, SimilarityParameters } from "./types.ts";

export { COMPARISONS, MEASURES };
export const ALL_DISTANCES = [...DISTANCES, "crossnobis"] as const;
const POOLINGS = ["flatten", "mean-last", "mean-middle"] as const;
const SCALINGS = ["none", "z-score", "without-leading"] as const;
const AXES = ["repeats-items-units", "items-repeats-units"] as const;

/** What was asked for, with its words checked. */
export type CheckedParameters = Omit<SimilarityParameters, "measure" | "distance" | "comparison" | "noise"> & {
  readonly measure: (typeof MEASURES)[number];
  readonly distance: (typeof ALL_DISTANCES)[number];
  readonly comparison: (typeof COMPARISONS)[number];
  readonly noise: (typeof NOISE_ESTIMATORS)[number];
};

/** Checks what a panel or the command line asks for. */
export function readParameters(value: unknown): CheckedParameters {
  const given = Object(value) as Record<string, unknown>;
  const number = (field: string, fallback: number, least: number, most: number, whole = true): number => {
    const found = given[field] ?? fallback;
    if (typeof found === "number" && found >= least && found <= most && (!whole || Number.isInteger(found)))
      return found;
    throw refusal(field, `${field} is a ${whole ? "whole " : ""}number from ${least} to ${most}.`);
  };
  const word = <const Word extends string>(field: string, words: readonly Word[], fallback: Word): Word => {
    const found = words.find((one) => one === (given[field] ?? fallback));
    if (found !== undefined) return found;
    throw refusal(field, `${field} is one of ${words.join(", ")}.`);
  };
  const strings = (field: string): readonly string[] => {
    const found = given[field] ?? [];
    if (Array.isArray(found) && found.every((one) => typeof one === "string")) return found;
    throw refusal(field, `${field} is a list of words.`);
  };
  return {
    measure: word("measure", MEASURES, "debiased-cka"),
    distance: word("distance", ALL_DISTANCES, "correlation"),
    comparison: word("comparison", COMPARISONS, "spearman"),
    noise: word("noise", NOISE_ESTIMATORS, "shrunk"),
    layers: strings("layers"),
    items: number("items", 0, 0, 1e6),
    permutations: given.permutations == null ? null : number("permutations", 199, 0, 99_999),
    bootstraps: number("bootstraps", 200, 0, 10_000),
    shownItems: number("shownItems", 96, 2, 1000),
    seed: number("seed", 1, 0, 2 ** 31),
    pooling: word("pooling", POOLINGS, "flatten"),
    scaling: word("scaling", SCALINGS, "none"),
    removed: number("removed", 1, 1, 1000),
    recordingAxes: word("recordingAxes", AXES, "repeats-items-units"),
    width: number("width", 0.5, 1e-3, 1e3, false),
    share: number("share", 0.99, 0.01, 1, false),
    alpha: number("alpha", 0.5, 0, 1, false),
    batch: number("batch", 64, 4, 1e6),
    folds: number("folds", 5, 2, 20),
    hierarchyOf: readPlace(given.hierarchyOf ?? null),
    hierarchies: given.hierarchies === true,
    compare: given.compare !== false,
    fill: readFill(given.fill ?? {}),
    nameLists: readLists(given.nameLists ?? []),
  };
}

function readPlace(value: unknown): LayerPlace | null {
  if (value === null) return null;
  const { file, tensor } = Object(value) as Record<string, unknown>;
  if (typeof file === "number" && Number.isSafeInteger(file) && typeof tensor === "string") return { file, tensor };
  throw refusal("hierarchyOf", "hierarchyOf names a file by its number and a tensor of it.");
}

function readLists(value: unknown): readonly LabelList[] {
  const isList = (one: unknown): one is LabelList => {
    const { name, labels } = Object(one) as Record<string, unknown>;
    return typeof name === "string" && Array.isArray(labels) && labels.every((label) => typeof label === "string");
  };
  if (Array.isArray(value) && value.every(isList)) return value;
  throw refusal("nameLists", "nameLists are lists of names, each with a name.");
}

function readFill(value: unknown): Readonly<Record<string, number>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw refusal("fill", "Values for inputs are a record by input name.");
  const filled: Record<string, number> = {};
  for (const [name, number] of Object.entries(value)) {
    if (typeof number !== "number" || !Number.isFinite(number))
      throw refusal("fill", `The value for ${name} is no number.`);
    filled[name] = number;
  }
  return filled;
}

function refusal(field: string, message: string): ModeScopeError {
  return new ModeScopeError("bad-request", message, { field });
}
