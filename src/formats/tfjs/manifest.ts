import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, LimitError } from "../../base/errors.ts";
import { MAX_JSON_HEADER_BYTES, MAX_NAME_LENGTH, MAX_SHARDS, MAX_TENSORS } from "../../base/limits.ts";

export const FORMAT = "tfjs";

/** Values stored as small integers: value = stored × scale + min. `float16` has neither. */
export interface Quantization {
  readonly dtype: string;
  readonly scale: number;
  readonly min: number;
}

export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: Quantization;
}

/** Weights that lie one after the other in the files of a group, put end to end. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}

export interface Manifest {
  readonly groups: readonly WeightGroup[];
  /** The rest of model.json; null for a bare list of groups. */
  readonly model: Readonly<Record<string, unknown>> | null;
  /** Records of weights that are none, by name. */
  readonly broken: readonly string[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const damaged = (message: string, field: string, cause?: unknown) =>
  new FormatError(
    message,
    { format: FORMAT, field, offset: 0, remedy: "Download the model again, or convert it again." },
    cause === undefined ? undefined : { cause },
  );

export async function readManifest(source: ByteSource, signal?: AbortSignal): Promise<Manifest> {
  if (source.size > MAX_JSON_HEADER_BYTES)
    throw new LimitError(`The model's JSON has ${source.size} bytes; at most ${MAX_JSON_HEADER_BYTES} are read.`, {
      format: FORMAT,
      field: "json",
    });
  const json = parse(await source.read(0, source.size, signal));
  const model = isRecord(json) ? json : null;
  const list = model === null ? json : model.weightsManifest;
  if (!Array.isArray(list)) throw damaged("weightsManifest must be a list of groups.", "weightsManifest");
  const groups: WeightGroup[] = [];
  const broken: string[] = [];
  let weights = 0;
  let paths = 0;
  for (const group of list) {
    const read = readGroup(group, broken);
    groups.push(read);
    weights += read.weights.length;
    paths += read.paths.length;
    if (weights > MAX_TENSORS || paths > MAX_SHARDS)
      throw new LimitError(`The manifest names more than ${MAX_TENSORS} weights or ${MAX_SHARDS} files.`, {
        format: FORMAT,
        field: "weightsManifest",
      });
  }
  return { groups, model, broken };
}

function parse(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof TypeError) && !(cause instanceof RangeError)) throw cause;
    throw damaged("The model's description is no valid JSON.", "json", cause);
  }
}

function readGroup(group: unknown, broken: string[]): WeightGroup {
  if (
    !isRecord(group) ||
    !Array.isArray(group.paths) ||
    !Array.isArray(group.weights) ||
    !group.paths.every((path) => typeof path === "string")
  )
    throw damaged("A group of the manifest must have a list of paths and a list of weights.", "weightsManifest");
  const weights: WeightSpec[] = [];
  for (const entry of group.weights) {
    const weight = readWeight(entry);
    // What has no readable size moves all weights behind it: they cannot be told from it, and are not guessed.
    if (weight === undefined) {
      broken.push(
        isRecord(entry) && typeof entry.name === "string"
          ? entry.name.slice(0, MAX_NAME_LENGTH)
          : "a weight without a name",
      );
      weights.push({ name: "", shape: [], dtype: "unknown" });
    } else weights.push(weight);
  }
  return { paths: group.paths, weights };
}

function readWeight(entry: unknown): WeightSpec | undefined {
  if (
    !isRecord(entry) ||
    typeof entry.name !== "string" ||
    entry.name === "" ||
    entry.name.length > MAX_NAME_LENGTH ||
    typeof entry.dtype !== "string"
  )
    return undefined;
  const { name, shape, dtype, quantization } = entry;
  if (!Array.isArray(shape) || !shape.every((length) => typeof length === "number")) return undefined;
  if (quantization === undefined || quantization === null) return { name, shape, dtype };
  if (!isRecord(quantization) || typeof quantization.dtype !== "string") return undefined;
  const { scale = 1, min = 0 } = quantization;
  if (typeof scale !== "number" || typeof min !== "number") return undefined;
  return { name, shape, dtype, quantization: { dtype: quantization.dtype, scale, min } };
}
