import { figure } from "../theory/words.ts";
import type { CheckpointFinding } from "../types.ts";
import { type Comparison, comparisonsOf } from "./agreement.ts";
import type { FittingModel, Pair } from "./matching.ts";
import { isDrawn } from "./origin.ts";
import type { FileVerdict, HeldTensor, Origin } from "./types.ts";

/** How often a file that was drawn as its source says may be contradicted anywhere: shared by all comparisons of it alike (Bonferroni). */
const FAMILY_LEVEL = 1e-3;
/** A weight that is known no better than this agrees with anything. */
const TELLING = 0.1;
/** Disagreements of one file that are told one by one. */
const MOST_TOLD = 200;

export interface Compared {
  readonly findings: readonly CheckpointFinding[];
  /** Why a source that fits was not compared, that it agrees, and what could not be told. */
  readonly notes: readonly string[];
}

interface Judgement {
  readonly pair: Pair;
  readonly comparisons: readonly Comparison[];
}

interface Judged {
  readonly model: FittingModel;
  readonly judgements: readonly Judgement[];
  readonly ties: readonly Tied[];
  readonly count: number;
  /** ln of the level of a single comparison. */
  readonly level: number;
  readonly lies: readonly Judgement[];
}

/**
 * Where the best fitting network and a file of before training disagree. A file is of before training if its name says step 0; without a number, if a
 * weight meets what the source states of it, or all look drawn; a person's choice of the source stands for both. Where only that a weight meets its law speaks
 * for it, weights that look trained are left out, and counted.
 */
export function againstSources(
  models: readonly FittingModel[],
  verdict: FileVerdict,
  step: number | null,
  file: string,
): Compared {
  const [first] = models;
  if (first === undefined) return { findings: [], notes: [] };
  if (step !== null && step > 0)
    return {
      findings: [],
      notes: [`Not compared with a source: its name says step ${step}, and sources state what was before training.`],
    };
  const believed = step === 0 || first.chosen || verdict.kind === "initialization";
  const judged = models.map((model) => judge(model, believed));
  const met = judged.some(({ judgements, level }) => judgements.some((one) => meets(one, level)));
  if (!believed && !met)
    return { findings: [], notes: ["Not compared with a source: nothing says that it is of before training."] };
  // Of several networks with the same names the one that the file contradicts least is meant.
  const best = judged.reduce((least, one) =>
    one.lies.length + brokenTies(one).length < least.lies.length + brokenTies(least).length ? one : least,
  );
  const left = believed ? 0 : best.model.pairs.filter(({ held }) => looksTrained(held)).length;
  const ties = brokenTies(best);
  const findings = [
    ...best.lies.map((one) => disagreement(one, best, file)),
    ...ties.map((tie) => tieFinding(tie, best, file)),
  ];
  return { findings: findings.slice(0, MOST_TOLD), notes: notesOf(best, findings.length, left) };
}

function judge(model: FittingModel, believed: boolean): Judged {
  const judgements = model.pairs
    .filter(({ held }) => believed || !looksTrained(held))
    .map((pair): Judgement => {
      // Of a fused tensor an orthogonal law is one of all blocks together, of which a block tells nothing.
      if (pair.held.fused && pair.law.family === "orthogonal") return { pair, comparisons: [] };
      return { pair, comparisons: pair.held.measures.flatMap((measure) => comparisonsOf(pair.law, measure)) };
    });
  const ties = tiesOf(model.pairs);
  const count = Math.max(1, judgements.reduce((sum, { comparisons }) => sum + comparisons.length, 0) + ties.length);
  const level = Math.log(FAMILY_LEVEL / count);
  const lies = judgements.filter(({ comparisons }) => comparisons.some((one) => contradicts(one, level)));
  return { model, judgements, ties, count, level, lies };
}

function contradicts({ log, matters }: Comparison, level: number): boolean {
  return matters && log < level;
}

/** A weight that is known well enough to say that it was drawn as stated. */
function meets({ pair: { held }, comparisons }: Judgement, level: number): boolean {
  return (
    held.weight !== null &&
    comparisons.length > 0 &&
    !comparisons.some((one) => contradicts(one, level)) &&
    held.measures.every(({ relativeError }) => relativeError < TELLING) &&
    held.origins.every(isDrawn)
  );
}

function looksTrained({ origins }: HeldTensor): boolean {
  return origins.some(({ kind }) => kind === "trained");
}

interface Tied {
  readonly kind: "parted" | "same";
  readonly first: Pair;
  readonly second: Pair;
  readonly broken: boolean;
}

/** Parameters that the source makes one, and pairs of drawn ones that it draws twice. */
function tiesOf(pairs: readonly Pair[]): Tied[] {
  const ties: Tied[] = [];
  const byShared = new Map<string, Pair>();
  const byValues = new Map<string, Pair>();
  for (const pair of pairs) {
    const { law, held } = pair;
    const values = valuesOf(held);
    if (values === null) continue;
    const partner = byShared.get(law.shared);
    if (partner !== undefined && partner.held !== held) {
      ties.push({ kind: "parted", first: partner, second: pair, broken: valuesOf(partner.held) !== values });
      continue;
    }
    byShared.set(law.shared, pair);
    if (law.variance === 0 || held.measures.some(({ constant }) => constant !== null)) continue;
    const twin = byValues.get(values);
    if (twin !== undefined && twin.held !== held) ties.push({ kind: "same", first: twin, second: pair, broken: true });
    byValues.set(values, pair);
  }
  return ties;
}

