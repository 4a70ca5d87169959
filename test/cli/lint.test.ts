import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RULES } from "../../src/lint/rules/registry.ts";
import { modescope } from "./cli.testkit.ts";
import { schemaErrors } from "./schema.testkit.ts";

const HISTORICAL = "test/fixtures/lint/historical";
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-lint-"));
});
afterAll(() => rm(folder, { recursive: true }));
const lint = (...args: string[]) => modescope(["lint", ...args], { cache: join(folder, "cache") });

test("text: a place, a severity, a rule; the exit code follows --max-severity", async () => {
  const { code, out, err } = await lint(`${HISTORICAL}/glorot_relu.py`);
  expect(out).toMatch(/^test\/fixtures\/lint\/historical\/glorot_relu\.py:12:13: warning MF001 Ordered phase: /);
  expect(err).toContain("1 file, 1 finding.");
  expect(code).toBe(1);
  expect((await lint(`${HISTORICAL}/glorot_relu.py`, "--max-severity", "warning")).code).toBe(0);
  expect((await lint(`${HISTORICAL}/trunc_normal.py`)).code).toBe(0);
  expect((await lint(`${HISTORICAL}/trunc_normal.py`, "--max-severity", "none")).code).toBe(1);
  expect((await lint(`${HISTORICAL}/none.py`)).code).toBe(3);
  expect((await lint(HISTORICAL, "--format", "xml")).code).toBe(2);
});

test("what was not read is said of every file; verdict and notes of the files that were named", async () => {
  const sources = join(folder, "remarks");
  await mkdir(sources);
  await writeFile(join(sources, "long.py"), `x = ${"(".repeat(150_000)}${")".repeat(150_000)}\n`);
  const { out, err, code } = await lint(sources, "samples/rnn/lstm/checkpoints/step-0100.pt");
  expect([out, code]).toEqual(["", 0]);
  expect(err).toMatch(/long\.py: Line 1: A statement of 300,004 characters is not read/);
  expect(err).toMatch(/step-0100\.pt: Trained: \d of 9 weights look like no draw/);
  expect((await lint("samples/rnn/lstm/checkpoints")).err).toBe("4 files, 0 findings.\n");
});

test("a folder: every source below it; JSON keeps to its schema, SARIF and JUnit to theirs", async () => {
  const [json, sarif, junit, github] = await Promise.all([
    lint(HISTORICAL, "--json"),
    lint(HISTORICAL, "--format", "sarif"),
    lint(HISTORICAL, "--format", "junit"),
    lint(HISTORICAL, "--format", "github"),
  ]);
  const document = JSON.parse(json.out);
  expect(schemaErrors(document)).toEqual([]);
  const count = document.files.flatMap((file: { findings: unknown[] }) => file.findings).length;
  expect(count).toBeGreaterThan(30);
  const [run] = JSON.parse(sarif.out).runs;
  expect(run.results).toHaveLength(count);
  expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(RULES.map(({ id }) => id));
  for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
  expect(junit.out.match(/<failure /g)).toHaveLength(count);
  expect(junit.out.match(/<testcase /g)).toHaveLength(document.files.length);
  expect(github.out.trim().split("\n")).toHaveLength(count);
  expect(github.out).toContain("::error file=test/fixtures/lint/historical/torch_default_relu.py,line=");
});

