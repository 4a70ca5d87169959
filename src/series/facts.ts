import type { DescribedTensor } from "../base/tensor.ts";
import type { Checkpoint, MetadataValue } from "../formats/types.ts";

/** What a checkpoint says of its own training, with where it stands. */
export interface RunFacts {
  /** Optimizer steps so far, where it counts them. */
  readonly step: Fact<number> | null;
  readonly epoch: Fact<number> | null;
  readonly rate: Fact<number> | null;
  readonly momentum: Fact<number> | null;
  readonly weightDecay: Fact<number> | null;
  /** The optimizer's name as the file has it ("Adam"), or told by its state. */
  readonly optimizer: Fact<string> | null;
  readonly loss: Fact<string> | null;
}

export interface Fact<T> {
  readonly value: T;
  /** Key of the metadata, or name of the tensor. */
  readonly source: string;
}

/** Keys of one number, by their last part; the first that is there counts. */
const STEP_KEYS = ["global_step", "iteration", "iterations", "step", "steps", "num_steps", "n_iter"];
const EPOCH_KEYS = ["epoch", "epochs", "current_epoch"];
const RATE_KEYS = ["lr", "learning_rate"];
const DECAY_KEYS = ["weight_decay"];
/** Deep enough for `training_config/optimizer_config/config/lr`. */
const MAX_DEPTH = 6;
const MAX_ENTRIES = 20_000;

/** Scalar tensors that count steps: PyTorch's `state/0/step`, Keras's `iterations`. */
const COUNTER = /(^|[/._])(step|iter|iterations(_\d+)?|global_step)(:0)?$/i;

/** Moments that only one family of optimizers keeps. */
const BY_STATE: readonly (readonly [RegExp, string])[] = [
  [/exp_avg_sq|(^|[/._])(nu|v)(:0)?$/i, "Adam"],
  [/square_avg|rms(:0)?$/i, "RMSprop"],
  [/momentum_buffer|(^|[/._])(momentum|trace)(:0)?$/i, "SGD with momentum"],
];

/** Reads metadata and, for a counter that is a tensor, one number. Nothing is trusted: what is no finite number counts as absent. */
export async function factsOf(
  checkpoint: Checkpoint,
  described: readonly DescribedTensor[],
  signal: AbortSignal,
): Promise<RunFacts> {
  const entries = flatten(checkpoint.metadata);
  const state = described.filter(({ role }) => role === "optimizer-state");
  const step = numberAt(entries, STEP_KEYS) ?? (await counter(checkpoint, state, signal));
  return {
    step,
    epoch: numberAt(entries, EPOCH_KEYS),
    rate: numberAt(entries, RATE_KEYS, (value) => value > 0),
    momentum: momentumOf(entries),
    weightDecay: numberAt(entries, DECAY_KEYS),
    optimizer: optimizerOf(entries, state),
    loss: lossOf(entries),
  };
}

type Entry = readonly [key: string, value: MetadataValue];

/** Records and short lists of records by path; values as they are. */
function flatten(metadata: Readonly<Record<string, MetadataValue>>): readonly Entry[] {
  const out: Entry[] = [];
  const walk = (value: MetadataValue, path: string, depth: number) => {
    if (out.length >= MAX_ENTRIES) return;
    if (value !== null && typeof value === "object" && depth < MAX_DEPTH)
      for (const [key, inner] of Object.entries(value)) walk(inner, path === "" ? key : `${path}/${key}`, depth + 1);
    else out.push([path, value]);
  };
  walk(metadata, "", 0);
  return out;
}

const lastPart = (key: string) => key.slice(key.lastIndexOf("/") + 1).toLowerCase();

function numberAt(
  entries: readonly Entry[],
  keys: readonly string[],
  fits: (value: number) => boolean = (value) => value >= 0,
): Fact<number> | null {
  for (const wanted of keys)
    for (const [source, value] of entries) {
      // A layer's own settings (a model's configuration) are none of the run's.
      if (lastPart(source) !== wanted || /model_config|(^|\/)layers?\//i.test(source)) continue;
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof number === "number" && Number.isFinite(number) && fits(number)) return { value: number, source };
    }
  return null;
}

/** Of the optimizer alone: batch normalization has a momentum too. */
function momentumOf(entries: readonly Entry[]): Fact<number> | null {
  const own = entries.filter(([key]) => /optim|param_groups/i.test(key) && !/model_config/i.test(key));
  return numberAt(own, ["momentum"]);
}

function optimizerOf(entries: readonly Entry[], state: readonly DescribedTensor[]): Fact<string> | null {
  for (const [source, value] of entries)
    if (
      typeof value === "string" &&
      /optimi[sz]er(_config)?\/(class_name|name|type)$|^optimi[sz]er(_name)?$/i.test(source)
    )
      return { value, source };
  const betas = entries.find(([key]) => /param_groups.*\/betas(\/0)?$/.test(key));
  if (betas !== undefined) return { value: "Adam", source: betas[0] };
  for (const [pattern, value] of BY_STATE) {
    const tensor = state.find(({ name }) => pattern.test(name));
    if (tensor !== undefined) return { value, source: tensor.name };
  }
  const group = entries.find(([key]) => /param_groups.*\/nesterov$/.test(key));
  return group === undefined ? null : { value: "SGD", source: group[0] };
}

function lossOf(entries: readonly Entry[]): Fact<string> | null {
  for (const [source, value] of entries)
    if (typeof value === "string" && /(^|\/)(loss|criterion|loss_fn)(\/class_name)?$/i.test(source))
      return { value, source };
  return null;
}

async function counter(
  checkpoint: Checkpoint,
  state: readonly DescribedTensor[],
  signal: AbortSignal,
): Promise<Fact<number> | null> {
  const tensor = state.find(({ name, elements }) => elements === 1 && COUNTER.test(name));
  if (tensor === undefined) return null;
  // A counter that cannot be read costs the run its steps, not the checkpoint.
  const [value] = await checkpoint.read(tensor.name, 0, 1, signal).catch(() => {
    signal.throwIfAborted();
    return [];
  });
  return value !== undefined && Number.isFinite(value) && value >= 0 ? { value, source: tensor.name } : null;
}
