import type { ByteSource } from "../../base/byteSource.ts";
import { DTYPES } from "../../base/dtype.ts";
import { FormatError, LimitError, serializeError } from "../../base/errors.ts";
import { MAX_PICKLE_BYTES, MAX_TENSOR_ELEMENTS } from "../../base/limits.ts";
import { type AssembledTensor, assembledCheckpoint, sliceSource } from "../_shared/assembled.ts";
import { type Box, boxesMiss, readBoxes } from "../_shared/boxes.ts";
import { countedSource } from "../_shared/countedSource.ts";
import { unpickle } from "../_shared/pickle/unpickle.ts";
import { openAnyTorch } from "../_shared/pickleTorch/anyTorch.ts";
import { pickleFindings } from "../_shared/pickleTorch/findings.ts";
import type { Checkpoint, Format, MetadataValue, SkippedTensor } from "../types.ts";
import { type DistributedTensor, type Place, readMetadata } from "./metadata.ts";

const ID = "torch-distributed";
/** Files of one checkpoint: a few for each of some thousand ranks. */
const MAX_FILES = 20_000;
/** Opened chunks kept for the next range. */
const KEPT_CHUNKS = 64;
/** Small objects (a step, settings) that are shown as metadata. */
const MAX_OBJECTS = 64;
const MAX_OBJECT_BYTES = 16 * 1024;

/** `torch.distributed.checkpoint`: `.metadata` says which slices of which `.distcp` files make up each tensor. */
export const torchDistributedFormat: Format = {
  manifest: {
    id: ID,
    title: "PyTorch distributed checkpoint",
    extensions: [],
    folder: [{ name: ".metadata", beside: ["*.distcp"] }],
  },
  sniff({ head }) {
    return (
      head[0] === 0x80 &&
      (head[1] ?? 9) <= 5 &&
      latin1(head.subarray(0, 256)).includes("torch.distributed.checkpoint.metadata")
    );
  },
  async open(file, context) {
    const { signal } = context;
    const { source, bytesRead } = countedSource(file);
    if (source.size > MAX_PICKLE_BYTES)
      throw new LimitError(`.metadata has ${source.size} bytes; at most ${MAX_PICKLE_BYTES} are read.`, { format: ID });
    const { value, report } = unpickle(await source.read(0, source.size, signal), { format: ID });
    const { tensors, objects } = readMetadata(value, ID);
    const files = new DistcpFiles();
    try {
      const names = new Set(
        [
          ...tensors.flatMap(({ chunks }) => chunks.map(({ place }) => place)),
          ...objects.map(({ place }) => place),
        ].flatMap((place) => place?.file ?? []),
      );
      if (names.size > MAX_FILES)
        throw new LimitError(`The checkpoint names ${names.size} files; at most ${MAX_FILES} are read.`, {
          format: ID,
        });
      for (const name of names) await files.add(name, context.sibling, signal);
      const skipped: SkippedTensor[] = [];
      const assembled: AssembledTensor[] = [];
      for (const tensor of tensors) {
        const made = assemble(tensor, files);
        if (typeof made === "string") skipped.push({ name: tensor.name, reason: made });
        else assembled.push(made);
      }
      const metadata: Record<string, MetadataValue> = { files: names.size };
      for (const { name, place } of objects.slice(0, MAX_OBJECTS))
        Object.assign(metadata, await files.object(name, place, signal));
      return assembledCheckpoint(
        {
          format: ID,
          framework: "pytorch",
          metadata,
          findings: pickleFindings({ code: report.code, classes: new Set() }),
          skipped,
          version: [source.version, ...files.versions()].join(" "),
          bytesRead: () => bytesRead() + files.bytesRead(),
          async close() {
            await files.close();
            await source.close();
          },
        },
        assembled,
      );
    } catch (error) {
      await files.close();
      throw error;
    }
  },
};

