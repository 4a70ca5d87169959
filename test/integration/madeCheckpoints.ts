/** Checkpoints that suites write into their workspace. */

export interface MadeTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The bytes of a safetensors file. */
export function safetensors(tensors: readonly MadeTensor[]): Uint8Array {
  let offset = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const from = offset;
    offset += values.byteLength;
    return [name, { dtype: "F32", shape, data_offsets: [from, offset] }];
  });
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const bytes = new Uint8Array(8 + header.length + offset);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 8);
  let at = 8 + header.length;
  for (const { values } of tensors) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/** Even noise on ±1, the same at every call. */
export function noise(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, at) => {
    const wave = Math.sin(12.9898 * (at + 1) + 78.233 * seed) * 43_758.5453;
    return 2 * (wave - Math.floor(wave)) - 1;
  });
}

/** A network of before training with one thing wrong in each of its layers. */
export function brokenNetwork(): Uint8Array {
  const width = 64;
  const layer = (
    name: string,
    change: (values: Float32Array, row: (at: number) => Float32Array) => void,
    seed: number,
  ) => {
    const values = noise(width * width, seed).map((value) => value * Math.sqrt(6 / width));
    change(values, (at) => values.subarray(at * width, (at + 1) * width));
    const bias = { name: `${name}.bias`, shape: [width], values: new Float32Array(width) };
    return [{ name: `${name}.weight`, shape: [width, width], values }, bias];
  };
  return safetensors(
    [
      layer("encoder.0.proj", () => {}, 1),
      layer("encoder.1.proj", (_, row) => [3, 17].forEach((at) => void row(at).fill(0)), 2),
      layer("encoder.2.proj", (_, row) => row(40).set(row(8)), 3),
      layer("encoder.3.proj", (values) => values.set(values.map((value) => value + 0.2)), 4),
      layer("decoder.0.proj", (values) => values.set([Number.NaN], 77), 5),
      layer("decoder.1.proj", (_, row) => row(5).set(row(5).map((value) => -Math.abs(value))), 6),
      layer("head", () => {}, 7),
    ].flat(),
  );
}