/** Equal moments to the last bit are equal entries. */
function valuesOf({ measures, entries }: HeldTensor): string | null {
  if (measures.length === 0 || entries < 2) return null;
  return `${entries} ${measures.map(({ mean, meanSquare, largest }) => `${mean} ${meanSquare} ${largest}`).join(" ")}`;
}

function brokenTies({ ties }: Judged): readonly Tied[] {
  return ties.filter(({ broken }) => broken);
}

function notesOf({ model, judgements, count, ties }: Judged, findings: number, left: number): string[] {
  const told = judgements.filter(({ comparisons }) => comparisons.length > 0).length;
  const untold = judgements.length - told;
  const level = `${count} comparisons, at a level of ${FAMILY_LEVEL} for all of them together`;
  const tied = ties.filter(({ kind }) => kind === "parted").length;
  const agrees =
    findings > 0
      ? `Compared with ${lastOf(model.uri)}: ${level}.`
      : `Agrees with ${lastOf(model.uri)} in ${told === 1 ? "the one parameter" : `all ${told} parameters`} that it states a law of${tied > 0 ? `, ${tied} of them tied` : ""} (${level}).`;
  const cannot = [
    ...(left > 0 ? [`${left} that look trained`] : []),
    ...(untold > 0 ? [`${untold} that are orthogonal over several blocks`] : []),
    ...(model.unmatched.length > 0 ? [`${model.unmatched.length} that no tensor could be told to be`] : []),
  ];
  return cannot.length === 0 ? [agrees] : [agrees, `Cannot tell of ${cannot.join(", ")}.`];
}

function disagreement(
  { pair: { law, held }, comparisons }: Judgement,
  judged: Judged,
  file: string,
): CheckpointFinding {
  const { model, level } = judged;
  const against = comparisons.filter((one) => contradicts(one, level));
  // Blocks of one tensor are contradicted alike: the first speaks for them.
  const kinds = new Set<string>();
  const shown = against.filter(({ words }) => !kinds.has(words.stated) && kinds.add(words.stated) !== undefined);
  const clauses = shown.map(({ words }) => `${words.stated}; ${words.found}`).join(". It ");
  const [origin] = held.origins;
  const look = origin === undefined ? "" : `${looks(origin)} `.trimStart();
  const part = held.fused && held.measures.length > 1 ? " in at least one of its blocks" : "";
  return {
    rule: "MF024",
    severity: "warning",
    tensor: held.tensor,
    part: null,
    message: `${lastOf(model.uri)} (${law.label}) ${clauses}${part}. ${look}Either another line draws it, or the file is not of this source.`,
    assumptions: ["the file is of before training", chance(against, judged)],
    stated: {
      ...law,
      uri: model.uri,
      message: `${law.label} ${shown.map(({ words }) => `${words.stated} for ${held.tensor}; ${file}, of before training: ${words.found}`).join(". It ")}${part}. ${look}Another line draws it later, or the file is not of this source.`,
    },
  };
}

/** How improbable it is, and among how many comparisons. */
function chance(against: readonly Comparison[], { count }: Judged): string {
  const least = Math.min(...against.map(({ log }) => log));
  const words =
    least === Number.NEGATIVE_INFINITY ? "it never draws that" : `by chance at most once in ${powerOfTenOf(-least)}`;
  return `${words}; ${count} comparisons of this file at a level of ${FAMILY_LEVEL} together`;
}

function powerOfTenOf(logarithm: number): string {
  return `10^${Math.floor(logarithm / Math.LN10)}`;
}

function tieFinding({ kind, first, second }: Tied, { model, count }: Judged, file: string): CheckpointFinding {
  const [a, b] = [first.held.tensor, second.held.tensor];
  const words =
    kind === "parted"
      ? { stated: `${a} and ${b} are one parameter`, found: "their entries differ" }
      : { stated: `${a} and ${b} are drawn one by one`, found: "they hold the same numbers" };
  return {
    rule: "MF024",
    severity: "warning",
    tensor: b,
    part: null,
    message: `By ${lastOf(model.uri)} ${words.stated}; in the file ${words.found}. ${kind === "parted" ? "They were parted before it was written (by a copy, or a later assignment)" : "One was tied to, or copied from, the other"}, or the file is not of this source.`,
    assumptions: [
      "the file is of before training",
      `${count} comparisons of this file at a level of ${FAMILY_LEVEL} together`,
    ],
    stated: {
      ...second.law,
      uri: model.uri,
      message: `Here ${words.stated}; in ${file}, of before training, ${words.found}.`,
    },
  };
}

function looks(origin: Origin): string {
  switch (origin.kind) {
    case "law":
      return `It looks like ${origin.name}.`;
    case "constant":
      return `All its entries are ${figure(origin.value)}.`;
    case "random":
      return `It looks ${origin.family === "truncated" ? "normal, cut off" : origin.family}.`;
    case "trained":
      return "It looks like no draw from one law.";
    default:
      return "";
  }
}

export function lastOf(uri: string): string {
  const path = uri.split(/[?#]/)[0] ?? uri;
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
