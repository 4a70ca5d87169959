import { writeFile } from "node:fs/promises";

/** Numbers that look like noise and are the same in every run. */
export function noise(count: number, seed: number): Float32Array<ArrayBuffer> {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** A safetensors file of float32 matrices, with what it says of itself. */
export async function writeCheckpoint(
  path: string,
  tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array<ArrayBuffer> }>>,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, values }]) => {
      const from = at;
      at += values.byteLength;
      return [name, { dtype: "F32", shape, data_offsets: [from, at] }];
    }),
  );
  const json = Buffer.from(JSON.stringify(metadata === undefined ? header : { __metadata__: metadata, ...header }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  await writeFile(
    path,
    Buffer.concat([length, json, ...Object.values(tensors).map(({ values }) => Buffer.from(values.buffer))]),
  );
}

export function squareMatrices(count: number, size: number, seed = 1) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `layer${String(index).padStart(3, "0")}.weight`,
      { shape: [size, size], values: noise(size * size, seed + index) },
    ]),
  );
}
