// Checkpoints made by the tests themselves.
import { writeFile } from "node:fs/promises";

/** A safetensors file of f32 tensors: `[name, shape, values]`. */
export async function writeSafetensors(path, tensors) {
  const header = {};
  const parts = [];
  let at = 0;
  for (const [name, shape, values] of tensors) {
    const bytes = Buffer.from(Float32Array.from(values).buffer);
    header[name] = { dtype: "F32", shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
    parts.push(bytes);
  }
  const head = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.length));
  await writeFile(path, Buffer.concat([length, head, ...parts]));
}

/** Numbers that look random and are the same on every machine. */
export function noise(count, seed = 1) {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
