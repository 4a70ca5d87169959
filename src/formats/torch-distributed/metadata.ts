import type { DType } from "../../base/dtype.ts";
import { FormatError } from "../../base/errors.ts";
import { MAX_RANK, MAX_TENSORS } from "../../base/limits.ts";
import { asCount, asSequence, PickleDict, PickleObject, type PickleValue } from "../_shared/pickle/values.ts";
import { dtypeOfTorch } from "../_shared/pickleTorch/dtypes.ts";

/** Where one piece of the state dict lies. */
export interface Place {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  /** Names of transforms (compression) that were applied when it was written. */
  readonly transforms: readonly string[];
}

export interface DistributedTensor {
  readonly name: string;
  readonly dtype: DType | null;
  readonly shape: readonly number[];
  readonly chunks: readonly {
    readonly offsets: readonly number[];
    readonly sizes: readonly number[];
    readonly place: Place | null;
  }[];
}

export interface DistributedMetadata {
  readonly tensors: readonly DistributedTensor[];
  /** Other objects, each a small file of torch.save. */
  readonly objects: readonly { readonly name: string; readonly place: Place }[];
}

/** Reads `torch.distributed.checkpoint.metadata.Metadata` as the inert data that the unpickler made of it. */
export function readMetadata(value: PickleValue, format: string): DistributedMetadata {
  const bad = (field: string): never => {
    throw new FormatError(
      `.metadata does not hold what torch.distributed.checkpoint writes: ${field} is missing or wrong.`,
      {
        format,
        field,
        remedy: "Save or copy the checkpoint again, or convert it with torch.distributed.checkpoint.format_utils.",
      },
    );
  };
  const root = attributes(value) ?? bad("Metadata");
  const state = root.get("state_dict_metadata");
  const storage = root.get("storage_data");
  if (!(state instanceof PickleDict)) return bad("state_dict_metadata");
  if (!(storage instanceof PickleDict)) return bad("storage_data");
  if (state.entries.size > MAX_TENSORS) return bad("state_dict_metadata");
  const places = placesOf(storage);
  const tensors: DistributedTensor[] = [];
  const objects: { name: string; place: Place }[] = [];
  for (const [name, entry] of state.entries) {
    if (typeof name !== "string") return bad("state_dict_metadata");
    const facts = attributes(entry);
    const shape = facts === undefined ? undefined : sizesOf(facts.get("size"));
    if (facts === undefined || shape === undefined) {
      const place = places.get(placeKey(name, null));
      if (place !== undefined) objects.push({ name, place });
      continue;
    }
    const chunks = (asSequence(facts.get("chunks")) ?? []).map((chunk) => {
      const box = attributes(chunk);
      const offsets = sizesOf(box?.get("offsets")) ?? bad(`chunks of ${name}`);
      const sizes = sizesOf(box?.get("sizes")) ?? bad(`chunks of ${name}`);
      return { offsets, sizes, place: places.get(placeKey(name, offsets)) ?? places.get(placeKey(name, null)) ?? null };
    });
    tensors.push({ name, dtype: dtypeOf(facts.get("properties")), shape, chunks });
  }
  return { tensors, objects };
}

function placesOf(storage: PickleDict): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const [key, info] of storage.entries) {
    const index = attributes(key);
    const facts = attributes(info);
    const name = index?.get("fqn");
    const file = facts?.get("relative_path");
    const offset = asCount(facts?.get("offset"));
    const length = asCount(facts?.get("length"));
    if (typeof name !== "string" || typeof file !== "string" || offset === undefined || length === undefined) continue;
    const transforms = (asSequence(facts?.get("transform_descriptors")) ?? []).map((one) =>
      typeof one === "string" ? one.slice(0, 100) : "unknown",
    );
    places.set(placeKey(name, sizesOf(index?.get("offset")) ?? null), { file, offset, length, transforms });
  }
  return places;
}

function placeKey(name: string, offsets: readonly number[] | null): string {
  return JSON.stringify([name, offsets]);
}

/** The attributes that a dataclass instance got, by name. */
function attributes(value: PickleValue | undefined): ReadonlyMap<PickleValue, PickleValue> | undefined {
  if (!(value instanceof PickleObject) || !value.path.startsWith("torch.distributed.checkpoint.")) return undefined;
  return value.state instanceof PickleDict ? value.state.entries : undefined;
}

/** TensorProperties pickles itself as a tuple that begins with the dtype; as a plain dataclass before. */
function dtypeOf(properties: PickleValue | undefined): DType | null {
  if (!(properties instanceof PickleObject)) return null;
  const { state } = properties;
  const value = state instanceof PickleDict ? state.entries.get("dtype") : asSequence(state)?.[0];
  return dtypeOfTorch(value) ?? null;
}

function sizesOf(value: PickleValue | undefined): readonly number[] | undefined {
  const items = asSequence(value);
  if (items === undefined || items.length > MAX_RANK) return undefined;
  const sizes = items.map((item) => asCount(item) ?? -1);
  return sizes.every((size) => size >= 0) && Number.isSafeInteger(sizes.reduce((a, b) => a * b, 1)) ? sizes : undefined;
}
