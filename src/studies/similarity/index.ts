import { ModeScopeError } from "../../base/errors.ts";
import { rowsOf } from "../../numerics/similarity/matrix.ts";
import { type MeasureTraits, plainDistance, traitsOf } from "../../numerics/similarity/measures.ts";
import { RefusedError } from "../../numerics/similarity/refusal.ts";
import { hierarchyOfMatrix } from "../_shared/heldHierarchy.ts";
import type { Study, StudyContext } from "../types.ts";
import { acrossFiles } from "./acrossFiles.ts";
import { ceilingsOf, generalized } from "./ceilings.ts";
import { intervals, judged, pairsOf, values, type Work } from "./cells.ts";
import { type Loaded, load } from "./loaded.ts";
import { measured } from "./measured.ts";
import { modelComparisons } from "./models.ts";
import { type CheckedParameters, readParameters } from "./parameters.ts";
import { permutations } from "./permuting.ts";
import { itemPictures, layerMap, NO_PICTURES, shownOf } from "./pictures.ts";
import { QUANTITIES } from "./quantities.ts";
import { readStimuli } from "./stimuli.ts";
import type {
  CellInterval,
  Correction,
  ItemHierarchy,
  LayerPlace,
  RecordingCeiling,
  SimilarityCell,
  SimilarityLayer,
  SimilarityResult,
} from "./types.ts";

/** Permutations behind purity and cophenetic correlation: p down to 0.004. */
const HIERARCHY_DRAWS = 250;

/** Shares of the work: reading, values, permutations, intervals; what is left is for parts of recordings. */
const STAGES = { read: 0.15, values: 0.45, permuted: 0.75, resampled: 0.9 } as const;

/** How alike representations are: layers of networks, checkpoints of a run, recordings of brains. */
export const similarityStudy: Study<SimilarityResult> = {
  manifest: {
    id: "similarity",
    version: 1,
    title: "Representational similarity",
    description:
      "How alike the representations in activation files and recordings are: every two layers, with interval, chance level and permutation p.",
    files: {
      activations: { description: "files with activations (items along the first axis of each tensor)", least: 0 },
      model: { description: "ONNX models, which are run on the stimuli", least: 0 },
      stimuli: {
        description:
          "what models are run on (an array for each input, items along the first axis), pictures of the items (items × height × width), or texts, one a line",
        least: 0,
        most: 1,
      },
      recording: {
        description: "recordings (trials × units with a list of items, or repeats × items × units)",
        least: 0,
      },
    },
    needs: ["activations"],
    citations: [
      "N. Kriegeskorte, M. Mur & P. Bandettini (2008), Representational similarity analysis, Front. Syst. Neurosci. 2, 4",
      "S. Kornblith, M. Norouzi, H. Lee & G. Hinton (2019), Similarity of neural network representations revisited, ICML",
      "A. H. Williams, E. Kunz, S. Kornblith & S. Linderman (2021), Generalized shape metrics on neural representations, NeurIPS",
      "H. H. Schütt et al. (2023), Statistical inference on representational geometries, eLife 12, e82566",
    ],
    assumptions: [
      "The same items in the same order in every file.",
      "Columns are centred over items, except where a distance says otherwise.",
      "Items stand for a population of items; networks without noise have no error of measurement.",
    ],
    quantities: QUANTITIES,
    // 24 layers of 10,000 × 768: 0.7 GiB as they come, as much in the kernels' memory; at most 1 GiB each, and what is summed.
    memoryBytes: 5 * 2 ** 29,
    timeoutSeconds: 1800,
    timeoutWith: "model",
  },

  immutable: true,

  async run(context, asked) {
    const parameters = readParameters(asked);
    const { measure } = parameters;
    const traits = traitsOf(measure);
    const inputs = context.files;
    if (inputs.every(({ role }) => role === "stimuli"))
      throw new ModeScopeError(
        "bad-request",
        "Name at least one file with activations, a model with stimuli, or a recording.",
        {
          field: "files",
        },
      );
    if (plainDistance(parameters.distance) !== parameters.distance && inputs.every(({ role }) => role !== "recording"))
      throw new RefusedError(
        "no-repeats",
        `${parameters.distance} distances need repeated measurements: there is no recording among the files.`,
        "Name a recording of the same items, or take squared-euclidean distances.",
      );
    const { loaded: read, ...found } = await load(context, inputs, parameters, (fraction) =>
      context.progress(STAGES.read * fraction),
    );
    const loaded = measured(read, parameters, context.cancel);
    const layers = loaded.map(({ layer }) => layer);
    const notes = [...found.notes, ...notesOn(parameters, layers)];
    const { compare } = parameters;
    const shown = shownOf(loaded[0]!.values.rows, parameters.shownItems, found.representations);
    const pictured = compare || parameters.hierarchyOf === null;
    let pictures = NO_PICTURES;
    const given = inputs.find(({ role }) => role === "stimuli");
    let stimuli: SimilarityResult["stimuli"] = null;
    const pairs = pairsOf(layers.length, traits.symmetric);
    let stage = "values";
    let ceilings: readonly RecordingCeiling[] = [];
    let correction: Correction | null = null;
    let hierarchy: ItemHierarchy | null = null;
    let hierarchies: readonly ItemHierarchy[] = [];
    const resultOf = (cells: readonly SimilarityCell[]): SimilarityResult => ({
      measure,
      distance: parameters.distance,
      comparison: parameters.comparison,
      better: traits.better,
      symmetric: traits.symmetric,
      identity: traits.identity,
      stage,
      files: found.files,
      layers,
      leftOut: found.skipped,
      items: found.items,
      cells: [...cells],
      correction,
      models: modelComparisons(layers, cells, traits.better),
      acrossFiles: null,
      ...pictures,
      map: null,
      ceilings,
      stimuli,
      hierarchy,
      hierarchies,
      notes: [...notes],
    });
    const publish = (cells: readonly SimilarityCell[]) => context.publish(resultOf(cells));
    // What is compared is known before anything of it is.
    if (compare) publish([]);
    if (pictured) pictures = itemPictures(loaded, shown, parameters, context.cancel);
    const { all } = found.items;
    const rows = pictures.shownItems.map((item) => found.chosen?.[item] ?? item);
    if (given !== undefined) stimuli = await readStimuli(context, given, all, rows);
    const models = inputs.some(({ role }) => role === "model");
    if (given !== undefined && stimuli === null && !models)
      notes.push(
        `The file of the items has neither ${all} pictures (items × height × width) nor a list of ${all} texts.`,
      );
    if (parameters.hierarchyOf !== null) hierarchy = await hierarchyOf(context, loaded, shown, parameters.hierarchyOf);
    if (parameters.hierarchies) hierarchies = await allHierarchies(context, loaded, shown);
    if (!compare) {
      stage = "";
      return resultOf([]);
    }
    publish([]);
    const work = (from: number, to: number): Work => ({
      layers: loaded,
      pairs,
      parameters,
      cancel: context.cancel,
      progress: (fraction) => context.progress(from + (to - from) * fraction),
    });
    const first = values(work(STAGES.read, STAGES.values), publish);
    const repeated = ceilingsOf(loaded, parameters, context.cancel);
    ceilings = repeated.map(({ ceiling }) => ceiling);
    stage = "permutations";
    const tested = permutations(work(STAGES.values, STAGES.permuted), first.cells, publish);
    let { cells } = tested;
    correction = tested.correction;
    stage = "intervals";
    publish(cells);
    const resampled =
      first.intervals === null
        ? intervals(work(STAGES.permuted, STAGES.resampled), cells)
        : { intervals: first.intervals, replicates: first.replicates };
    cells = cells.map((cell, at) =>
      judged({ ...cell, interval: possible(resampled.intervals[at]!, traits) }, traits.better),
    );
    publish(cells);
    ceilings = generalized(repeated, parameters, context.cancel, work(STAGES.resampled, 1).progress);
    stage = "";
    const across = acrossFiles(layers, cells, pairs, resampled.replicates, traits);
    const map = layerMap(cells, pairs, layers.length, resampled.replicates, parameters);
    context.progress(1);
    return { ...resultOf(cells), map, acrossFiles: across };
  },
};

