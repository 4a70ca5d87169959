// Opening: from nothing to the tensor table, and what is read for it. One file is larger than any memory here; only its header has content.
import { existsSync } from "node:fs";
import { mkdir, open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { CACHE, ROOT } from "../../../scripts/_lib/process.mjs";
import { checkpointFile, headerOf } from "../lib/checkpoints.mjs";
import { peerEnvironment } from "../lib/python.mjs";
import { median } from "../lib/statistics.mjs";
import { bytes, markdownTable, time } from "../lib/table.mjs";
import { timeProcess } from "../lib/wholeProcess.mjs";

const DRIVER = join(ROOT, "test", "bench", "peers", "checkpointProduct.mjs");

export const opening = {
  id: "opening",
  title: "Opening a checkpoint",

  async run({ peers, rounds, gemm, bundle, dist, quick, say }) {
    const node = peers.node ?? process.execPath;
    const cases = [];
    const files = quick
      ? [["bert-mini", await checkpointFile("bert-mini", gemm)]]
      : [
          ["bert-base", await checkpointFile("bert-base", gemm)],
          ["7 billion parameters, sparse file", await sparseFile()],
        ];
    for (const [name, file] of files) {
      say(`opening ${name}`);
      const answers = [];
      for (let round = 0; round < rounds; round++)
        answers.push(
          (await timeProcess(node, [DRIVER, bundle, dist, file, "0", "open"], peerEnvironment(null))).inside,
        );
      cases.push({
        name,
        fileBytes: (await stat(file)).size,
        headerBytes: await headerBytesOf(file),
        bytesRead: answers[0].bytesRead,
        tensors: answers[0].tensors,
        fromNothing: median(answers.map(({ openSeconds }) => openSeconds)),
        inEngine: median(answers.map(({ engineOpenSeconds }) => engineOpenSeconds)),
      });
    }
    return { cases };
  },

  report: ({ cases }) =>
    markdownTable(
      ["file", ">size", ">tensors", ">header", ">bytes read", ">open, in the engine", ">from no process to the table"],
      cases.map((one) => [
        one.name,
        bytes(one.fileBytes),
        one.tensors,
        bytes(one.headerBytes),
        bytes(one.bytesRead),
        time(one.inEngine),
        time(one.fromNothing),
      ]),
    ),
};

async function headerBytesOf(path) {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return 8 + Number(buffer.readBigUInt64LE());
  } finally {
    await file.close();
  }
}

/** Names and shapes of a language model with 32 layers of width 4096; the values are a hole that takes no room on the disk. */
async function sparseFile() {
  const path = join(CACHE, "bench", "checkpoints", "sparse-7b-1", "model.safetensors");
  if (existsSync(path)) return path;
  const tensors = [["model.embed_tokens.weight", [32000, 4096]]];
  for (let i = 0; i < 32; i++) {
    for (const name of ["q_proj", "k_proj", "v_proj", "o_proj"])
      tensors.push([`model.layers.${i}.self_attn.${name}.weight`, [4096, 4096]]);
    for (const name of ["gate_proj", "up_proj"]) tensors.push([`model.layers.${i}.mlp.${name}.weight`, [11008, 4096]]);
    tensors.push([`model.layers.${i}.mlp.down_proj.weight`, [4096, 11008]]);
    for (const name of ["input_layernorm", "post_attention_layernorm"])
      tensors.push([`model.layers.${i}.${name}.weight`, [4096]]);
  }
  tensors.push(["model.norm.weight", [4096]], ["lm_head.weight", [32000, 4096]]);
  const header = headerOf(tensors);
  const data = tensors.reduce((sum, [, shape]) => sum + 4 * shape.reduce((product, size) => product * size, 1), 0);
  await mkdir(join(path, ".."), { recursive: true });
  const beside = `${path}.${process.pid}.part`;
  const file = await open(beside, "w");
  try {
    await file.write(header);
    await file.truncate(header.length + data);
  } finally {
    await file.close();
  }
  await rename(beside, path);
  return path;
}
