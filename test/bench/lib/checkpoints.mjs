// Whole checkpoints with the names and shapes of real models, written once into the cache: the benches need no download.
import { existsSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { CACHE } from "../../../scripts/_lib/process.mjs";
import { normalSource } from "./random.mjs";
import { trainedMatrix } from "./trained.mjs";

/** Part of the files' names: raise it when what is written changes. */
const VERSION = 1;

const layers = (count, make) => Array.from({ length: count }, (_, index) => make(index)).flat();
const linear = (name, outputs, inputs) => [
  [`${name}.weight`, [outputs, inputs]],
  [`${name}.bias`, [outputs]],
];
const norm = (name, size) => [
  [`${name}.weight`, [size]],
  [`${name}.bias`, [size]],
];

function bert({ depth, width, vocabulary }) {
  return [
    ["bert.embeddings.word_embeddings.weight", [vocabulary, width]],
    ["bert.embeddings.position_embeddings.weight", [512, width]],
    ["bert.embeddings.token_type_embeddings.weight", [2, width]],
    ...norm("bert.embeddings.LayerNorm", width),
    ...layers(depth, (i) => {
      const layer = `bert.encoder.layer.${i}`;
      return [
        ...["query", "key", "value"].flatMap((one) => linear(`${layer}.attention.self.${one}`, width, width)),
        ...linear(`${layer}.attention.output.dense`, width, width),
        ...norm(`${layer}.attention.output.LayerNorm`, width),
        ...linear(`${layer}.intermediate.dense`, 4 * width, width),
        ...linear(`${layer}.output.dense`, width, 4 * width),
        ...norm(`${layer}.output.LayerNorm`, width),
      ];
    }),
    ...linear("bert.pooler.dense", width, width),
  ];
}

function vit({ depth, width }) {
  return [
    ["cls_token", [1, 1, width]],
    ["pos_embed", [1, 197, width]],
    ["patch_embed.proj.weight", [width, 3, 16, 16]],
    ["patch_embed.proj.bias", [width]],
    ...layers(depth, (i) => [
      ...norm(`blocks.${i}.norm1`, width),
      ...linear(`blocks.${i}.attn.qkv`, 3 * width, width),
      ...linear(`blocks.${i}.attn.proj`, width, width),
      ...norm(`blocks.${i}.norm2`, width),
      ...linear(`blocks.${i}.mlp.fc1`, 4 * width, width),
      ...linear(`blocks.${i}.mlp.fc2`, width, 4 * width),
    ]),
    ...norm("norm", width),
    ...linear("head", 1000, width),
  ];
}

/** GPT-2 keeps its weights input first. */
function gpt2({ depth, width }) {
  const conv1d = (name, inputs, outputs) => [
    [`${name}.weight`, [inputs, outputs]],
    [`${name}.bias`, [outputs]],
  ];
  return [
    ["wte.weight", [50257, width]],
    ["wpe.weight", [1024, width]],
    ...layers(depth, (i) => [
      ...norm(`h.${i}.ln_1`, width),
      ...conv1d(`h.${i}.attn.c_attn`, width, 3 * width),
      ...conv1d(`h.${i}.attn.c_proj`, width, width),
      ...norm(`h.${i}.ln_2`, width),
      ...conv1d(`h.${i}.mlp.c_fc`, width, 4 * width),
      ...conv1d(`h.${i}.mlp.c_proj`, 4 * width, width),
    ]),
    ...norm("ln_f", width),
  ];
}

/** Tensors of each model, in the order of the file. */
export const MODELS = {
  "bert-base": bert({ depth: 12, width: 768, vocabulary: 30522 }),
  "vit-base": vit({ depth: 12, width: 768 }),
  "gpt2-small": gpt2({ depth: 12, width: 768 }),
  "bert-mini": bert({ depth: 4, width: 256, vocabulary: 8192 }),
};

/** The file of a model, written if it is not there yet. */
export async function checkpointFile(model, gemm) {
  const folder = join(CACHE, "bench", "checkpoints");
  const path = join(folder, `${model}-${VERSION}`, "model.safetensors");
  if (existsSync(path)) return path;
  await mkdir(join(folder, `${model}-${VERSION}`), { recursive: true });
  const beside = `${path}.${process.pid}.part`;
  const file = await open(beside, "w");
  try {
    await file.write(headerOf(MODELS[model]));
    for (const [index, [name, shape]] of MODELS[model].entries())
      await writeAll(file, valuesOf(name, shape, index + 1, gemm));
  } finally {
    await file.close();
  }
  await rename(beside, path);
  return path;
}

/** 8 bytes of length, JSON, spaces up to a multiple of 8. */
export function headerOf(tensors) {
  const entries = {};
  let offset = 0;
  for (const [name, shape] of tensors) {
    const bytes = 4 * shape.reduce((product, size) => product * size, 1);
    entries[name] = { dtype: "F32", shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const json = JSON.stringify({ __metadata__: { format: "pt" }, ...entries });
  const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text]);
}

function valuesOf(name, shape, seed, gemm) {
  const elements = shape.reduce((product, size) => product * size, 1);
  // One number a unit: gains of a normalization are 1, biases and tokens small.
  if (/(norm|LayerNorm|ln_).*\.weight$/.test(name)) return new Float32Array(elements).fill(1);
  if (shape.filter((size) => size > 1).length < 2) return normalSource(seed).fill(new Float32Array(elements), 0.02);
  const rows = shape[0] === 1 ? shape[1] : shape[0];
  return trainedMatrix(rows, elements / rows, seed, gemm);
}

async function writeAll(file, values) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
}
