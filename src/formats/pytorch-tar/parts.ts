import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, ModeScopeError } from "../../base/errors.ts";
import { MAX_PICKLE_BYTES, MAX_RANK, MAX_TENSORS } from "../../base/limits.ts";
import { type Unpickled, unpickle } from "../_shared/pickle/unpickle.ts";
import {
  asCount,
  asSequence,
  PickleGlobal,
  PickleObject,
  PicklePersistent,
  PickleTuple,
  type PickleValue,
} from "../_shared/pickle/values.ts";
import type { StorageRange } from "../_shared/pickleTorch/checkpoint.ts";
import { bytesOfStorageItem } from "../_shared/pickleTorch/dtypes.ts";

const FORMAT = "pytorch-tar";
const FIRST_WINDOW = 1024;

export interface TarStorage extends StorageRange {
  readonly type: PickleValue;
  readonly count: number;
}

/** A member of the archive as a stream of pickles with raw numbers between them. */
export class MemberStream {
  #at = 0;

  constructor(
    readonly source: ByteSource,
    readonly name: string,
    readonly signal: AbortSignal | undefined,
  ) {}

  get position(): number {
    return this.#at;
  }

  /** The next pickle, looked for in a window that grows until the pickle ends in it. */
  async pickle(persistent?: (id: PickleValue) => PickleValue): Promise<Unpickled> {
    for (let wanted = FIRST_WINDOW; ; wanted *= 8) {
      const length = Math.min(wanted, this.source.size - this.#at);
      const bytes = await this.source.read(this.#at, length, this.signal);
      try {
        const found = unpickle(bytes, { format: FORMAT, ...(persistent === undefined ? {} : { persistent }) });
        this.#at += found.end;
        return found;
      } catch (error) {
        if (!(error instanceof ModeScopeError) || length < wanted || wanted > MAX_PICKLE_BYTES) throw error;
      }
    }
  }

  async bytes(length: number): Promise<DataView> {
    const bytes = await this.source.read(this.#at, length, this.signal);
    this.#at += length;
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  /** Passes over values without reading them. */
  skip(length: number): void {
    if (length > this.source.size - this.#at) this.fail("a storage ends behind its member");
    this.#at += length;
  }

  fail(what: string): never {
    throw new FormatError(`The member ${this.name} is damaged: ${what}.`, {
      format: FORMAT,
      field: this.name,
      offset: this.#at,
      remedy: "Copy the file again: it may be truncated.",
    });
  }

  async count(what: string): Promise<number> {
    const value = asCount((await this.pickle()).value);
    if (value === undefined || value > MAX_TENSORS) this.fail(`the number of ${what} is wrong`);
    return value;
  }
}

/** Member `storages`: for each a pickle (key, location, type), a count and its values; then views of storages. `base` is where the member begins. */
export async function readStorages(stream: MemberStream, base: number): Promise<Map<string, TarStorage>> {
  const storages = new Map<string, TarStorage>();
  const total = await stream.count("storages");
  for (let i = 0; i < total; i++) {
    const [key, , type] = asSequence((await stream.pickle()).value) ?? [];
    const itemBytes = bytesOfStorageItem(type);
    if (key === undefined || type === undefined || itemBytes === undefined) stream.fail("a storage has no type");
    const count = (await stream.bytes(8)).getBigInt64(0, true);
    if (count < 0n || count > BigInt(stream.source.size)) stream.fail(`a storage claims ${count} elements`);
    const length = Number(count) * itemBytes;
    storages.set(keyText(key), { offset: base + stream.position, length, type, count: Number(count) });
    stream.skip(length);
  }
  for (const view of asSequence((await stream.pickle()).value) ?? []) {
    const [target, root, offset, count] = asSequence(view) ?? [];
    const whole = root === undefined ? undefined : storages.get(keyText(root));
    const first = asCount(offset);
    const size = asCount(count);
    if (
      target === undefined ||
      whole === undefined ||
      first === undefined ||
      size === undefined ||
      first + size > whole.count
    )
      stream.fail("a view lies outside its storage");
    const itemBytes = whole.count === 0 ? 1 : whole.length / whole.count;
    storages.set(keyText(target), {
      offset: whole.offset + first * itemBytes,
      length: size * itemBytes,
      type: whole.type,
      count: size,
    });
  }
  return storages;
}

/** Member `tensors`: for each a pickle (key, storage, type), then rank, sizes, strides and offset; given as today's files describe a tensor. */
export async function readTensors(
  stream: MemberStream,
  storages: ReadonlyMap<string, TarStorage>,
): Promise<Map<string, PickleObject>> {
  const tensors = new Map<string, PickleObject>();
  const total = await stream.count("tensors");
  for (let i = 0; i < total; i++) {
    const [key, storageKey] = asSequence((await stream.pickle()).value) ?? [];
    const storage = storageKey === undefined ? undefined : storages.get(keyText(storageKey));
    if (key === undefined || storageKey === undefined || storage === undefined) stream.fail("a tensor has no storage");
    // The rank stands in 8 bytes of which the reference reader believes 4.
    const rank = (await stream.bytes(8)).getInt32(0, true);
    if (rank < 0 || rank > MAX_RANK) stream.fail(`a tensor has rank ${rank}`);
    const numbers = await stream.bytes(8 * (2 * rank + 1));
    const at = (index: number) => Number(numbers.getBigInt64(8 * index, true));
    const list = (from: number) => new PickleTuple(Array.from({ length: rank }, (_, axis) => at(from + axis)));
    const id = new PickleTuple(["storage", storage.type, keyText(storageKey), "cpu", storage.count]);
    tensors.set(
      keyText(key),
      new PickleObject(
        new PickleGlobal("torch._utils", "_rebuild_tensor_v2"),
        [new PicklePersistent(id), at(2 * rank), list(0), list(rank)],
        "call",
      ),
    );
  }
  return tensors;
}

export function keyText(key: PickleValue): string {
  return typeof key === "string" || typeof key === "number" || typeof key === "bigint" ? String(key) : "";
}