function assemble({ name, dtype, shape, chunks }: DistributedTensor, files: DistcpFiles): AssembledTensor | string {
  if (dtype === null) return "its dtype is not known to this version";
  const elements = shape.reduce((a, b) => a * b, 1);
  if (elements > MAX_TENSOR_ELEMENTS) return `it claims more than ${MAX_TENSOR_ELEMENTS} elements`;
  const missing = boxesMiss(shape, chunks);
  if (missing !== null) return missing;
  const boxes: Box[] = [];
  for (const { offsets, sizes, place } of chunks) {
    if (place === null) return "the place of one of its parts is not in .metadata";
    const refusal = files.refusal(place);
    if (refusal !== null) return refusal;
    boxes.push({
      offsets,
      sizes,
      read: (start, count, signal) => files.read(name, place, dtype, sizes, start, count, signal),
    });
  }
  return {
    info: { name, shape, dtype, elements, storedBytes: elements * DTYPES[dtype].bytes },
    read: (start, count, signal) => readBoxes(shape, boxes, start, count, !DTYPES[dtype].fitsFloat32, signal),
  };
}

/** The `.distcp` files, and the chunks of them that are open: each chunk is itself a small file of torch.save. */
class DistcpFiles {
  readonly #files = new Map<string, { readonly source: ByteSource; readonly bytesRead: () => number } | string>();
  readonly #chunks = new Map<string, Promise<Checkpoint>>();

  async add(name: string, sibling: (name: string) => Promise<ByteSource>, signal?: AbortSignal): Promise<void> {
    try {
      this.#files.set(name, countedSource(await sibling(name)));
    } catch (error) {
      signal?.throwIfAborted();
      this.#files.set(name, `its file ${name.slice(0, 200)} cannot be read: ${serializeError(error).message}`);
    }
  }

  /** Why nothing can be read from there, or null. */
  refusal({ file, offset, length, transforms }: Place): string | null {
    const found = this.#files.get(file);
    if (found === undefined) return `its file ${file.slice(0, 200)} is not there`;
    if (typeof found === "string") return found;
    if (transforms.length > 0) return `it was written through ${transforms.join(", ")}, which is not undone`;
    return offset + length > found.source.size
      ? `its part ends at byte ${offset + length} of ${file.slice(0, 200)}, which has ${found.source.size}`
      : null;
  }

  async read(
    name: string,
    place: Place,
    dtype: string,
    sizes: readonly number[],
    start: number,
    count: number,
    signal?: AbortSignal,
  ) {
    const chunk = await this.#chunk(place);
    const [tensor] = chunk.tensors;
    if (tensor === undefined || tensor.dtype !== dtype || tensor.shape.join() !== sizes.join())
      throw new FormatError(`A part of ${name} is not what .metadata says: ${sizes.join("×")} of ${dtype}.`, {
        format: ID,
        tensor: name,
        field: place.file,
        offset: place.offset,
        remedy: "Copy the checkpoint again: its files may be of different saves.",
      });
    return chunk.read(tensor.name, start, count, signal);
  }

  /** A small object as metadata; one that cannot be read is no reason to refuse the tensors. */
  async object(name: string, place: Place, signal?: AbortSignal): Promise<Record<string, MetadataValue>> {
    if (place.length > MAX_OBJECT_BYTES || this.refusal(place) !== null) return {};
    try {
      const { metadata } = await this.#chunk(place);
      const { value, ...rest } = metadata;
      return value === undefined ? (Object.keys(rest).length === 0 ? {} : { [name]: rest }) : { [name]: value };
    } catch {
      signal?.throwIfAborted();
      return {};
    }
  }

  versions(): string[] {
    return [...this.#files.values()].map((file) => (typeof file === "string" ? "missing" : file.source.version));
  }

  bytesRead(): number {
    return [...this.#files.values()].reduce((sum, file) => sum + (typeof file === "string" ? 0 : file.bytesRead()), 0);
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) if (typeof file !== "string") await file.source.close();
  }

  #chunk(place: Place): Promise<Checkpoint> {
    const key = JSON.stringify([place.file, place.offset]);
    const file = this.#files.get(place.file);
    if (file === undefined || typeof file === "string")
      throw new FormatError("A file of the checkpoint is gone.", { format: ID });
    const known =
      this.#chunks.get(key) ?? openAnyTorch(sliceSource(file.source, place.offset, place.length), ID, place.file);
    this.#chunks.delete(key);
    this.#chunks.set(key, known);
    known.catch(() => this.#chunks.delete(key));
    for (const oldest of this.#chunks.keys()) {
      if (this.#chunks.size <= KEPT_CHUNKS) break;
      this.#chunks.delete(oldest);
    }
    return known;
  }
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
