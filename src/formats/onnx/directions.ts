import type { TensorInfo, TensorUse } from "../../base/tensor.ts";
import type { TensorEntry } from "../_shared/entryCheckpoint.ts";

const DIRECTIONS = ["forward", "reverse"] as const;

/**
 * Weights of a bidirectional recurrent layer hold one matrix for each direction along their first axis: two tensors, `name/forward` and
 * `name/reverse`, each half of the bytes. Anything else comes back as it is.
 */
export function splitDirections(entry: TensorEntry, use: TensorUse): readonly TensorEntry[] {
  const { info } = entry;
  const [directions, ...shape] = info.shape;
  const recurrent = /^weight of (LSTM|GRU|RNN)\b/.test(use.evidence);
  if (!recurrent || directions !== 2 || shape.length !== 2) return [{ ...entry, info: { ...info, use } }];
  const elements = info.elements / 2;
  const storedBytes = info.storedBytes / 2;
  return DIRECTIONS.map((direction, i): TensorEntry => {
    const half: TensorInfo = {
      name: `${info.name}/${direction}`,
      shape,
      dtype: info.dtype,
      elements,
      storedBytes,
      ...(info.byteRange === undefined
        ? {}
        : { byteRange: { ...info.byteRange, offset: info.byteRange.offset + i * storedBytes, length: storedBytes } }),
      use: directionUse(use, direction),
    };
    return { info: half, read: (start, count, bytes) => entry.read(start + i * elements, count, bytes) };
  });
}

function directionUse({ evidence, parts = [] }: TensorUse, direction: string): TensorUse {
  return {
    role: "weight",
    layout: "out-in",
    axes: { rows: [0], columns: [1] },
    parts: parts.map((part) => ({ ...part, axis: 0 })),
    evidence: `${evidence}, ${direction} direction`,
  };
}
