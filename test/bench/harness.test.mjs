// The benches' own arithmetic, words and tables. No test here measures a time.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verdict } from "./lib/aims.mjs";
import { parseArguments } from "./lib/arguments.mjs";
import { headerOf, MODELS } from "./lib/checkpoints.mjs";
import { summarize } from "./lib/compare.mjs";
import { comparisonTable } from "./lib/comparisonTable.mjs";
import { partsOf, replacePart } from "./lib/document.mjs";
import { HARD, planted } from "./lib/hardMatrices.mjs";
import { interleave } from "./lib/interleave.mjs";
import { startLinePeer } from "./lib/linePeer.mjs";
import { pictureOf } from "./lib/picture.mjs";
import { peerEnvironment } from "./lib/python.mjs";
import { normalSource } from "./lib/random.mjs";
import { median, relativeSpread, speedRatio } from "./lib/statistics.mjs";
import { bytes, digits, markdownTable, ratio, time } from "./lib/table.mjs";
import { tailStrength, trainedMatrix } from "./lib/trained.mjs";
import { timeProcess } from "./lib/wholeProcess.mjs";
import { ROWS } from "./rows/index.mjs";

const PAGE = new URL("../../docs/performance.md", import.meta.url);

test("median, of even and odd counts, of none", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test("spread is half the interquartile range over the median", () => {
  expect(relativeSpread([1, 2, 3, 4, 5])).toBeCloseTo(1 / 3, 12);
  expect(relativeSpread([2, 2, 2])).toBe(0);
  expect(relativeSpread([2])).toBeNaN();
});

test("a ratio is taken round by round: a slow spell on both sides leaves it alone", () => {
  expect(speedRatio([1, 10, 1], [2, 20, 2])).toBe(2);
  // The ratio of the medians would be 2 / 1 only by luck of the rounds.
  expect(speedRatio([1, 10, 10], [2, 20, 20])).toBe(2);
  expect(speedRatio([1, 1], [5, undefined])).toBe(5);
  expect(speedRatio([undefined, 2], [8, undefined])).toBe(4);
});

test("every contestant runs once in each round, in order; one that is too slow sits out, one that fails is named", async () => {
  const order = [];
  const contestant = (id, seconds) => ({
    id,
    run: async () => {
      order.push(id);
      if (seconds === null) throw new Error("no memory");
      return { seconds };
    },
  });
  const results = await interleave([contestant("a", 1), contestant("slow", 99), contestant("bad", null)], 3);
  expect(order).toEqual(["a", "slow", "bad", "a", "a"]);
  expect(results.a.rounds).toEqual([1, 1, 1]);
  expect(results.slow.rounds).toEqual([99, undefined, undefined]);
  expect(results.bad.error).toBe("no memory");
});

test("a comparison keeps gaps with their reason and says who found other numbers", () => {
  const result = (rounds, answer, error = null) => ({ rounds, answer, error });
  const { cells, disagreements } = summarize(
    {
      product: result([1, 1], { top: 5 }),
      numpy: result([3, 3], { top: 5.00001 }),
      torch: result([2, 2], { top: 6 }),
      mlMatrix: result([], null, "out of memory"),
    },
    ["product", "numpy", "torch", "mlMatrix", "weightwatcher"],
    { weightwatcher: "pip failed" },
    ["top"],
  );
  expect(cells.numpy).toMatchObject({ seconds: 3, ratio: 3, runs: 2 });
  expect(cells.mlMatrix).toEqual({ gap: "out of memory" });
  expect(cells.weightwatcher).toEqual({ gap: "pip failed" });
  expect(disagreements).toEqual(["torch found top = 6, the others 5.00001"]);
  const text = comparisonTable("size", [{ name: "8×8", cells, disagreements }]);
  expect(text).toContain("3.00 s (3.00×)");
  expect(text).toContain("- Gap: ml-matrix: out of memory (everywhere).");
  expect(text).toContain("- 8×8: torch found top = 6");
});

test("arguments: rows by name, quick leaves docs alone, wrong words are told", () => {
  const ids = ["values", "topk"];
  expect(parseArguments([], ids)).toMatchObject({ quick: false, rows: ids, rounds: 5, docs: true, measure: true });
  expect(parseArguments(["--quick"], ids)).toMatchObject({ quick: true, rounds: 3, docs: false });
  expect(parseArguments(["--rows", "topk", "--rounds", "7"], ids)).toMatchObject({ rows: ["topk"], rounds: 7 });
  expect(parseArguments(["--docs-only"], ids)).toMatchObject({ measure: false, docs: true });
  expect(() => parseArguments(["--rows", "tpk"], ids)).toThrow("There is no row “tpk”. Rows: values, topk.");
  expect(() => parseArguments(["--rows"], ids)).toThrow("--rows needs a value");
  expect(() => parseArguments(["--rounds", "0"], ids)).toThrow("whole number");
  expect(() => parseArguments(["--fast"], ids)).toThrow("“--fast” is not known");
});

test("numbers as people read them", () => {
  expect([12.345, 0.00123, 4.5e-7, Number.NaN].map(time)).toEqual(["12.3 s", "1.23 ms", "0.450 µs", "–"]);
  expect([0.99951, 9.999, 123456, 0].map((value) => digits(value))).toEqual(["1.00", "10.0", "123000", "0"]);
  expect([2.345, 12.3, Number.NaN].map(ratio)).toEqual(["2.35×", "12×", "–"]);
  expect([100, 2048, 5e6, 3 * 2 ** 30].map(bytes)).toEqual(["100 B", "2.00 KiB", "4.77 MiB", "3.00 GiB"]);
});

test("a table is aligned, escapes its bars and shows what is missing", () => {
  expect(
    markdownTable(
      ["a", ">n"],
      [
        ["x|y", 1],
        ["z", undefined],
      ],
    ),
  ).toBe(["| a    |   n |", "| ---- | --: |", "| x\\|y |   1 |", "| z    |   – |"].join("\n"));
});

test("a part of a page is replaced and the rest kept; a page without the part is an error", () => {
  const page = "a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nb\n";
  const once = replacePart(page, "x", "new");
  expect(once).toBe("a\n<!-- bench:x -->\n\nnew\n\n<!-- /bench:x -->\nb\n");
  expect(replacePart(once, "x", "new")).toBe(once);
  expect(() => replacePart(page, "y", "new")).toThrow("no part");
});

test("the page has a part for every row, for the machine and for the aims", async () => {
  expect(partsOf(await readFile(PAGE, "utf8")).sort()).toEqual(
    [...ROWS.map(({ id }) => id), "machine", "aims", "similarity", "similarity-large"].sort(),
  );
});

test("the picture has a mark for each ratio, words for who cannot see it, and both schemes", () => {
  const svg = pictureOf([{ label: "a < b", cells: { numpy: { ratio: 2 }, torch: { gap: "gone" } } }], "machine & date");
  expect(svg).toContain("a &lt; b: NumPy, all threads 2.00");
  expect(svg).toContain("machine &amp; date");
  expect(svg).toContain("prefers-color-scheme:dark");
  // One in the legend, one on the line.
  expect(svg.match(/class="numpy open"/g)).toHaveLength(2);
  expect(svg.match(/class="torch open"/g)).toHaveLength(1);
});

test("verdicts: the aim needs the floor, and what was not measured is not judged", () => {
  expect(verdict([true], [true, true])).toBe("aim");
  expect(verdict([true], [true, false])).toBe("floor");
  expect(verdict([false], [true])).toBe("missed");
  expect(verdict([true], [null])).toBeNull();
});

test("the matrices' numbers are standard normal and the same every time", () => {
  const values = normalSource(3).fill(new Float64Array(100_001));
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const square = values.reduce((sum, x) => sum + x * x, 0) / values.length;
  const fourth = values.reduce((sum, x) => sum + x ** 4, 0) / values.length;
  // Four standard errors.
  expect(Math.abs(mean)).toBeLessThan(0.013);
  expect(Math.abs(square - 1)).toBeLessThan(0.018);
  expect(Math.abs(fourth - 3)).toBeLessThan(0.13);
  expect(normalSource(3).fill(new Float64Array(5))).toEqual(values.slice(0, 5));
});

test("a trained-looking matrix is noise plus the tail that was asked for", () => {
  let asked = null;
  const matrix = trainedMatrix(40, 60, 9, (rows, columns, depth, left, right) => {
    asked = { rows, columns, depth, last: Math.hypot(...right.subarray((depth - 1) * columns)), left: left.length };
    return new Float32Array(rows * columns).fill(1);
  });
  expect(asked).toMatchObject({ rows: 40, columns: 60, depth: 5, left: 200 });
  const unit = (0.02 * (Math.sqrt(40) + Math.sqrt(60))) / Math.sqrt(2400);
  expect(asked.last / (unit * tailStrength(5) * Math.sqrt(60))).toBeGreaterThan(0.5);
  expect(matrix.reduce((sum, x) => sum + x, 0) / matrix.length).toBeCloseTo(1, 2);
});

test("planted singular values stay: their squares sum to the matrix's, and no entry stays zero", () => {
  const { rows, columns, data } = planted(6, 4, [3, 2, 1, 0.5], 5);
  expect(data).toHaveLength(rows * columns);
  expect(data.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(9 + 4 + 1 + 0.25, 12);
  // The sum of fourth powers of the singular values is the squared norm of the Gram matrix.
  let fourth = 0;
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < columns; j++) {
      let dot = 0;
      for (let k = 0; k < rows; k++) dot += data[k * columns + i] * data[k * columns + j];
      fourth += dot * dot;
    }
  }
  expect(fourth).toBeCloseTo(81 + 16 + 1 + 0.0625, 11);
  expect(data.every((x) => x !== 0)).toBe(true);
  expect(Object.keys(HARD)).toContain("1×500");
});

