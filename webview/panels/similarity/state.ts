import type { PanelContext } from "../../../src/protocol/contract.ts";
import { isRecord } from "../../../src/protocol/guards.ts";

export const ROLES = ["activations", "model", "recording", "stimuli"] as const;
export type Role = (typeof ROLES)[number];

export interface ChosenFile {
  readonly role: Role;
  readonly uri: string;
  readonly name: string;
}

export const MEASURES = [
  ["debiased-cka", "CKA, debiased"],
  ["cka", "CKA, biased"],
  ["rsa", "RSA: dissimilarities"],
  ["angular", "Angular shape distance"],
  ["procrustes", "Procrustes distance"],
  ["partial-alpha", "Partially whitened shape"],
  ["cca", "Mean CCA"],
  ["svcca", "SVCCA"],
  ["pwcca", "PWCCA"],
  ["predictivity", "Linear predictivity"],
  ["rbf-cka", "CKA, RBF"],
  ["minibatch-cka", "CKA, minibatches"],
] as const;
export const DISTANCES = [
  "correlation",
  "euclidean",
  "squared-euclidean",
  "cosine",
  "mahalanobis",
  "crossnobis",
] as const;
export const COMPARISONS = ["spearman", "rho-a", "tau-a", "pearson", "cosine", "whitened-cosine"] as const;
export const POOLINGS = [
  ["flatten", "every position"],
  ["mean-last", "mean over positions, channels first"],
  ["mean-middle", "mean over positions, channels last"],
] as const;
export const SCALINGS = [
  ["none", "as they are"],
  ["z-score", "each divided by its deviation"],
  ["without-leading", "without the leading component"],
] as const;

/** Items whose dissimilarities are drawn: the first is read by eye, the last is a texture of the whole. */
export const SHOWN = [96, 200, 500, 1000] as const;

/** What a person set here; it survives a reload of the window. */
export interface SimilarityState {
  readonly files: readonly ChosenFile[];
  readonly measure: string;
  readonly distance: string;
  readonly comparison: string;
  readonly pooling: string;
  readonly scaling: string;
  /** Pattern of the layers' names; empty: all that fit. */
  readonly layers: string;
  /** Items that are marked in every picture, by their number in the file. */
  readonly chosen: readonly number[];
  /** Order of the items, a word of the items' section. */
  readonly order: string;
  /** Label of the representation in whose plane the items are shown; "" for the first. */
  readonly representation: string;
  readonly shownItems: number;
  /** Values for inputs of models that the stimuli do not hold. */
  readonly fill: Readonly<Record<string, number>>;
}

const words = (list: readonly (readonly [string, string] | string)[]) =>
  list.map((one) => (typeof one === "string" ? one : one[0]));

/** What was saved is looked at field by field: an older version may have saved it. Files of the context come first, in roles told by their names. */
export function readState(saved: unknown, { uri, files }: Pick<PanelContext, "uri" | "files">): SimilarityState {
  const record = isRecord(saved) ? saved : {};
  const one = (value: unknown, list: readonly (readonly [string, string] | string)[]) =>
    words(list).find((word) => word === value) ?? words(list)[0]!;
  const kept = (Array.isArray(record.files) ? record.files : []).flatMap((file: unknown): ChosenFile[] => {
    const role = isRecord(file) ? ROLES.find((known) => known === file.role) : undefined;
    return isRecord(file) && role !== undefined && typeof file.uri === "string"
      ? [{ role, uri: file.uri, name: typeof file.name === "string" ? file.name : file.uri }]
      : [];
  });
  const given = files.length > 0 ? files : [{ uri, name: decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1)) }];
  return {
    files: kept.length > 0 ? kept : withOneStimuli(given.map((file) => ({ ...file, role: likelyRole(file.name) }))),
    measure: one(record.measure, MEASURES),
    distance: one(record.distance, DISTANCES),
    comparison: one(record.comparison, COMPARISONS),
    pooling: one(record.pooling, POOLINGS),
    scaling: one(record.scaling, SCALINGS),
    layers: typeof record.layers === "string" ? record.layers : "",
    order: typeof record.order === "string" ? record.order : "tree",
    representation: typeof record.representation === "string" ? record.representation : "",
    shownItems: SHOWN.find((count) => count === record.shownItems) ?? SHOWN[0],
    fill: isRecord(record.fill)
      ? Object.fromEntries(
          Object.entries(record.fill).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
        )
      : {},
    chosen: Array.isArray(record.chosen) ? record.chosen.filter((item) => Number.isSafeInteger(item)) : [],
  };
}

/** A guess that the person sees on the file's chip and can change there. */
export function likelyRole(name: string): Role {
  // No file of activations ends so.
  if (/stimul|images?\b|sentences?\b|\.(txt|json)$/i.test(name)) return "stimuli";
  if (/\.onnx$/i.test(name)) return "model";
  return /record|\.nwb$|session|spike|neural|brain/i.test(name) ? "recording" : "activations";
}

/** Only one file can hold the pictures. */
function withOneStimuli(files: readonly ChosenFile[]): readonly ChosenFile[] {
  const first = files.findIndex(({ role }) => role === "stimuli");
  return files.map((file, at) => (file.role === "stimuli" && at !== first ? { ...file, role: "activations" } : file));
}

/** The part of it that the study is asked with. */
export function parametersOf({
  measure,
  distance,
  comparison,
  pooling,
  scaling,
  layers,
  shownItems,
  fill,
}: SimilarityState) {
  const patterns = layers.split(/[\s,]+/).filter((pattern) => pattern !== "");
  return { measure, distance, comparison, pooling, scaling, layers: patterns, shownItems, fill };
}
