import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { SourceLint } from "../../lint/source/sourceLint.ts";
import { DEFAULT_SETTINGS, type StatedLaw } from "../../lint/types.ts";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { checkpointLintStudy } from "./index.ts";

/** Files that the sources beside them drew, one for each of 52 seeds (scripts/fixtures/source_checkpoint.py). */
const MADE = "test/fixtures/source-checkpoint";
const FRAMEWORKS = ["torch", "keras", "flax"] as const;
type Framework = (typeof FRAMEWORKS)[number];

const sourceOf = (framework: Framework) => readFileSync(`${MADE}/${framework}_net.py`, "utf8");
const lawsOf = (text: string) => new SourceLint().lint(text, DEFAULT_SETTINGS).laws;
const folder = mkdtempSync(join(tmpdir(), "modescope-sources-"));

function filesOf(framework: Framework): readonly string[] {
  return Object.entries(unzipSync(readFileSync(`${MADE}/${framework}.zip`))).map(([name, bytes]) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  });
}

const compare = async (path: string, framework: Framework, laws: readonly StatedLaw[]) => {
  const sources = [{ uri: `file:///w/${framework}_net.py`, laws, chosen: false }];
  const { result } = await runStudyOn(checkpointLintStudy, [{ role: "checkpoint", path }], { sources });
  return result;
};

interface Lie {
  readonly truth: string;
  readonly says: string;
  readonly about: readonly string[];
}

/** The files stay, the source is made to say something else: each kind of statement that is compared. */
const LIES: Readonly<Record<Framework, readonly Lie[]>> = {
  torch: [
    { truth: "std=0.05", says: "std=0.08", about: ["small.weight"] },
    { truth: "xavier_uniform_(self.up", says: "xavier_normal_(self.up", about: ["up.weight"] },
    { truth: "kaiming_normal_(self.conv", says: "kaiming_uniform_(self.conv", about: ["conv.weight"] },
    {
      truth: "orthogonal_(self.turn.weight, gain=math.sqrt(2))",
      says: "xavier_normal_(self.turn.weight, gain=math.sqrt(2))",
      about: ["turn.weight"],
    },
    {
      truth: "normal_(self.small.weight, std=0.05)",
      says: "orthogonal_(self.small.weight, gain=0.05*math.sqrt(40))",
      about: ["small.weight"],
    },
    { truth: "std=0.1, a=-0.2, b=0.2", says: "std=0.08796", about: ["cut.weight"] },
    {
      truth: "uniform_(self.shifted.weight, 0.0, 0.5)",
      says: "uniform_(self.shifted.weight, -0.25, 0.25)",
      about: ["shifted.weight"],
    },
    { truth: "constant_(self.conv.bias, 0.1)", says: "constant_(self.conv.bias, 0.2)", about: ["conv.bias"] },
    { truth: "        nn.init.zeros_(self.small.bias)\n", says: "", about: ["small.bias"] },
    { truth: "normal_(self.cut.bias, std=0.1)", says: "zeros_(self.cut.bias)", about: ["cut.bias"] },
    { truth: "constant_(self.norm.weight, 0.5)", says: "zeros_(self.norm.weight)", about: ["norm.weight"] },
    { truth: "nn.init.trunc_normal_(self.place, std=0.02)", says: "nn.init.normal_(self.place)", about: ["place"] },
    {
      truth: "self.head.weight = self.emb.weight",
      says: "nn.init.normal_(self.head.weight)",
      about: ["head.weight"],
    },
    {
      truth: "self.head.weight = self.emb.weight",
      says: "self.head.weight = self.emb.weight\n        self.shifted.bias = self.cut.bias",
      about: ["shifted.bias"],
    },
    {
      truth: "nn.LSTM(16, 8, batch_first=True)",
      says: "nn.LSTM(16, 8, batch_first=True)\n        nn.init.normal_(self.lstm.weight_hh_l0)",
      about: ["lstm.weight_hh_l0"],
    },
    {
      truth: "padding_idx=0)",
      says: "padding_idx=0)\n        nn.init.normal_(self.emb.weight, std=0.02)",
      about: ["emb.weight", "head.weight"],
    },
  ],
  keras: [
    { truth: '"he_normal"', says: '"glorot_uniform"', about: ["layers/conv1d/kernel"] },
    { truth: '"he_normal"', says: '"he_uniform"', about: ["layers/conv1d/kernel"] },
    { truth: "Constant(0.1)", says: "Constant(0.2)", about: ["layers/conv1d_1/bias"] },
    { truth: "gain=1.5", says: "gain=1.0", about: ["layers/dense_1/kernel"] },
    { truth: 'gamma_initializer="zeros"', says: "", about: ["layers/layer_normalization/gamma"] },
    { truth: "stddev=0.2", says: "stddev=0.25", about: ["layers/wide/kernel"] },
    {
      truth: "TruncatedNormal(stddev=0.1)",
      says: "RandomUniform(minval=-0.152, maxval=0.152)",
      about: ["layers/dense_2/kernel"],
    },
    { truth: '"lecun_uniform"', says: '"lecun_normal"', about: ["layers/dense_3/kernel"] },
    { truth: ', bias_initializer="random_normal"', says: "", about: ["layers/dense_3/bias"] },
  ],
  flax: [
    { truth: "he_normal()", says: "he_uniform()", about: ["params/Dense_1/kernel"] },
    { truth: "constant(0.1)", says: "zeros", about: ["params/Dense_1/bias"] },
    { truth: "scale=1.5", says: "scale=1.0", about: ["params/Conv_0/kernel"] },
    { truth: "stddev=0.2", says: "stddev=0.3", about: ["params/wide/kernel"] },
    { truth: "uniform(scale=0.3)", says: "normal(stddev=0.0866)", about: ["params/Dense_2/kernel"] },
    { truth: "glorot_uniform()", says: "glorot_normal()", about: ["params/Dense_4/kernel"] },
    { truth: ", bias_init=nn.initializers.normal(stddev=0.1)", says: "", about: ["params/Dense_4/bias"] },
    {
      truth: "nn.Embed(24, 16)",
      says: "nn.Embed(24, 16, embedding_init=nn.initializers.normal(stddev=1.0))",
      about: ["params/Embed_0/embedding"],
    },
    {
      truth: "nn.LayerNorm()",
      says: "nn.LayerNorm(scale_init=nn.initializers.zeros)",
      about: ["params/LayerNorm_0/scale"],
    },
  ],
};