test("models have the sizes of their names, and a header that says where each tensor lies", () => {
  const parameters = (model) =>
    MODELS[model].reduce((sum, [, shape]) => sum + shape.reduce((product, size) => product * size, 1), 0);
  expect(parameters("bert-base")).toBe(109_482_240);
  expect(parameters("gpt2-small")).toBe(124_439_808);
  expect(parameters("vit-base")).toBe(86_567_656);
  const header = headerOf([
    ["a", [2, 3]],
    ["b", [5]],
  ]);
  expect(Number(header.readBigUInt64LE())).toBe(header.length - 8);
  expect(header.length % 8).toBe(0);
  expect(JSON.parse(header.subarray(8).toString()).b.data_offsets).toEqual([24, 44]);
});

test("a peer's process answers line by line, past what its libraries print; its errors and its end are told", async () => {
  const folder = await mkdtemp(join(tmpdir(), "modescope-peer-"));
  try {
    const script = join(folder, "peer.mjs");
    await writeFile(
      script,
      `console.log("hello");
       process.stdin.on("data", (chunk) => {
         const { task } = JSON.parse(chunk);
         if (task === "die") process.exit(3);
         console.log(JSON.stringify(task === "fail" ? { error: "no such task" } : { seconds: 2 }));
       });`,
    );
    const peer = startLinePeer(process.execPath, [script], process.env);
    expect(await peer.ask({ task: "work" })).toEqual({ seconds: 2 });
    await expect(peer.ask({ task: "fail" })).rejects.toThrow("no such task");
    await expect(peer.ask({ task: "die" })).rejects.toThrow("code 3");
    peer.stop();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("a whole process gives its last line if that is JSON, and an error if it fails", async () => {
  const run = (code) => timeProcess(process.execPath, ["-e", code], process.env);
  expect((await run(`console.log("table"); console.log('{"matrices":3}')`)).inside).toEqual({ matrices: 3 });
  expect((await run(`console.log("table")`)).inside).toBeNull();
  await expect(run(`console.error("out of paper"); process.exit(2)`)).rejects.toThrow("out of paper");
});

test("peers choose their own kernels: what steers libraries is taken out of the environment", () => {
  process.env.OPENBLAS_CORETYPE = "Prescott";
  try {
    expect(peerEnvironment(null).OPENBLAS_CORETYPE).toBeUndefined();
    expect(peerEnvironment(1)).toMatchObject({ OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" });
  } finally {
    delete process.env.OPENBLAS_CORETYPE;
  }
});
