import { ModeScopeError } from "../../../base/errors.ts";
import type { DescribedTensor } from "../../../base/tensor.ts";
import type { StudyContext, StudyInput } from "../../types.ts";
import { readStimuli } from "../stimuli.ts";
import { DifferentiableModel } from "./differentiable.ts";
import { type RandomLaw, randomFeeds } from "./randomFeeds.ts";
import { type ModelBytes, opsetOf, readModel } from "./runnable.ts";

export interface OpenedModel {
  readonly model: DifferentiableModel;
  /** What is fed, in words. */
  readonly words: string;
}

export interface FeedOptions extends RandomLaw {
  /** One value for inputs that the stimuli do not hold, by input name. */
  readonly fill: Readonly<Record<string, number>>;
}

/** A model with its derivatives: fed with the file in the role `inputs`, or with random inputs. */
export async function openModel(
  context: StudyContext,
  input: StudyInput,
  options: FeedOptions,
  mostRows: number,
): Promise<OpenedModel> {
  const { openInference, cancel, signal } = context;
  if (openInference === undefined)
    throw new ModeScopeError("unsupported", "Models cannot be run here.", {
      remedy: "Use VS Code on a desktop or server.",
    });
  const read = await context.withFile(input, async (file) => ({
    name: file.name,
    opset: opsetOf(file),
    tensors: file.tensors as readonly DescribedTensor[],
  }));
  const bytes: ModelBytes = { ...read, ...(await readModel(context, input)) };
  const stimuli = context.files.find(({ role }) => role === "inputs");
  let words = "";
  const model = await DifferentiableModel.open(
    bytes,
    async ({ inputs }) => {
      if (stimuli === undefined) {
        const feeds = randomFeeds(inputs, bytes.graph, read.tensors, options);
        words = feeds.words;
        return feeds;
      }
      const { feeds, name } = await context.withFile(stimuli, async (file) => ({
        feeds: await readStimuli(file, inputs, options.fill, signal),
        name: file.name,
      }));
      words = `items of ${name}`;
      return feeds;
    },
    openInference,
    cancel,
    mostRows,
  );
  return { model, words };
}
