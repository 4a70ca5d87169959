// The language detector that VS Code ships (54 languages), read as it is in its package: which languages its classes take for relatives.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { modeHierarchyAnalysis } from "../../src/analysis/mode-hierarchy/index.ts";
import type { ModeHierarchyResult } from "../../src/analysis/mode-hierarchy/types.ts";
import { memorySource } from "../../src/base/byteSource.ts";
import { NEVER_CANCELLED } from "../../src/base/cancel.ts";
import { describeTensors } from "../../src/formats/interpret/index.ts";
import { openCheckpoint } from "../../src/formats/sniff.ts";

const MODEL = new URL("../../node_modules/@vscode/vscode-languagedetection/model/", import.meta.url);

const read = (name: string) => {
  const at = new URL(name, MODEL);
  return memorySource(new Uint8Array(readFileSync(fileURLToPath(at))), at.href);
};

async function openDetector() {
  const { checkpoint } = await openCheckpoint(read("model.json"), "model.json", {
    sibling: async (name) => read(name),
  });
  return { checkpoint, tensors: describeTensors(checkpoint) };
}

async function hierarchyOf(name: string, geometry: string): Promise<ModeHierarchyResult> {
  const { checkpoint, tensors } = await openDetector();
  const tensor = tensors.find((one) => one.name === name)!;
  const target = { tensor: name, part: null, tap: null };
  return modeHierarchyAnalysis.run(
    { checkpoint, tensor, part: null, target, cancel: NEVER_CANCELLED, progress() {} },
    { items: "rows", geometry, centre: true, draws: 100 },
  );
}

async function languages(): Promise<readonly string[]> {
  const { checkpoint } = await openDetector();
  const [source] = checkpoint.labels ?? [];
  return source!.load();
}

const DIRECT = "linear/linear_model/content/weights";

test("its classes have their names in the model itself", async () => {
  const names = await languages();
  expect(names).toHaveLength(54);
  expect(names.slice(0, 5)).toEqual(["asm", "bat", "c", "cs", "cpp"]);
  expect(new Set(names).size).toBe(54);
});

test("the classes' weights on the text find the relatives: pairs closer than any two of permuted weights", async () => {
  const names = await languages();
  const result = await hierarchyOf(DIRECT, "direction");
  expect([result.items, result.properties]).toEqual([54, 5000]);
  const pairs = new Map(
    result.nodes
      .filter(({ children }) => children.length === 2 && children.every((child) => child < 0))
      .map(({ children, heightP }) => [
        children
          .map((child) => names[-1 - child]!)
          .sort()
          .join("–"),
        heightP,
      ]),
  );
  for (const pair of ["js–ts", "java–kt", "pm–prolog", "scala–swift"]) expect(pairs.get(pair)).toBeCloseTo(1 / 101, 9);
  for (const pair of ["cs–vba", "css–json", "hs–ml"]) expect(pairs.get(pair)).toBeLessThan(0.1);
  // Many other pairs join because something has to: they do not pass, and are not called relatives.
  expect(pairs.get("cpp–r")).toBeGreaterThan(0.5);
  expect(pairs.get("go–rs")).toBeGreaterThan(0.5);
  // The next to come are groovy to Java and Kotlin, CoffeeScript to JavaScript and TypeScript.
  const below = (child: number): string[] =>
    child < 0 ? [names[-1 - child]!] : result.nodes[child]!.children.flatMap(below);
  const triples = result.nodes
    .filter(({ size }) => size === 3)
    .map(({ children }) => children.flatMap(below).sort().join());
  expect(triples).toContain("groovy,java,kt");
  expect(triples).toContain("coffee,js,ts");
});

test("the whole is no tree, and that is said; the strongest modes stand above theirs, with their purities", async () => {
  const result = await hierarchyOf(DIRECT, "direction");
  expect(result.treeLike.verdict).toBe(false);
  expect(result.copheneticCorrelation.value).toBeCloseTo(0.616, 2);
  expect(result.copheneticP).toBeCloseTo(1 / 101, 9);
  expect(result.offered?.kind).toBeNull();
  for (const mode of result.modes.slice(0, 5)) expect(mode.singularValueP).toBeCloseTo(1 / 101, 9);
  const second = result.modes[1]!;
  expect(second.purity).toBeCloseTo(0.51, 1);
  expect(second.purityP).toBeLessThan(0.05);
});

test("the deep part's last layer has no relatives that pass: its 32 units are shared out among the classes", async () => {
  const result = await hierarchyOf("dnn/logits/kernel", "direction");
  expect([result.items, result.properties]).toEqual([54, 32]);
  expect(Math.min(...result.nodes.map(({ heightP }) => heightP))).toBeGreaterThan(0.05);
  expect(result.modes[0]!.singularValueP).toBeGreaterThan(0.05);
});
