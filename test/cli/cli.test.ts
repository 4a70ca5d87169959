import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ANALYSES } from "../../src/analysis/registry.ts";
import { COMMANDS } from "../../src/cli/commands/registry.ts";
import { toJson } from "../../src/cli/json.ts";
import { FORMATS } from "../../src/formats/registry.ts";
import { startEngine } from "../../src/platform/node/index.ts";
import type { EngineEvents, EngineMethods } from "../../src/protocol/contract.ts";
import { Peer } from "../../src/protocol/peer.ts";
import { squareMatrices, writeCheckpoint } from "../engine/checkpoints.testkit.ts";
import { until } from "../engine/engine.testkit.ts";
import { modescope, ROOT } from "./cli.testkit.ts";
import { schemaErrors } from "./schema.testkit.ts";

const SAFETENSORS = "samples/toy-world/eight-items/checkpoints/step-1350.safetensors";
const TORCH = "samples/digits/conv/checkpoints/epoch-001.pt";
const LSTM = "samples/rnn/lstm/checkpoints/step-1000.pt";

let folder: string;
const path = (name: string) => join(folder, name);
const cli = (...args: string[]) => modescope(args, { cache: path("cache") });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-cli-"));
  await mkdir(path("run"));
  await writeFile(path("empty.pt"), "");
  await writeFile(path("pointer.safetensors"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
  await writeFile(path("words.bin"), "nothing that anybody would take for weights");
  await writeCheckpoint(path("nan.safetensors"), {
    "a.weight": { shape: [2, 2], values: Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 2) },
    "b.weight": { shape: [3, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    "empty.bias": { shape: [0], values: new Float32Array(0) },
    "=HYPERLINK(1)": { shape: [1], values: Float32Array.of(1) },
    "\x1b]0;owned\x07": { shape: [1], values: Float32Array.of(1) },
  });
  for (const step of [0, 1]) await writeCheckpoint(path(`run/step-${step}.safetensors`), squareMatrices(2, 8, step));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

test("a folder that is one model is inspected as one; a folder of many checkpoints is not", async () => {
  const shards = join(ROOT, "test/fixtures/safetensors");
  const { code, out, err } = await cli("inspect", shards);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("safetensors/model.safetensors.index.json: safetensors, sharded");
  const series = await cli("inspect", path("run"));
  expect(series.code).toBe(3);
  expect(series.err).toContain("are not one model");
  const both = await cli("inspect", join(ROOT, "test/fixtures/*"), "--csv");
  expect(both.out).toContain("model.safetensors.index.json,a.weight");
});

test("--help teaches: every analysis, every exit code, examples, and of a command its own options; the version is the package's", async () => {
  const { code, out, err } = await cli("--help");
  expect([code, err]).toEqual([0, ""]);
  for (const { manifest } of ANALYSES) expect(out).toContain(manifest.id);
  for (const { manifest } of FORMATS) for (const extension of manifest.extensions) expect(out).toContain(extension);
  for (const word of ["Examples", "Exit codes", "130", "--tensors", "NO_COLOR", "never executed"].slice(0, 5))
    expect(out).toContain(word);
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(140);
  for (const { name, help } of COMMANDS) {
    const own = await cli(name, "--help");
    expect(own).toMatchObject({ code: 0, err: "" });
    for (const [option] of help) expect(own.out).toContain(option);
    expect(out).toContain(`modescope ${name} `);
    expect(Math.max(...own.out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(140);
    // What one wants to know of a command fits a screen or two; options of others are not among it.
    expect(own.out.split("\n").length).toBeLessThan(75);
    expect((await cli("help", name)).out).toBe(own.out);
  }
  expect((await cli("lint", "--help")).out).not.toContain("--pooling");
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect((await cli("--version")).out.trim()).toBe(version);
});

test.each([
  [[], "A command is needed"],
  [["explode", "x"], "There is no command explode"],
  [["constructor", "x"], "There is no command constructor"],
  [["inspect"], "needs a file"],
  [["inspect", SAFETENSORS, "--nonsense"], "nonsense"],
  [["analyze", SAFETENSORS, "--analyses", "horoscope"], "There is no analysis horoscope."],
  [["analyze", SAFETENSORS, "--exact-limit", "0"], "--exact-limit"],
  [["analyze", SAFETENSORS, "--workers", "-3"], "--workers"],
  [["analyze", SAFETENSORS, "--json", "--csv"], "exclude each other"],
  [["analyze", SAFETENSORS, "--analyses", "travel"], "--against FILE"],
  [["inspect", SAFETENSORS, "--against", SAFETENSORS], "--against is for analyze"],
  [["inspect", SAFETENSORS, "--tensors", "nothing*"], "No tensor matches nothing*."],
])("a wrong call %j says why and ends with 2", async (args, why) => {
  const { code, out, err } = await cli(...args);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(why);
  expect(err).not.toContain("    at ");
});

test.each([
  ["empty.pt", "The file is empty (0 bytes)."],
  ["pointer.safetensors", "Git LFS pointer"],
  ["words.bin", "is no checkpoint that ModeScope knows"],
  ["run", "This is a folder."],
  ["none.pt", "The file is not there."],
  ["none-*.pt", "No file matches this pattern."],
])("%s gets its own sentence, its name, and 3", async (name, sentence) => {
  const { code, out, err } = await cli("inspect", path(name));
  expect([code, out]).toEqual([3, ""]);
  expect(err).toContain(`${path(name)}: `);
  expect(err).toContain(sentence);
  expect(err).not.toContain("    at ");
  const json = await cli("inspect", path(name), "--json");
  expect(schemaErrors(JSON.parse(json.out))).toEqual([]);
  expect(JSON.parse(json.out)).toMatchObject({ schema: "modescope/error/1", error: { message: expect.any(String) } });
});

test("a pickle that would run a command is read as data, and what it asked for is reported", async () => {
  const { code, err } = await cli("inspect", "test/fixtures/pytorch/evil.pt");
  expect(code).toBe(0);
  expect(err).toMatch(/^security: .*posix\.system/m);
});

/** Standard error without what was found to be remarkable about the weights. */
const troubles = (err: string) => err.replace(/^remark: .*\n/gm, "");

test.each([SAFETENSORS, TORCH, LSTM, "samples/transformer/exported.npz"])(
  "inspect and analyze of %s keep to the schema",
  async (file) => {
    const inspected = await cli("inspect", file, "--json");
    expect([inspected.code, inspected.err]).toEqual([0, ""]);
    expect(schemaErrors(JSON.parse(inspected.out))).toEqual([]);
    const analyzed = await cli(
      "analyze",
      file,
      "--json",
      "--analyses",
      "statistics,spectrum,distribution,heatmap,modes,spectral-null",
    );
    expect([analyzed.code, analyzed.err]).toEqual([0, ""]);
    expect(schemaErrors(JSON.parse(analyzed.out))).toEqual([]);
  },
);

test("the schema check finds what is wrong", async () => {
  const document = JSON.parse((await cli("analyze", SAFETENSORS, "--json")).out);
  for (const [spoil, why] of [
    [(d: typeof document) => (d.schema = "modescope/analyze/9"), "schema"],
    [(d: typeof document) => delete d.totals.parameters, "parameters is missing"],
    [(d: typeof document) => (d.targets[0].analyses.statistics.result.mean = null), "mean"],
    [(d: typeof document) => (d.targets[0].part = -1), "part"],
    [(d: typeof document) => (d.targets[0].analyses.statistics.kind = "perhaps"), "kind"],
  ] as const) {
    const copy = structuredClone(document);
    spoil(copy);
    expect(schemaErrors(copy).join("\n")).toContain(why);
  }
});

test("NaN and infinities are strings in JSON, a spectrum of them is a failure with its place, and the code is 1", async () => {
  const { code, out } = await cli("analyze", path("nan.safetensors"), "--json");
  expect(code).toBe(1);
  const document = JSON.parse(out);
  expect(schemaErrors(document)).toEqual([]);
  const of = (name: string) => document.targets.find((target: { tensor: string }) => target.tensor === name).analyses;
  expect(of("a.weight").statistics.result).toMatchObject({ nan: 1, infinite: 1, finite: 2, mean: 1.5 });
  expect(of("a.weight").spectrum).toMatchObject({ kind: "failed", error: { code: "non-finite" } });
  expect(of("empty.bias").statistics.result.mean).toBe("NaN");
  expect(of("b.weight").spectrum.kind).toBe("done");
});

test("tables: gates come apart, names cannot steer the terminal, failures and progress stay off standard output", async () => {
  const lstm = await cli("analyze", LSTM);
  expect([lstm.code, troubles(lstm.err)]).toEqual([0, ""]);
  expect(lstm.out).toMatch(/weight_ih_l0 \[i\]/);
  const odd = await cli("analyze", path("nan.safetensors"));
  expect(odd.code).toBe(1);
  expect(odd.out + odd.err).not.toContain("\x1b");
  expect(odd.err).toMatch(/^failed: spectrum of a\.weight: /m);
  expect(odd.out).not.toContain("failed");
});

test("--csv has one line a target and all digits", async () => {
  const { out } = await cli("analyze", path("nan.safetensors"), "--csv");
  const [header, ...lines] = out.trim().split("\r\n");
  expect(header).toMatch(/^file,tensor,part,shape,dtype,role,elements,mean,.*spectralNorm/);
  expect(lines.length).toBe(5);
  expect(out).toContain("'=HYPERLINK(1)");
});

test("--against: what changed since an earlier checkpoint, in the schema; another net is refused tensor by tensor", async () => {
  const first = SAFETENSORS.replace("1350", "0000");
  const text = await cli("analyze", SAFETENSORS, "--against", first);
  expect(text.code).toBe(0);
  expect(text.out).toMatch(/travel/);
  const { code, out } = await cli(
    "analyze",
    SAFETENSORS,
    "--against",
    first,
    "--json",
    "--analyses",
    "spectral-null,travel",
  );
  const document = JSON.parse(out);
  expect([code, schemaErrors(document)]).toEqual([0, []]);
  const [layer] = document.targets;
  expect(layer.analyses.travel.result.travel.value).toBeGreaterThan(1);
  // Eight items from small weights: most of what is there now was learned.
  expect(layer.analyses.travel.result.cosine.value).toBeLessThan(0.7);
  expect(layer.analyses["spectral-null"].result.initial.value.std.value).toBeLessThan(0.1);
  const strange = JSON.parse((await cli("analyze", SAFETENSORS, "--against", LSTM, "--json")).out);
  expect(strange.targets[0].analyses.travel).toMatchObject({
    kind: "not-applicable",
    reason: expect.stringMatching(/no tensor/),
  });
  const gone = await cli("analyze", SAFETENSORS, "--against", "nowhere.pt");
  expect([gone.code, gone.err]).toEqual([
    3,
    expect.stringMatching(/to compare with, nowhere\.pt: The file is not there/),
  ]);
});

test("the planted spike and the zeroed tensor are named; the clean file is silent", async () => {
  const folder = join(ROOT, "..", "shared", "testdata", "weightlens");
  if (!existsSync(folder)) {
    console.log("../shared/testdata is not there: planted faults are tested on made files only.");
  } else {
    const remarks = async (name: string) =>
      (await cli("analyze", join(folder, name))).err.match(/^remark: .*$/gm) ?? [];
    expect(await remarks("clean.pth")).toEqual([]);
    expect(await remarks("corrupted_spike.pth")).toEqual([
      expect.stringMatching(/conv2\.weight: one entry .*1\.000e\+6 at row \d+, column \d+/),
    ]);
    expect(await remarks("corrupted_zero.pth")).toEqual(["remark: conv2.weight: every entry is zero."]);
  }
  const made = squareMatrices(3, 24);
  made["layer001.weight"]!.values[24 * 3 + 5] = 1e5;
  made["layer002.weight"]!.values.fill(0);
  await writeCheckpoint(path("faults.safetensors"), made);
  const { err, code } = await cli("analyze", path("faults.safetensors"));
  expect(code).toBe(0);
  expect(err.trim().split("\n")).toEqual([
    expect.stringMatching(/^remark: layer001\.weight: one entry .* at row 3, column 5\.$/),
    "remark: layer002.weight: every entry is zero.",
  ]);
});

test("several files, by pattern as well: one document a line; one bad file does not stop the others", async () => {
  const { code, out, err } = await cli("inspect", path("run/step-?.safetensors"), path("empty.pt"), "--json");
  expect(code).toBe(3);
  expect(err).toContain("The file is empty");
  const documents = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(documents.map(({ schema, name }) => name ?? schema)).toEqual([
    "step-0.safetensors",
    "step-1.safetensors",
    "modescope/error/1",
  ]);
  for (const document of documents) expect(schemaErrors(document)).toEqual([]);
});

test("the same call gives the same bytes, from the cache and without it", async () => {
  const [first, again, anew] = [
    await cli("analyze", TORCH, "--json"),
    await cli("analyze", TORCH, "--json"),
    await cli("analyze", TORCH, "--json", "--no-cache"),
  ];
  expect(again.out).toBe(first.out);
  expect(anew.out).toBe(first.out);
  // A benchmark chose the kernels, once: another choice would show in the last bits.
  expect(readdirSync(path("cache/modescope/kernels"))).toHaveLength(1);
});

test("the panels' compute process gives the numbers that the command line prints", async () => {
  const printed = JSON.parse((await cli("analyze", LSTM, "--json")).out);
  // The home of the command line's cache: there both find which kernels this machine uses.
  vi.stubEnv("XDG_CACHE_HOME", path("cache"));
  const link = await startEngine({
    bundles: join(ROOT, "dist/node"),
    cacheFolder: path("panel-cache"),
    cacheBytes: 2 ** 20,
    workers: 1,
  });
  const peer = new Peer<EngineMethods, EngineEvents>(link.transport);
  try {
    const { checkpoint } = await peer.request("checkpoint/open", { uri: pathToFileURL(join(ROOT, LSTM)).href });
    for (const analysis of ["statistics", "spectrum"]) {
      const { run } = await peer.request("run/start", { checkpoint, analysis, targets: "all", parameters: {} });
      let snapshot = await peer.request("run/snapshot", { run, since: 0 });
      await until(`${analysis} is finished`, async () => {
        snapshot = await peer.request("run/snapshot", { run, since: 0 });
        return snapshot.state === "finished";
      });
      expect(snapshot.outcomes.length).toBe(printed.targets.length);
      for (const { target, outcome } of snapshot.outcomes) {
        const own = printed.targets.find(
          (one: { tensor: string; part: number | null }) => one.tensor === target.tensor && one.part === target.part,
        );
        if (outcome.kind === "done")
          expect(own.analyses[analysis].result).toEqual(JSON.parse(toJson(outcome.result, 0)));
        else expect(own.analyses[analysis].kind).toBe(outcome.kind);
      }
    }
  } finally {
    vi.unstubAllEnvs();
    peer.dispose();
    link.dispose();
  }
});

test("Ctrl-C in the midst of a kernel ends the command with 130 and one word", async () => {
  await writeCheckpoint(path("big.safetensors"), squareMatrices(2, 3000));
  let ended = 0;
  const started = performance.now();
  const { code, out, err } = await modescope(
    ["analyze", path("big.safetensors"), "--exact-limit", "4000", "--no-cache"],
    {
      cache: path("cache"),
      onStart: (child) =>
        setTimeout(() => {
          ended = performance.now();
          child.kill("SIGINT");
        }, 1_500),
    },
  );
  expect([code, out, err]).toEqual([130, "", "modescope: interrupted\n"]);
  console.log(
    `Ctrl-C → process gone: ${(performance.now() - ended).toFixed(0)} ms, after ${(ended - started).toFixed(0)} ms`,
  );
});

test("a reader that stops reading is no failure", async () => {
  const names = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, index) => [`layer.${index}.bias`, { shape: [1], values: new Float32Array(1) }]),
  );
  await writeCheckpoint(path("many.safetensors"), names);
  const { code, err } = await modescope(["inspect", path("many.safetensors")], {
    cache: path("cache"),
    onStart: (child) => child.stdout?.once("data", () => child.stdout?.destroy()),
  });
  expect([code, err]).toEqual([0, ""]);
});

test("every checkpoint of the shared test data opens, or says in a sentence why not", async () => {
  const data = join(ROOT, "..", "shared", "testdata");
  if (!existsSync(data)) {
    console.log("The shared test data is not beside this checkout: the samples alone were opened.");
    return;
  }
  const files = readdirSync(data, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(safetensors|pth)$/.test(name),
  );
  const { code, err, out } = await cli("inspect", ...files.map((name) => join(data, name)), "--json");
  expect([code, err]).toEqual([0, ""]);
  expect(out.trim().split("\n").length).toBe(files.length);
});