/** Nothing is more alike than a representation is to itself: an interval ends there. */
function possible(interval: CellInterval | null, { better, identity }: MeasureTraits): CellInterval | null {
  if (interval === null) return null;
  return better === "high"
    ? { ...interval, high: Math.min(interval.high, identity) }
    : { ...interval, low: Math.max(interval.low, identity) };
}

async function hierarchyOf(
  { cancel, signal, progress }: StudyContext,
  loaded: Loaded["loaded"],
  shown: Int32Array,
  place: LayerPlace,
): Promise<ItemHierarchy> {
  const found = loaded.find(({ layer }) => layer.file === place.file && layer.tensor === place.tensor);
  if (found === undefined)
    throw new ModeScopeError("bad-request", `${place.tensor} is none of the representations.`, {
      field: "hierarchyOf",
    });
  return treeOf(found, shown, { cancel, signal, progress });
}

async function treeOf(
  { values, layer: { file, tensor } }: Loaded["loaded"][number],
  shown: Int32Array,
  watched: Pick<StudyContext, "cancel" | "signal" | "progress">,
): Promise<ItemHierarchy> {
  const options = { items: "rows", draws: HIERARCHY_DRAWS } as const;
  const tree = await hierarchyOfMatrix(rowsOf(values, shown), "representation", options, watched);
  return { layer: { file, tensor }, tree };
}

/** They come before the cells, and are no part of their progress. */
async function allHierarchies(
  { cancel, signal }: StudyContext,
  loaded: Loaded["loaded"],
  shown: Int32Array,
): Promise<readonly ItemHierarchy[]> {
  const found: ItemHierarchy[] = [];
  for (const one of loaded) found.push(await treeOf(one, shown, { cancel, signal, progress() {} }));
  return found;
}

function notesOn(
  { measure, distance, comparison, scaling }: CheckedParameters,
  layers: readonly SimilarityLayer[],
): string[] {
  const notes: string[] = [];
  const wide = layers.filter(({ dimensions, items }) => dimensions >= items).length;
  if (measure === "cka" && wide > 0)
    notes.push(
      `${wide} of ${layers.length} layers have as many dimensions as items or more: biased CKA is high there by chance alone.`,
    );
  if (measure === "rsa" && comparison === "whitened-cosine" && distance === "squared-euclidean")
    notes.push("This is linear CKA under another name: do not count the two as two confirmations.");
  if (measure === "rsa" && distance === "crossnobis" && comparison === "whitened-cosine")
    notes.push("Crossnobis with the whitened cosine belongs to the family of debiased CKA.");
  if (
    measure === "rsa" &&
    (distance === "crossnobis" || distance === "mahalanobis") &&
    layers.some(({ kind }) => kind === "layer")
  )
    notes.push("Layers have no noise of measurement: their plain squared Euclidean distances stand in.");
  if (
    measure === "pwcca" &&
    layers.some((a) => layers.some((b) => a !== b && a.dimensions + b.dimensions > a.items - 1))
  )
    notes.push(
      "Where p + q > n − 1 some canonical correlations are exactly 1, and PWCCA's weights among them are not determined.",
    );
  if (scaling === "z-score") notes.push("Every dimension was divided by its standard deviation first.");
  return notes;
}
