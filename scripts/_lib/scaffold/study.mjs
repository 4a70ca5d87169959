// A study that works from its first minute: the length of each file's parameter vector. Replace the number by your own.

/** @param {{ id: string, camel: string, pascal: string, title: string }} names */
export function studyFiles({ id, camel, pascal, title }) {
  return {
    registry: { path: "src/studies/registry.ts", list: "STUDIES", entry: `${camel}Study`, from: `./${id}/index.ts` },
    folder: `src/studies/${id}`,
    files: {
      "types.ts": `/** Published file by file, and whole at the end. */
export interface ${pascal}Result {
  readonly files: readonly {
    readonly name: string;
    /** √Σx² over all finite elements. */
    readonly norm: number;
  }[];
}
`,
      "manifest.ts": `import type { StudyManifest } from "../types.ts";

export const manifest = {
  id: "${id}",
  version: 1,
  title: "${title}",
  description: "The Euclidean length of each checkpoint's parameters taken as one vector.",
  files: { checkpoint: { description: "checkpoints", least: 1 } },
  needs: ["weights"],
  citations: ["Golub & Van Loan 2013, Matrix Computations, §2.3 (Frobenius norm)"],
  assumptions: ["Buffers and optimizer state count like weights."],
  quantities: {
    norm: {
      label: "Length",
      symbol: "‖θ‖",
      definition: "Root of the sum of squares of all finite elements of the file.",
      equation: "‖θ‖ = √Σᵢ θᵢ²",
      source: "Golub & Van Loan 2013, §2.3",
      assumptions: ["Elements that are NaN or infinite are left out."],
      nullModel: "√(Σ of each tensor's elements × its initialization variance) before training",
    },
  },
} satisfies StudyManifest;
`,
      "index.ts": `import type { Study } from "../types.ts";
import { manifest } from "./manifest.ts";
import type { ${pascal}Result } from "./types.ts";

/** Elements that are decoded at once. */
const CHUNK = 2 ** 20;

/** ‖θ‖ of each file. One pass in chunks, sums in float64; relative error at most about n·2⁻⁵³. */
export const ${camel}Study: Study<${pascal}Result> = {
  manifest,

  async run(context) {
    const files: { name: string; norm: number }[] = [];
    for (const [at, file] of context.files.entries()) {
      const found = await context.withFile(file, async ({ name, checkpoint, tensors }) => {
        let square = 0;
        for (const tensor of tensors) {
          for (let from = 0; from < tensor.elements; from += CHUNK) {
            context.cancel.throwIfCancelled();
            const count = Math.min(CHUNK, tensor.elements - from);
            for (const value of await checkpoint.read(tensor.name, from, count, context.signal))
              if (Number.isFinite(value)) square += value * value;
          }
        }
        return { name, norm: Math.sqrt(square) };
      });
      files.push(found);
      context.progress((at + 1) / context.files.length);
      context.publish({ files: [...files] });
    }
    return { files };
  },
};
`,
      [`${camel}.test.ts`]: `import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { ${camel}Study } from "./index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-study-"));
  await writeFile(join(folder, "one.csv"), "3,0\\n0,4\\n");
  await writeFile(join(folder, "two.csv"), "1,1\\n1,1\\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const files = () => ["one.csv", "two.csv"].map((name) => ({ role: "checkpoint", path: join(folder, name) }));

test("reference values by hand: √(9 + 16) = 5 and √4 = 2, published file by file", async () => {
  const { result, partials, fractions } = await runStudyOn(${camel}Study, files());
  expect(result.files.map(({ name }) => name)).toEqual(["one.csv", "two.csv"]);
  expect(result.files[0]?.norm).toBeCloseTo(5, 14);
  expect(result.files[1]?.norm).toBeCloseTo(2, 14);
  expect(partials).toHaveLength(2);
  expect(fractions).toEqual([0.5, 1]);
});

test("a cancelled study stops at the next file", async () => {
  const running = runStudyOn(${camel}Study, files(), {}, { cancelled: () => true });
  await expect(running).rejects.toMatchObject({ code: "cancelled" });
});

test("a file that is none is refused with its name", async () => {
  const missing = [{ role: "checkpoint", path: join(folder, "none.csv") }];
  await expect(runStudyOn(${camel}Study, missing)).rejects.toMatchObject({ code: "source-missing" });
  expect((await runStudyOn(${camel}Study, files().slice(1))).result.files.map(({ norm }) => norm)).toEqual([2]);
});
`,
      "README.md": `# ${title}

The length of each checkpoint's parameters taken as one vector.

**Computes** ‖θ‖ = √Σθ² over the finite elements of every tensor, file by file; what is known is published after each file.

**How.** One pass in chunks, sums in float64.

**Source.** Golub & Van Loan 2013, §2.3. **Null:** √Σ(elements × initialization variance) before training.

**Checked against** values by hand.

**Limits**

- Buffers and optimizer state count like weights.
`,
    },
    next: [
      `Replace the number in src/studies/${id}/index.ts, and with it manifest.ts and the reference values in the test.`,
      `Show it: \`npm run new -- panel ${id}\`, and in the panel \`followStudy(host.peer, { study: "${id}", files, parameters }, …)\` (webview/shell/study.ts).`,
    ],
  };
}
