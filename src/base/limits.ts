/** Bounds on what a file may make us do. Each is far above honest use and far below harm; raise one only with its reason. */

/** The reference implementation's own bound on a safetensors header. */
export const MAX_JSON_HEADER_BYTES = 100 * 1024 * 1024;
/** A pickle stream holds structure, not data (tensor bytes live beside it), so tens of MiB are already odd. */
export const MAX_PICKLE_BYTES = 64 * 1024 * 1024;
/** Opcodes of one pickle: an honest 10,000-tensor checkpoint needs about a million. */
export const MAX_PICKLE_OPERATIONS = 20_000_000;
/** Nesting of objects that we walk. */
export const MAX_NESTING_DEPTH = 512;
/** Tensors in one checkpoint: the largest published mixtures-of-experts have below 200,000. */
export const MAX_TENSORS = 1_000_000;
/** Dimensions of one tensor: NumPy's own bound. */
export const MAX_RANK = 64;
/** Logical elements of one tensor: stride 0 lets one stored number claim any count. 2^40 is a thousand times the largest embedding. */
export const MAX_TENSOR_ELEMENTS = 2 ** 40;
/** Bytes that one compressed entry may inflate to, absolutely and as a ratio (deflate itself cannot exceed 1032:1). */
export const MAX_INFLATED_BYTES = 4 * 1024 * 1024 * 1024;
export const MAX_INFLATE_RATIO = 1100;
/** Entries of one zip archive. */
export const MAX_ZIP_ENTRIES = 1_000_000;
/** Characters of one tensor name on screen and in results. */
export const MAX_NAME_LENGTH = 4096;
/** Names read of one folder: a chunked array may keep that many files, a person's model folder a few dozen. */
export const MAX_FOLDER_ENTRIES = 20_000;
/** Structure of a file (nodes, records, names) without the tensors' data: the largest published graphs have some tens of MiB. */
export const MAX_STRUCTURE_BYTES = 256 * 1024 * 1024;
/** Nodes of one network, bodies and functions included: fully unrolled published ones have below 200,000. */
export const MAX_GRAPH_NODES = 1_000_000;
/** Files beside the first that one checkpoint may be spread over. */
export const MAX_SHARDS = 10_000;
