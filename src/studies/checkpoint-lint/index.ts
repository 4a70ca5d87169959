import { againstSources } from "../../lint/checkpoint/against.ts";
import { checkWeights, underSettings } from "../../lint/checkpoint/check.ts";
import { unwalked } from "../../lint/checkpoint/checks/course.ts";
import { type FittingModel, fittingModels } from "../../lint/checkpoint/matching.ts";
import { originOf, settled } from "../../lint/checkpoint/origin.ts";
import type { RankReading } from "../../lint/checkpoint/rank.ts";
import type { MeasuredWeight, NetworkFacts } from "../../lint/checkpoint/types.ts";
import { stepInName, verdictOf } from "../../lint/checkpoint/verdict.ts";
import { nearestCritical } from "../../lint/theory/critical.ts";
import type { Study, StudyContext, StudyFile } from "../types.ts";
import { type Beside, heldWeights, NOTHING_BESIDE, readBeside } from "./held.ts";
import { manifest } from "./manifest.ts";
import { networkFacts } from "./network.ts";
import { type CheckpointLintParameters, readParameters } from "./parameters.ts";
import type { CheckedWeight, CheckpointLintResult, SkippedWeight } from "./types.ts";
import { readRank, readWeight, type WantedWeight, wantedWeights } from "./weights.ts";

/** What is known so far is told at most this often. */
const PUBLISH_MILLISECONDS = 300;
/** The share of the work that reading the weights is; the rest is their spectra. */
const READING = 0.7;
interface Read extends Omit<MeasuredWeight, "origin" | "activation"> {
  readonly wanted: WantedWeight;
}

/** The lint's questions, asked of saved weights. */
export const checkpointLintStudy: Study<CheckpointLintResult> = {
  manifest,

  run: (context, parameters) =>
    context.withFile(context.files[0] ?? { role: "checkpoint", uri: "" }, (file) =>
      lintCheckpoint(file, readParameters(parameters), context),
    ),
};

async function lintCheckpoint(
  file: StudyFile,
  parameters: CheckpointLintParameters,
  context: StudyContext,
): Promise<CheckpointLintResult> {
  const wanted = wantedWeights(file.tensors);
  const read: Read[] = [];
  const skipped: SkippedWeight[] = [];
  let told = performance.now();
  for (const [index, weight] of wanted.entries()) {
    context.cancel.throwIfCancelled();
    const { tensor, target } = weight;
    const outcome = await readWeight(file, weight, context);
    if ("reason" in outcome) skipped.push({ tensor: tensor.name, part: target.part, reason: outcome.reason });
    else
      read.push({
        ...outcome,
        wanted: weight,
        tensor: tensor.name,
        part: target.part,
        partLabel: target.part === null ? null : (tensor.parts[target.part]?.label ?? null),
        rank: null,
      });
    context.progress((READING * (index + 1)) / wanted.length);
    if (performance.now() - told < PUBLISH_MILLISECONDS) continue;
    context.publish(judged(file, parameters, read, skipped, NOTHING_BESIDE, { through: false, ranksWaiting: 0 }));
    told = performance.now();
  }
  const beside = await readBeside(file, context);
  const ranks = await ranksOf(file, read, parameters, context);
  const known = read.map((weight, index) => ({ ...weight, rank: ranks.readings[index] ?? null }));
  return judged(file, parameters, known, [...skipped, ...ranks.skipped], beside, {
    through: true,
    ranksWaiting: ranks.waiting,
  });
}

async function ranksOf(
  file: StudyFile,
  read: readonly Read[],
  parameters: CheckpointLintParameters,
  { cancel, progress }: StudyContext,
) {
  const readings: (RankReading | null)[] = [];
  const skipped: SkippedWeight[] = [];
  let waiting = 0;
  for (const [index, { wanted, measure }] of read.entries()) {
    cancel.throwIfCancelled();
    const answer = await readRank(file, wanted, measure, parameters);
    readings.push("rank" in answer ? answer.rank : null);
    if ("reason" in answer) {
      if (answer.waits) waiting++;
      const { tensor, part } = wanted.target;
      if (Math.min(measure.rows, measure.columns) > 1) skipped.push({ tensor, part, reason: answer.reason });
    }
    progress(READING + ((1 - READING) * (index + 1)) / read.length);
  }
  return { readings, skipped, waiting };
}

/** Everything that is said of what has been read. Before all is read nothing is said of the file as a whole. */
function judged(
  file: StudyFile,
  { settings, sources }: CheckpointLintParameters,
  read: readonly Read[],
  skipped: readonly SkippedWeight[],
  beside: Beside,
  { through, ranksWaiting }: { readonly through: boolean; readonly ranksWaiting: number },
): CheckpointLintResult {
  const step = stepInName(file.name);
  const drawn = settled(
    read.map(
      (weight): MeasuredWeight => ({
        ...weight,
        origin: originOf(weight.measure, weight.shape, weight.rank),
        activation: null,
      }),
    ),
  );
  const models: readonly FittingModel[] = through
    ? fittingModels([...heldWeights(drawn, file.tensors), ...beside.vectors], sources)
    : [];
  const network = networkFacts(file, drawn, models);
  const weights = drawn.map((weight, index) => ({ ...weight, activation: network.activations.get(index) ?? null }));
  const verdict = through
    ? verdictOf(weights, step)
    : { kind: "unknown" as const, sentence: `${read.length} weights read so far.` };
  const compared = through ? againstSources(models, verdict, step, file.name) : { findings: [], notes: [] };
  const facts = { ...network, verdict, inputMoment: settings.inputMoment };
  const findings = [...checkWeights(weights, facts), ...beside.findings, ...compared.findings];
  const notes = [
    ...compared.notes,
    ...(through && verdict.kind === "initialization" && weights.length > 1 ? signalNotes(weights, facts) : []),
  ];
  return {
    name: file.name,
    verdict,
    weights: weights.map(checked),
    findings: underSettings(findings, settings.severities),
    skipped,
    notes,
    ranksWaiting,
    sources: [...new Set(models.map(({ uri }) => uri))],
  };
}

/** What was walked where the network is no single chain, and what was not. */
function signalNotes(weights: readonly MeasuredWeight[], facts: NetworkFacts): readonly string[] {
  if (facts.noChain === null) return [];
  const walked = facts.segments.filter(({ indices }) => indices.length > 1).length;
  if (walked === 0) return [`Nothing is said of signals from layer to layer: ${facts.noChain}.`];
  const left = unwalked(weights, facts);
  return [
    `Of signals from layer to layer only ${walked === 1 ? "one stretch is" : `${walked} stretches are`} looked at, between branches and norms: ${facts.noChain}.`,
    ...(left === 0
      ? []
      : [`${left} of them left out: nobody knows the size of what comes in, and their activations need it.`]),
  ];
}

function checked({ tensor, part, partLabel, origin, measure, activation, rank }: MeasuredWeight): CheckedWeight {
  const { columns, meanSquare, relativeError } = measure;
  return {
    tensor,
    part,
    partLabel,
    origin,
    fanIn: columns,
    sigmaW2: columns * meanSquare,
    standardError: columns * meanSquare * relativeError,
    activation:
      activation === null
        ? null
        : {
            name: activation.activation.name,
            evidence: activation.evidence,
            critical: nearestCritical(activation.activation, 0)?.weight ?? null,
          },
    rank: rank === null ? null : { rank: rank.rank, full: rank.full },
  };
}
