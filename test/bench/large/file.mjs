// A safetensors file of about the wanted size, shaped like a decoder-only transformer, every value drawn anew.
import { open } from "node:fs/promises";

const WIDTH = 2048;
const HIDDEN = 4 * WIDTH;
const VOCABULARY = 50_257;
const CHUNK_BYTES = 32 * 2 ** 20;
const WIDTHS = { F32: 4, BF16: 2 };

/** Tensors of `layers` blocks: the embedding in bfloat16, the blocks in float32. */
function shapes(layers) {
  const block = (at) => [
    [`layers.${at}.attention_norm.weight`, "F32", [WIDTH]],
    ...["q", "k", "v", "o"].map((name) => [`layers.${at}.self_attn.${name}_proj.weight`, "F32", [WIDTH, WIDTH]]),
    [`layers.${at}.mlp.up_proj.weight`, "F32", [HIDDEN, WIDTH]],
    [`layers.${at}.mlp.down_proj.weight`, "F32", [WIDTH, HIDDEN]],
  ];
  return [
    ["embed_tokens.weight", "BF16", [VOCABULARY, WIDTH]],
    ...Array.from({ length: layers }, (_, at) => block(at)).flat(),
    ["norm.weight", "F32", [WIDTH]],
  ];
}

const bytesOf = ([, dtype, shape]) => WIDTHS[dtype] * shape.reduce((product, size) => product * size, 1);
const sizeOf = (tensors) => tensors.reduce((sum, tensor) => sum + bytesOf(tensor), 0);

/** Uniform values of a weight's usual size, xorshift32: as random as random numbers need to be here, and quick. */
function filler(seed) {
  let state = seed | 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
  const scale = 1 / Math.sqrt(WIDTH) / 2 ** 31;
  return (chunk, dtype) => {
    if (dtype === "F32") {
      const values = new Float32Array(chunk.buffer, 0, chunk.byteLength / 4);
      for (let index = 0; index < values.length; index++) values[index] = next() * scale;
      return;
    }
    const value = new Float32Array(1);
    const bits = new Uint32Array(value.buffer);
    const halves = new Uint16Array(chunk.buffer, 0, chunk.byteLength / 2);
    for (let index = 0; index < halves.length; index++) {
      value[0] = next() * scale;
      halves[index] = bits[0] >>> 16;
    }
  };
}

/** Writes the file; resolves to its number of tensors and bytes, those of its header, and those of its largest tensor. */
export async function writeLargeFile(path, gigabytes) {
  const wanted = gigabytes * 2 ** 30;
  let layers = 1;
  while (sizeOf(shapes(layers)) < wanted) layers++;
  const tensors = shapes(layers);
  let at = 0;
  const header = {};
  for (const tensor of tensors) {
    const [name, dtype, shape] = tensor;
    header[name] = { dtype, shape, data_offsets: [at, at + bytesOf(tensor)] };
    at += bytesOf(tensor);
  }
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  const file = await open(path, "w");
  try {
    await file.writev([prefix, json]);
    const chunk = new Uint8Array(CHUNK_BYTES);
    const fill = filler(20_261);
    for (const tensor of tensors) {
      for (let left = bytesOf(tensor); left > 0; ) {
        const piece = new Uint8Array(chunk.buffer, 0, Math.min(left, CHUNK_BYTES));
        fill(piece, tensor[1]);
        let done = 0;
        while (done < piece.length) done += (await file.write(piece, done)).bytesWritten;
        left -= piece.length;
      }
    }
  } finally {
    await file.close();
  }
  return {
    tensors: tensors.length,
    bytes: 8 + json.length + at,
    headerBytes: 8 + json.length,
    largestBytes: Math.max(...tensors.map(bytesOf)),
  };
}
