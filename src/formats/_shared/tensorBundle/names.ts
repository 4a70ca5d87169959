import type { TensorUse } from "../../../base/tensor.ts";
import type { BundleEntry } from "./entries.ts";

const SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE";
const OPTIMIZER = /(^|\/)(\w*_)?optimizer(_\d+)?\//;
/** Keras 3 keeps the trained variables in its optimizer's list, and nowhere else. */
const TRAINED = /(^|\/)(\w*_)?optimizer(_\d+)?\/_trainable_variables\/\d+$/;

const bare = (key: string) => (key.endsWith(SUFFIX) ? key.slice(0, -SUFFIX.length) : key);

/**
 * Names for a table: the key without its decoration; where keys are mere numbers (`variables/3`, Keras 3) the variables' own names for all,
 * so that a layer's tensors stand together. Names that would not be unique fall back to the key.
 */
export function namesOf(keys: readonly string[], fullNames: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const numbered = keys.some((key) => /(^|\/)\d+$/.test(bare(key)));
  const wanted = keys.map((key) => (numbered ? fullNames.get(key) : undefined) ?? bare(key));
  const count = new Map<string, number>();
  for (const name of wanted) count.set(name, (count.get(name) ?? 0) + 1);
  return new Map(keys.map((key, i) => [key, count.get(wanted[i]!) === 1 ? wanted[i]! : key]));
}

/** What is kept for resuming and reporting, and no tensor of the network: the reason to leave it out. */
export function bookkeeping(key: string): string | undefined {
  if (/(^|\/)keras_api\/metrics\//.test(key)) return "a running sum of a Keras metric, no part of the network";
  if (bare(key) === "save_counter") return "the count of saved checkpoints, no part of the network";
  return undefined;
}

/** Optimizer state, by where the key puts it; a slot names its variable. */
export function optimizerUse(key: string): TensorUse | undefined {
  const plain = bare(key);
  const slot = /^(.*)\/\.OPTIMIZER_SLOT\/(.*)\/([^/]+)$/.exec(plain);
  if (slot !== null) return { role: "optimizer-state", evidence: `slot ${slot[3]} of ${slot[1]}` };
  return OPTIMIZER.test(plain) && !TRAINED.test(plain)
    ? { role: "optimizer-state", evidence: `kept by the optimizer (${plain})` }
    : undefined;
}

/** The same variable under two keys, as exports write it: same name of its own, type, shape, length and checksum. */
export const identityOf = (entry: BundleEntry, fullName: string): string =>
  JSON.stringify([fullName, entry.type, entry.shape, entry.size, entry.crc]);
