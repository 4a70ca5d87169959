// An analysis that works from its first minute: Geary's ratio of mean to standard deviation. Replace the number by your own.

/** @param {{ id: string, camel: string, pascal: string, title: string }} names */
export function analysisFiles({ id, camel, pascal, title }) {
  return {
    registry: {
      path: "src/analysis/registry.ts",
      list: "ANALYSES",
      entry: `${camel}Analysis`,
      from: `./${id}/index.ts`,
    },
    folder: `src/analysis/${id}`,
    files: {
      "types.ts": `/** Result of the analysis of one target. */
export interface ${pascal}Result {
  /** Finite elements that were read. */
  readonly elements: number;
  /** Mean absolute value over root mean square; NaN where there is no finite element or all are zero. */
  readonly gearyRatio: number;
}
`,
      "manifest.ts": `import type { AnalysisManifest } from "../types.ts";

const GEARY = "Geary 1935, The ratio of the mean deviation to the standard deviation as a test of normality, Biometrika 27";

export const manifest = {
  id: "${id}",
  version: 1,
  title: "${title}",
  description: "How heavy the tails of the elements are, as the ratio of mean absolute value to root mean square.",
  needs: ["weights"],
  citations: [GEARY],
  assumptions: ["The elements' law is centred at zero: deviations are taken from 0, not from the mean."],
  parameters: {},
  quantities: {
    elements: {
      label: "Finite elements",
      symbol: "n",
      definition: "Elements that are neither NaN nor infinite.",
      equation: "n = #{i : |xᵢ| < ∞}",
      source: "Counted from the decoded values.",
      assumptions: [],
      nullModel: "all of them in a healthy network",
    },
    gearyRatio: {
      label: "Geary's ratio",
      symbol: "w",
      definition: "Mean absolute value divided by the root mean square: small where few elements carry most of the square.",
      equation: "w = ⟨|x|⟩ / √⟨x²⟩",
      source: GEARY,
      assumptions: ["Taken over the finite elements of the target."],
      nullModel: "√(2/π) ≈ 0.798 for a centred Gaussian; √3/2 ≈ 0.866 for a centred uniform law",
    },
  },
  cacheable: true,
} satisfies AnalysisManifest;
`,
      "index.ts": `import { DTYPES } from "../../base/dtype.ts";
import { forEachChunk } from "../_shared/input.ts";
import { readParameters } from "../_shared/parameters.ts";
import type { Analysis } from "../types.ts";
import { manifest } from "./manifest.ts";
import type { ${pascal}Result } from "./types.ts";

/**
 * w = ⟨|x|⟩ / √⟨x²⟩ over the finite elements x (Geary 1935). One pass, sums in float64; relative error at most about n·2⁻⁵³.
 * Special cases: no finite element, or all zero, gives NaN. Cost: O(n), memory of one chunk.
 */
export const ${camel}Analysis: Analysis<${pascal}Result> = {
  manifest,

  applies(tensor) {
    if (DTYPES[tensor.dtype].kind !== "complex") return null;
    return { reason: \`\${tensor.name} is complex (\${tensor.dtype}): only real values are summarised.\` };
  },

  async run(context, parameters) {
    readParameters(manifest.parameters, parameters);
    let elements = 0;
    let absolute = 0;
    let square = 0;
    await forEachChunk(context, (values) => {
      for (const value of values) {
        if (!Number.isFinite(value)) continue;
        elements++;
        absolute += Math.abs(value);
        square += value * value;
      }
    });
    context.progress(1);
    return { elements, gearyRatio: absolute / elements / Math.sqrt(square / elements) };
  },
};
`,
      [`${camel}.test.ts`]: `import { expect, test } from "vitest";
import { contextOf, memoryCheckpoint } from "../_shared/testCheckpoint.testkit.ts";
import { ${camel}Analysis } from "./index.ts";

const run = (values: ArrayLike<number>) => {
  const checkpoint = memoryCheckpoint({ a: { shape: [values.length], values, dtype: "f64" } });
  return ${camel}Analysis.run(contextOf(checkpoint, { tensor: "a" }), {});
};

test("reference values by hand: ⟨|x|⟩ = 2.5, ⟨x²⟩ = 7.5", async () => {
  const { elements, gearyRatio } = await run([1, -2, 3, -4]);
  expect(elements).toBe(4);
  expect(gearyRatio).toBeCloseTo(2.5 / Math.sqrt(7.5), 14);
});

test("an even grid on [−1, 1] has the uniform law's √3/2", async () => {
  const n = 20_000;
  const { gearyRatio } = await run(Float64Array.from({ length: n }, (_, i) => (2 * i + 1) / n - 1));
  expect(gearyRatio).toBeCloseTo(Math.sqrt(3) / 2, 7);
});

test("non-finite elements are left out; nothing finite, or only zeros, is NaN", async () => {
  expect(await run([Number.NaN, 2, Number.POSITIVE_INFINITY])).toEqual({ elements: 1, gearyRatio: 1 });
  expect((await run([Number.NaN])).gearyRatio).toBeNaN();
  expect((await run([0, 0])).gearyRatio).toBeNaN();
});

test("complex tensors are refused with a sentence, parameters by name", async () => {
  const checkpoint = memoryCheckpoint({ c: { shape: [1], values: [1], dtype: "c64" }, r: { shape: [1], values: [1] } });
  const target = { tensor: "c", part: null, tap: null };
  expect(${camel}Analysis.applies(checkpoint.described[0]!, target)?.reason).toContain("complex");
  await expect(${camel}Analysis.run(contextOf(checkpoint, { tensor: "r" }), { bins: 3 })).rejects.toMatchObject({
    code: "bad-request",
  });
});
`,
      "README.md": `# ${title}

How heavy the tails of a target's elements are.

**Computes** Geary's ratio w = ⟨|x|⟩ / √⟨x²⟩ over the finite elements, and how many those are.

**How.** One pass in chunks, sums in float64.

**Source.** Geary 1935, Biometrika 27. **Null:** √(2/π) ≈ 0.798 for a centred Gaussian, √3/2 ≈ 0.866 for a centred uniform law.

**Checked against** values by hand and the uniform law's closed form.

**Limits**

- Complex tensors are refused.
- Deviations are taken from zero: a law with a mean gives a ratio nearer to 1.
`,
    },
    next: [
      `Replace the number in src/analysis/${id}/index.ts, and with it the cards in manifest.ts and the reference values in the test.`,
      "Raise `version` in its manifest whenever results change: it is part of every cache key.",
    ],
  };
}
