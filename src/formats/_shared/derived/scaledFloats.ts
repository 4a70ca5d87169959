import type { TensorUse } from "../../../base/tensor.ts";
import type { AssembledTensor } from "../assembled.ts";
import type { Derivation, Recognizer } from "./types.ts";
import { WholeTensors } from "./whole.ts";

/** Floats of one byte whose scale stands beside them, by the names that are in use. */
const SCALES = ["_scale_inv", "_scale"];
/** Sides of the blocks that have a scale each, where there is more than one for a row. */
const BLOCK = 128;

interface Grid {
  readonly values: AssembledTensor;
  readonly scales: AssembledTensor;
  readonly columns: number;
  /** Rows and columns that share a scale, and scales in a row. */
  readonly blockRows: number;
  readonly blockColumns: number;
  readonly width: number;
}

/** Float8 weights with scales (one for the tensor, one a row, or one for each block of 128×128): w = f8 · scale, whatever the name says. */
export const scaledFloats: Recognizer = async (tensors) => {
  const whole = new WholeTensors();
  const derivations: Derivation[] = [];
  for (const [name, values] of tensors) {
    if (!name.endsWith("weight") || !values.info.dtype.startsWith("f8_")) continue;
    const scales = SCALES.map((suffix) => tensors.get(name + suffix)).find((one) => one !== undefined);
    const grid = scales === undefined ? null : gridOf(values, scales);
    if (grid === null) continue;
    const role = (what: string): TensorUse => ({
      role: "buffer",
      layout: "none",
      noMatrix: "quantised: the weight it belongs to is listed",
      evidence: `${what} of ${name}`,
    });
    derivations.push({
      tensor: {
        info: {
          ...values.info,
          dtype: "f32",
          storedBytes: 0,
          derivedFrom: { names: [`${name} (packed)`, grid.scales.info.name], how: "dequantized" },
          use: { role: "weight", evidence: `float8 times its scales (${grid.scales.info.shape.join("×") || "one"})` },
        },
        read: (start, count, signal) => scaled(grid, whole, start, count, signal),
      },
      sources: [
        { name, use: role("float8 values") },
        { name: grid.scales.info.name, use: role("scales") },
      ],
    });
  }
  return { derivations };
};

function gridOf(values: AssembledTensor, scales: AssembledTensor): Grid | null {
  const [rows, columns] = values.info.shape;
  const { shape, elements } = scales.info;
  if (values.info.shape.length !== 2 || rows === undefined || columns === undefined) return null;
  const base = { values, scales, columns };
  if (elements === 1) return { ...base, blockRows: rows, blockColumns: columns, width: 1 };
  if (elements === rows && (shape.length === 1 || shape[0] === rows))
    return { ...base, blockRows: 1, blockColumns: columns, width: 1 };
  const width = Math.ceil(columns / BLOCK);
  return shape.length === 2 && shape[0] === Math.ceil(rows / BLOCK) && shape[1] === width
    ? { ...base, blockRows: BLOCK, blockColumns: BLOCK, width }
    : null;
}

async function scaled(
  { values, scales, columns, blockRows, blockColumns, width }: Grid,
  whole: WholeTensors,
  start: number,
  count: number,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const [numbers, scale] = [await values.read(start, count, signal), await whole.read(scales)];
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const row = Math.floor((start + i) / columns / blockRows);
    const column = Math.floor(((start + i) % columns) / blockColumns);
    out[i] = (numbers[i] ?? 0) * (scale[row * width + column] ?? Number.NaN);
  }
  return out;
}