const AGREES: Readonly<Record<Framework, RegExp>> = {
  torch:
    /^Agrees with torch_net\.py in all 26 parameters that it states a law of, 1 of them tied \(\d+ comparisons, at a level of 0\.001/,
  keras: /^Agrees with keras_net\.py in all 17 parameters/,
  flax: /^Agrees with flax_net\.py in all 17 parameters/,
};

describe.each(FRAMEWORKS)("%s", (framework) => {
  const files = filesOf(framework);

  test("a source that tells the truth is not contradicted, at any of the seeds", { timeout: 120_000 }, async () => {
    const laws = lawsOf(sourceOf(framework));
    const wrong: unknown[] = [];
    for (const path of files) {
      const { findings, notes } = await compare(path, framework, laws);
      wrong.push(
        ...findings.filter(({ rule }) => rule === "MF024").map(({ message, tensor }) => ({ path, tensor, message })),
      );
      if (path === files[0]) expect(notes[0]).toMatch(AGREES[framework]);
    }
    expect(files.length).toBe(52);
    expect(wrong).toEqual([]);
  });

  test.each(LIES[framework])(
    "one that says “$says” instead lies about $about, and about nothing else",
    async ({ truth, says, about }) => {
      const text = sourceOf(framework);
      expect(text).toContain(truth);
      const { findings } = await compare(files[0]!, framework, lawsOf(text.replace(truth, says)));
      const lies = findings.filter(({ rule }) => rule === "MF024");
      expect(lies.map(({ tensor }) => tensor)).toEqual(about);
      for (const { message, stated, assumptions } of lies) {
        expect(message).toContain(`${framework}_net.py`);
        expect(stated?.message).toContain("of before training");
        expect(assumptions.join()).toMatch(/\d+ comparisons of this file at a level of 0\.001 together/);
      }
    },
  );

  test("of what was trained nothing is said but that it cannot be told", async () => {
    const laws = lawsOf(sourceOf(framework)).map((law) => ({ ...law, variance: 3 * law.variance, mean: law.mean + 1 }));
    const later = join(folder, `${framework}-step40${/step0(.*)$/.exec(files[0]!)?.[1]}`);
    writeFileSync(later, readFileSync(files[0]!));
    const { findings, notes } = await compare(later, framework, laws);
    expect(findings.filter(({ rule }) => rule === "MF024")).toEqual([]);
    expect(notes[0]).toContain("its name says step 40");
  });
});
