import { ModeScopeError } from "../../base/errors.ts";
import { MAX_NAME_LENGTH } from "../../base/limits.ts";

export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The format's own alignment: tensors begin at multiples of it, so that readers can map them. */
const ALIGNMENT = 8;

/** A whole safetensors file of float32 tensors, little-endian, in the order given; the same input gives the same bytes. */
export function safetensorsBytes(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries = new Map<string, unknown>([["__metadata__", metadata]]);
  let end = 0;
  for (const { name, shape, data } of tensors) {
    const elements = shape.reduce((product, size) => product * size, 1);
    if (name === "" || name.length > MAX_NAME_LENGTH || entries.has(name) || elements !== data.length)
      throw new ModeScopeError("bad-request", `“${name}” cannot be written: ${data.length} values, shape [${shape}].`, {
        format: "safetensors",
        tensor: name,
        remedy: "Give each tensor a name of its own and as many values as its shape holds.",
      });
    entries.set(name, { dtype: "F32", shape, data_offsets: [end, end + 4 * data.length] });
    end += 4 * data.length;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const start = Math.ceil((8 + json.length) / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(start + end).fill(0x20, 8 + json.length, start);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(start - 8), true);
  file.set(json, 8);
  let at = start;
  for (const { data } of tensors)
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  return file;
}
