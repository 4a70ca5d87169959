import { ModeScopeError } from "../../base/errors.ts";
import { type LayerActivations, modelActivations } from "../_shared/activations.ts";
import type { StudyContext, StudyInput } from "../types.ts";
import type { Skipped } from "./load.ts";
import type { CheckedParameters } from "./parameters.ts";

/** What a model's layers answered to the stimuli. */
export interface RunModel {
  /** Place of the model among the study's files. */
  readonly file: number;
  readonly items: number;
  readonly itemNames: readonly string[] | null;
  readonly layers: readonly LayerActivations[];
}

export interface RanModels {
  readonly models: readonly RunModel[];
  readonly skipped: readonly Skipped[];
  readonly notes: readonly string[];
}

/** Of one model without a choice of layers: more than these are thinned evenly. */
const MOST_OF_ONE = 64;

/** Runs every model on the stimuli: what its layers answer stands beside files of activations. `room`: layers of all files together. */
export async function runModels(
  context: StudyContext,
  inputs: readonly StudyInput[],
  { layers: patterns, pooling, fill }: CheckedParameters,
  room: number,
  progress: (fraction: number) => void,
): Promise<RanModels> {
  const models = inputs.flatMap((input, file) => (input.role === "model" ? [{ input, file }] : []));
  if (models.length === 0) return { models: [], skipped: [], notes: [] };
  const stimuli = inputs.find(({ role }) => role === "stimuli");
  if (stimuli === undefined)
    throw new ModeScopeError("bad-request", "A model is run on stimuli, and no file of them was named.", {
      field: "files.stimuli",
      remedy: "Name one with an array for each of the model's inputs, items along the first axis.",
    });
  const most = Math.min(MOST_OF_ONE, Math.floor(room / inputs.filter(({ role }) => role !== "stimuli").length));
  const ran: RunModel[] = [];
  const skipped: Skipped[] = [];
  const notes: string[] = [];
  for (const [at, { input, file }] of models.entries()) {
    const share = { ...context, progress: (fraction: number) => progress((at + fraction) / models.length) };
    const options = { layers: patterns, pooling: pooling === "mean-last" ? "mean" : pooling, fill, most } as const;
    const found = await modelActivations(share, input, stimuli, options);
    ran.push({ file, items: found.items, itemNames: found.itemNames, layers: found.layers });
    skipped.push(...found.skipped.map(({ name, reason }) => ({ file, tensor: name, reason })));
    const name = decodeURIComponent(input.uri.slice(input.uri.lastIndexOf("/") + 1));
    if (found.layers.length === 0)
      throw new ModeScopeError("unsupported", `None of the layers of ${name} represents the items.`, {
        field: "layers",
        remedy: `Choose others.${found.skipped.length === 0 ? "" : ` ${found.skipped[0]!.name}: ${found.skipped[0]!.reason}.`}`,
      });
    if (found.thinned > 0)
      notes.push(`${found.thinned} more layers of ${name} were left out, evenly: choose layers by name to have them.`);
  }
  return { models: ran, skipped, notes };
}
