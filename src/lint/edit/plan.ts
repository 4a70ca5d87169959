/**
 * How to write another initialization into a source: candidates are put into a copy of the text, the copy is read by the lint like any source, and only
 * what then stands where it is wanted is offered. Whatever a writer misjudges (a name that means something else here, a fan that it got wrong, a call that
 * undoes it later) is refused by that reading.
 */

import type { LayerUse } from "../network/types.ts";
import type { FoundModel } from "../python/models.ts";
import { SourceReader } from "../python/roots.ts";
import { PythonDocument } from "../python/syntax/document.ts";
import { type Place, start } from "../python/syntax/types.ts";
import { exactly, knownNumber } from "../python/values/quantity.ts";
import type { MovePlan, MoveRefusal, MoveRequest } from "../types.ts";
import { applyEdits, changedLines, mergedEdits } from "./edits.ts";
import { importsOf } from "./imports.ts";
import { keywordCandidates } from "./keywords.ts";
import { modelKeys } from "./modelKeys.ts";
import { otherReaders } from "./readers.ts";
import { type Candidate, lineOf, literalCandidate, type Part, type Spot, type Writing } from "./spot.ts";
import { around, methodAround } from "./statements.ts";
import { torchCallCandidates } from "./torchCalls.ts";
import { torchDefaultCandidates } from "./torchDefaults.ts";

/** σ² is where it is wanted if it differs by less: written numbers have six digits. */
const TOLERANCE = 2e-4;
/** Each round reads the whole source once. */
const MOST_ROUNDS = 8;

const NOTHING: MovePlan = { edits: [], reached: [], refusals: [], also: [], lines: [] };

interface Open {
  readonly spot: Spot;
  readonly candidates: readonly Candidate[];
  at: number;
}

export function planMove(text: string, request: MoveRequest): MovePlan {
  const document = new PythonDocument();
  document.update(text);
  const { models } = new SourceReader(true).read(document.statements, text);
  const index = modelKeys(models).indexOf(request.model);
  const model = models[index];
  if (model === undefined)
    return { ...NOTHING, refusals: [refusal("", "weights", "the network is no longer in the source")] };
  const refusals: MoveRefusal[] = [];
  const reached: string[] = [];
  const parts = partsOf(model, request, refusals, reached);
  const writing: Writing = {
    text,
    statements: document.statements,
    imports: importsOf(document.statements, text),
    quote: quoteOf(text),
  };
  const open: Open[] = spotsOf(parts, writing).map((spot) => ({
    spot,
    candidates: candidatesOf(spot, writing),
    at: 0,
  }));
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const copy = new PythonDocument();
  const reader = new SourceReader();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    drop(open, refusals, writing);
    const wanted = open.flatMap(({ candidates, at }) => candidates[at] ?? []);
    const edits = mergedEdits(wanted.map((edit) => ({ ...edit, text: edit.text.replaceAll("\n", lineEnd) })));
    const after = edits === null ? null : readAfter(copy, reader, applyEdits(text, edits));
    const failed = open.filter(({ spot }) => after === null || !holds(spot, index, models, after));
    if (failed.length === 0 && after !== null && edits !== null) {
      const moved = new Set(open.flatMap(({ spot }) => spot.parts.map(({ use }) => use.node)));
      const strays = straysOf(models, after, index, parts, moved);
      if (strays === null) break;
      const gone = new Set(refusals.map(({ layer }) => layer));
      return {
        edits: edits.map((edit) => ({ ...edit, before: text.slice(edit.from, edit.to) })),
        reached: [
          ...new Set([...reached, ...open.flatMap(({ spot }) => spot.parts.map(({ use }) => use.name))]),
        ].filter((name) => !gone.has(name)),
        refusals,
        also: [
          ...strays,
          ...otherReaders(
            edits,
            open.map(({ spot }) => spot),
            writing,
          ),
        ],
        lines: changedLines(text, edits),
      };
    }
    // Edits that contradict one another: the last gives way first.
    const [last] = edits === null ? open.slice(-1) : [];
    for (const one of last === undefined ? failed : [last]) one.at++;
  }
  for (const { spot } of open) refuse(spot, refusals, writing);
  return { ...NOTHING, reached, refusals };
}

function refusal(layer: string, part: MoveRefusal["part"], reason: string): MoveRefusal {
  return { layer, part, reason };
}

