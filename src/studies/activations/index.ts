import { ModeScopeError } from "../../base/errors.ts";
import { safetensorsBytes } from "../../formats/safetensors/write.ts";
import { modelActivations } from "../_shared/activations.ts";
import type { Study, StudyInput } from "../types.ts";
import { manifest } from "./manifest.ts";
import { readParameters } from "./parameters.ts";
import type { ActivationsResult } from "./types.ts";

/** Runs a model on stimuli and makes a file of what its layers answer, for everything that looks at representations. */
export const activationsStudy: Study<ActivationsResult> = {
  manifest,

  async run(context, parameters) {
    const options = readParameters(parameters);
    const [model, stimuli] = ["model", "stimuli"].map((role) => context.files.find((file) => file.role === role));
    if (model === undefined || stimuli === undefined)
      throw new ModeScopeError("bad-request", "A model and a file of stimuli are needed.", { field: "files" });
    const { items, itemNames, layers, skipped, thinned } = await modelActivations(context, model, stimuli, options);
    if (layers.length === 0) {
      const [first] = skipped;
      throw new ModeScopeError("unsupported", "None of the layers represents the items.", {
        remedy: `Choose others.${first === undefined ? "" : ` ${first.name}: ${first.reason}.`}`,
      });
    }
    const file = safetensorsBytes(
      layers.map(({ name, features, values }) => ({ name, shape: [items, features], data: values })),
      {
        model: nameOf(model),
        stimuli: nameOf(stimuli),
        pooling: options.pooling,
        ...(itemNames === null ? {} : { items: JSON.stringify(itemNames) }),
      },
    );
    return {
      model: nameOf(model),
      stimuli: nameOf(stimuli),
      items,
      itemNames,
      pooling: options.pooling,
      layers: layers.map(({ values: _values, ...facts }) => facts),
      skipped,
      thinned,
      file,
    };
  },
};

function nameOf({ uri }: StudyInput): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1));
}
