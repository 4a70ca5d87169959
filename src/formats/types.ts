import type { ByteSource, FolderListing, OpenSibling } from "../base/byteSource.ts";
import type { RealArray } from "../base/dtype.ts";
import type { AxisLabels } from "../base/labels.ts";
import type { TensorInfo } from "../base/tensor.ts";

/** Something in the file that a person should know: shown on the overview. */
export interface Finding {
  readonly kind: "warning" | "security";
  readonly message: string;
  readonly field?: string;
  readonly offset?: number;
}

/** A tensor (or a would-be tensor) that is not offered, and why. */
export interface SkippedTensor {
  readonly name: string;
  readonly reason: string;
}

export interface OpenContext {
  /** Opens a file beside the checkpoint by relative name; rejects anything that leaves the folder. */
  readonly sibling: OpenSibling;
  /** What lies in a folder below the checkpoint's own ("" or nothing: its own). Only where a format's own metadata name no files. */
  readonly list?: (folder?: string) => Promise<FolderListing>;
  readonly signal?: AbortSignal;
}

/** Words for the positions of an axis: a tokenizer's vocabulary, names of classes. Read when somebody asks for them. */
export interface LabelSource {
  readonly id: string;
  readonly title: string;
  /** Tensors whose `axis` the words name, where that is known. */
  readonly tensors?: readonly string[];
  readonly axis?: number;
  load(signal?: AbortSignal): Promise<readonly string[]>;
}

/** One operation: names of the values that it takes and gives, empty where an optional one is left out. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Operator set other than the format's own; empty otherwise. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Without large payloads; a small constant's values are kept as a list. */
  readonly attributes: Readonly<Record<string, MetadataValue>>;
  /** Bodies of control flow, by attribute name. */
  readonly bodies?: Readonly<Record<string, NetworkGraph>>;
}

/** A network as its file describes it: nodes in the file's order, values by name within the graph (and those around it). */
export interface NetworkGraph {
  /** Empty for the main graph; else the path of a body or function, as in the names of its tensors. */
  readonly path: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly GraphNode[];
  /** Which values are tensors of the checkpoint: value name → tensor name. */
  readonly tensors: ReadonlyMap<string, string>;
  /** Small constants that are arguments of operations (sizes, axes, indices, single numbers), not tensors of the checkpoint. */
  readonly constants: ReadonlyMap<string, MetadataValue>;
  /** Functions that nodes call, in the main graph only: "domain:name" → body. */
  readonly functions?: ReadonlyMap<string, NetworkGraph>;
}

/**
 * An opened checkpoint: headers only. Reading the values of a tensor happens on demand.
 * Metadata values are plain data (string, number, boolean, null, arrays and records of these).
 */
export interface Checkpoint {
  readonly format: string;
  /** Which writer or framework made it, where the file says. */
  readonly framework: "pytorch" | "keras" | "tensorflow" | "flax" | "onnx" | "ggml" | "numpy" | "unknown";
  readonly tensors: readonly TensorInfo[];
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  readonly findings: readonly Finding[];
  readonly skipped: readonly SkippedTensor[];
  /** The network's operations, where the file holds them. */
  readonly graph?: NetworkGraph;
  /** Files beside it that hold values of its tensors, by the names that it has for them; those that could not be opened are not among them. */
  readonly companions?: readonly { readonly name: string; readonly uri: string }[];
  /** Words for the axes of tensors: a tokenizer's vocabulary, class names. Loaded when they are asked for. */
  readonly labels?: readonly LabelSource[];
  /** Identity of all files that it is made of (the versions of the sources, joined). */
  readonly version: string;
  /** Names of the indices along each axis of a tensor, where the file itself has them (a table's heading and first column). */
  readonly axisLabels?: Readonly<Record<string, AxisLabels>>;
  /** Bytes read from all sources so far: opening must stay near the header. */
  readonly bytesRead: () => number;
  /**
   * Logical elements [start, start + count) in row-major order of the declared shape, decoded:
   * float32 where the dtype fits exactly, else float64 (64-bit integers round to the nearest double).
   * Strides, transposes and expanded storages are resolved here. Complex dtypes throw UnsupportedError.
   */
  read(tensor: string, start: number, count: number, signal?: AbortSignal): Promise<RealArray>;
  close(): Promise<void>;
}

/** How a folder shows that it is one model of this format, and which of its files opens it. Patterns: `*` is any characters of one name. */
export interface FolderEntry {
  /** The file that opens the model; one fixed folder may stand before it ("default/_METADATA"). Exactly one must match. */
  readonly name: string;
  /** What must lie in the folder as well; the name of a folder ends in "/". */
  readonly beside?: readonly string[];
  /** Everything below the folder is the model's (chunks, `variables/`), so that nothing of it is listed for itself. */
  readonly wholeTree?: boolean;
}

export interface FormatManifest {
  readonly id: string;
  /** For people: "PyTorch checkpoint (zip)". */
  readonly title: string;
  /** Suffixes, longest first, e.g. ".safetensors.index.json". package.json's editor globs are generated from them. */
  readonly extensions: readonly string[];
  /** For models that are folders, most specific first. */
  readonly folder?: readonly FolderEntry[];
  /**
   * What reading a few values costs: `ranges` (the default) their bytes, `parts` the chunk, entry or tensor that holds them,
   * `file` the whole file at opening.
   */
  readonly lazy?: "ranges" | "parts" | "file";
  /** True for files that other tools own and that are mostly no checkpoints (tables): the editor is offered, never the default, and no tree lists them. */
  readonly offered?: boolean;
}

/** First bytes (up to SNIFF_BYTES), the file's name without folder, and its size. */
export interface SniffInput {
  readonly head: Uint8Array;
  readonly name: string;
  readonly size: number;
}

export const SNIFF_BYTES = 4096;

export interface Format {
  readonly manifest: FormatManifest;
  /** Decides by content; never throws; exactly one format says yes to a valid file. */
  sniff(input: SniffInput): boolean;
  open(source: ByteSource, context: OpenContext): Promise<Checkpoint>;
}

export type MetadataValue =
  | string
  | number
  | boolean
  | null
  | readonly MetadataValue[]
  | { readonly [key: string]: MetadataValue };