test("a configuration above the files: severities, a rule off, files left out; a notebook's cell is named", async () => {
  const project = join(folder, "project");
  await mkdir(join(project, "src"), { recursive: true });
  await writeFile(join(project, "src", "a.py"), await readFile(`${HISTORICAL}/trunc_normal.py`));
  const cell = (source: string) => ({ cell_type: "code", source });
  await writeFile(
    join(project, "src", "b.ipynb"),
    JSON.stringify({
      cells: [
        { cell_type: "markdown", source: "x" },
        cell("from torch import nn\nl = nn.Linear(9, 9)"),
        cell("\nnn.init.uniform_(l.weight)"),
      ],
    }),
  );
  await writeFile(join(project, "modescope.json"), JSON.stringify({ lint: { severities: { MF008: "error" } } }));
  const { out, code } = await lint(join(project, "src"));
  expect(out).toMatch(/a\.py:\d+:9: error MF008/);
  expect(out).toMatch(/b\.ipynb:cell 3:2:1: error MF008/);
  expect(code).toBe(1);
  await writeFile(join(project, "modescope.json"), JSON.stringify({ lint: { severities: { MF008: "off" } } }));
  expect((await lint(join(project, "src"))).out).toBe("");
  await writeFile(join(project, "modescope.json"), JSON.stringify({ lint: { exclude: ["*a.py", "*.ipynb"] } }));
  expect((await lint(join(project, "src"))).out).toBe("");
  await writeFile(join(project, "modescope.json"), "{");
  expect((await lint(join(project, "src"))).code).not.toBe(0);
});

test("a source and the file of before training agree; with another law the file says which line lies", async () => {
  const honest = await lint("samples/digits/train_mlp.py", "samples/digits/mlp/checkpoints/epoch-000.pt");
  expect([honest.out, honest.code]).toEqual(["", 0]);
  const source = await readFile("samples/digits/train_mlp.py", "utf8");
  const lying = join(folder, "train_mlp.py");
  await writeFile(
    lying,
    source.replace("    optimizer =", "    nn.init.kaiming_normal_(model[2].weight)\n    optimizer ="),
  );
  const { out, code } = await lint(lying, "samples/digits/mlp/checkpoints/epoch-000.pt");
  expect(out).toMatch(
    /epoch-000\.pt .*2\.weight: warning MF024 train_mlp\.py \(kaiming_normal_\) states Var\(W\) = 0\.0208; the file has 0\.00/,
  );
  // The line that lies has a finding of its own, with its place.
  expect(out).toMatch(
    /train_mlp\.py:\d+:5: warning MF024 kaiming_normal_ states .*epoch-000\.pt, of before training: the file has 0\.00/,
  );
  expect(code).toBe(1);
});

test("a broken checkpoint in every form: tensors, blocks and rules are named, what was not looked at is noted", async () => {
  const made = ["test/fixtures/checkpoint-lint/broken.pt", "test/fixtures/checkpoint-lint/drawn.pt"];
  const [json, sarif, junit, text] = await Promise.all([
    lint(...made, "--json"),
    lint(...made, "--format", "sarif"),
    lint(...made, "--format", "junit"),
    lint(...made),
  ]);
  const document = JSON.parse(json.out);
  expect(schemaErrors(document)).toEqual([]);
  const [broken, drawn] = document.files;
  expect(broken.findings.map(({ rule }: { rule: string }) => rule)).toContain("MF022");
  expect(broken.notes.join()).toContain("values.weight: It holds values that are no numbers: it has no spectrum.");
  expect(drawn.verdict.kind).toBe("initialization");
  const gate = drawn.weights.find(({ partLabel }: { partLabel: string | null }) => partLabel === "f");
  expect(gate.origin.law).toBe("torch-recurrent");
  const [run] = JSON.parse(sarif.out).runs;
  const nan = run.results.find(({ ruleId }: { ruleId: string }) => ruleId === "MF022");
  expect([nan.level, nan.message.text.startsWith("values.weight: 1 NaN")]).toEqual(["error", true]);
  expect(junit.out).toContain('<failure type="MF023"');
  expect(text.out).toContain("broken.pt rank.weight: warning MF023 Rank 12 of 40");
  expect(text.code).toBe(1);
});

test("the schema of the configuration knows every rule", async () => {
  const { properties } = JSON.parse(await readFile("docs/modescope.schema.json", "utf8")).properties.lint.properties
    .severities;
  expect(Object.keys(properties).sort()).toEqual(RULES.map(({ id }) => id).sort());
});