/** What has to change, layer by layer; what cannot is refused by name. */
function partsOf(model: FoundModel, request: MoveRequest, refusals: MoveRefusal[], reached: string[]): readonly Part[] {
  const [weight, bias] = [request.sigmaW ** 2, request.sigmaB ** 2];
  const parts: Part[] = [];
  const seen = new Set<LayerUse["module"]>();
  for (const [index, use] of model.network.layers.entries()) {
    if (request.layers !== null && !request.layers.includes(index)) continue;
    if (seen.has(use.module)) continue;
    seen.add(use.module);
    const before = refusals.length + parts.length;
    const { type } = use.module;
    if (use.fanIn === null) {
      const plain = type === "linear" || type === "conv" || type === "conv-transpose" || type === "depthwise";
      refusals.push(
        refusal(
          use.name,
          "weights",
          plain ? "their fan_in cannot be told" : `weights of this kind (${type}) have no σ_w`,
        ),
      );
      continue;
    }
    const nowWeight = knownNumber(use.sigmaW2);
    if (request.sigmaW <= 0) refusals.push(refusal(use.name, "weights", "σ_w must be above 0"));
    else if (!near(nowWeight, weight) || !centred(use))
      parts.push({ model, use, which: "weights", law: use.law, now: centred(use) ? nowWeight : null, wanted: weight });
    const nowBias = knownNumber(use.sigmaB2);
    if (use.bias === null) {
      if (bias > 0) refusals.push(refusal(use.name, "biases", "the layer has no bias"));
    } else if (!near(nowBias, bias))
      parts.push({ model, use, which: "biases", law: use.bias, now: nowBias, wanted: bias });
    if (refusals.length + parts.length === before) reached.push(use.name);
  }
  return parts.filter((part) => {
    const reason = unwritable(part);
    if (reason !== null) refusals.push(refusal(part.use.name, part.which, reason));
    return reason === null;
  });
}

function centred({ law }: LayerUse): boolean {
  return knownNumber(law.mean) === 0 && law.family !== "identity";
}

/** Why no edit can be told from what is read; null where one may be. */
function unwritable({ use, law, which, now }: Part): string | null {
  if (use.module.wrapped === "spectral-norm") return "spectral_norm sets the scale, whatever is drawn";
  if (law.family === "unknown") return `cannot tell how they are initialized: ${law.label}`;
  if (law.family === "identity" || law.family === "sparse")
    return `${law.label} is no draw around 0: which one to write is yours to say`;
  if (which === "weights" && law.family === "delta-orthogonal")
    return "a delta-orthogonal kernel has no σ_w of its own";
  if (which === "biases" && now === null && law.call !== null) return "their variance cannot be told";
  return null;
}

function near(now: number | null, wanted: number): boolean {
  return now !== null && Math.abs(now - wanted) <= TOLERANCE * wanted + 1e-12;
}

/** Parts that the same words decide; defaults by the method or statement that makes the layers. */
function spotsOf(parts: readonly Part[], { statements }: Writing): readonly Spot[] {
  const spots = new Map<string, Part[]>();
  for (const part of parts) {
    const { law, use, which } = part;
    const { framework, site } = use.module;
    const key =
      law.call !== null
        ? `call ${start(law.call)} ${law.call.to}`
        : framework === "torch"
          ? `default ${anchorOf(statements, site)}`
          : `default ${start(site)} ${which}`;
    spots.set(key, [...(spots.get(key) ?? []), part]);
  }
  return [...spots.values()].map((own) => ({ parts: own }));
}

function anchorOf(statements: Writing["statements"], site: Place): number {
  const path = around(statements, site);
  const method = methodAround(path);
  const place = method?.method ?? path[0];
  return place === undefined ? 0 : start(place);
}

function candidatesOf(spot: Spot, writing: Writing): readonly Candidate[] {
  const [first] = spot.parts;
  if (first === undefined) return [];
  const { law, use } = first;
  const literals =
    law.call === null ? [] : [0, 1].map((rank) => literalCandidate(spot.parts, rank)).filter((one) => one !== null);
  const own =
    use.module.framework !== "torch"
      ? keywordCandidates(spot, law.call, writing)
      : law.call === null
        ? torchDefaultCandidates(spot, writing)
        : torchCallCandidates(spot, law.call, writing);
  return [...literals, ...own];
}

/** Spots that have run out of candidates are refused. */
function drop(open: Open[], refusals: MoveRefusal[], writing: Writing): void {
  for (let k = open.length - 1; k >= 0; k--) {
    const one = open[k];
    if (one === undefined || one.at < one.candidates.length) continue;
    refuse(one.spot, refusals, writing);
    open.splice(k, 1);
  }
}

function refuse({ parts }: Spot, refusals: MoveRefusal[], { text, statements }: Writing): void {
  for (const { use, which, law } of parts) {
    const place = law.call ?? use.module.site;
    const line = `line ${lineOf(place, text)}`;
    const returned = around(statements, place).at(-1)?.type === "return";
    const reason =
      law.call !== null
        ? `no edit of ${law.label} in ${line} gives this σ to every layer that it draws`
        : returned
          ? `nobody initializes them, and the network is returned without a name (${line}): give it one there first`
          : `nobody initializes them, and no place is sure to reach them (made in ${line})`;
    refusals.push(refusal(use.name, which, reason));
  }
}

function readAfter(copy: PythonDocument, reader: SourceReader, text: string): readonly FoundModel[] {
  copy.update(text);
  return copy.unread.length === 0 ? reader.read(copy.statements, text).models : [];
}

/** Whether all parts of a spot are where they are wanted now. */
function holds({ parts }: Spot, index: number, before: readonly FoundModel[], after: readonly FoundModel[]): boolean {
  if (!alike(before, after)) return false;
  return parts.every(({ use, which, wanted, model }) => {
    const now = after[index]?.network.layers[model.network.layers.indexOf(use)];
    if (now === undefined) return false;
    if (which === "biases") return near(knownNumber(now.sigmaB2), wanted);
    return centred(now) && near(knownNumber(now.sigmaW2), wanted);
  });
}

/** The same networks of the same layers. */
function alike(before: readonly FoundModel[], after: readonly FoundModel[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ network }, k) => {
      const other = after[k]?.network;
      return (
        other !== undefined &&
        other.name === network.name &&
        other.layers.length === network.layers.length &&
        other.nodes.length === network.nodes.length &&
        network.layers.every(
          (use, at) => other.layers[at]?.name === use.name && other.layers[at]?.module.type === use.module.type,
        )
      );
    })
  );
}

/** What moved without being asked for, in words; null where something can no longer be told. */
function straysOf(
  before: readonly FoundModel[],
  after: readonly FoundModel[],
  index: number,
  parts: readonly Part[],
  moved: ReadonlySet<LayerUse["node"]>,
): readonly string[] | null {
  const keys = modelKeys(before);
  const words: string[] = [];
  for (const [k, { network }] of before.entries()) {
    const strays: string[] = [];
    for (const [at, use] of network.layers.entries()) {
      const now = after[k]?.network.layers[at];
      if (now === undefined) return null;
      for (const which of ["weights", "biases"] as const) {
        const asked =
          k === index &&
          moved.has(use.node) &&
          parts.some((part) => part.use.module === use.module && part.which === which);
        if (asked) continue;
        const [old, young] = which === "weights" ? [use.sigmaW2, now.sigmaW2] : [use.sigmaB2, now.sigmaB2];
        if (knownNumber(old) !== null && knownNumber(young) === null) return null;
        if (!sameQuantity(old, young) && !strays.includes(use.name)) strays.push(use.name);
      }
    }
    if (strays.length > 0)
      words.push(
        `${keys[k]}: ${strays.length === network.layers.length && strays.length > 1 ? `all ${strays.length} layers` : strays.slice(0, 4).join(", ") + (strays.length > 4 ? ` and ${strays.length - 4} more` : "")}`,
      );
  }
  return words;
}

/** Names of unknown sizes are numbered by the reading: only their known parts can be compared. */
function sameQuantity(a: LayerUse["sigmaW2"], b: LayerUse["sigmaW2"]): boolean {
  if (a === null || b === null) return a === b;
  const [x, y] = [a ?? exactly(0), b ?? exactly(0)];
  return Math.abs(x.factor - y.factor) <= 1e-9 * Math.abs(x.factor) && x.powers.length === y.powers.length;
}

function quoteOf(text: string): string {
  const count = (mark: string) => text.split(mark).length;
  return count("'") > count('"') ? "'" : '"';
}
