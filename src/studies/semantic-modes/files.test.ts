// The same table from every kind of file, and networks with names and pictures of their own.
import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { contextOf, type MadeFile, safetensorsOf } from "./files.testkit.ts";
import { semanticModesStudy } from "./index.ts";

const run = (files: Readonly<Record<string, MadeFile>>, parameters: object = {}) =>
  semanticModesStudy.run(contextOf(files).context, { draws: 20, ...parameters });

const Y = [
  [1, 1, 1, 0, 0, 0, 0],
  [1, 1, 0, 1, 0, 0, 0],
  [1, 0, 0, 0, 1, 1, 0],
  [1, 0, 0, 0, 1, 0, 1],
];
const STRENGTHS = [Math.sqrt(7), Math.sqrt(3), 1, 1].map((value) => expect.closeTo(value, 6));

function npy(rows: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const shape = `(${rows.length}, ${rows[0]!.length})`;
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117, " ");
  const values = Float64Array.from(rows.flat());
  const file = new Uint8Array(128 + values.byteLength);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  file.set(new TextEncoder().encode(`${header}\n`), 10);
  file.set(new Uint8Array(values.buffer), 128);
  return file;
}

test.each<[string, MadeFile]>([
  ["CSV", { name: "y.csv", text: Y.map((row) => row.join()).join("\n") }],
  ["TSV", { name: "y.tsv", text: Y.map((row) => row.join("\t")).join("\n") }],
  ["JSON", { name: "y.json", text: JSON.stringify({ values: Y }) }],
  ["npy", { name: "y.npy", bytes: npy(Y) }],
  ["NPZ", { name: "y.npz", bytes: new Uint8Array(zipSync({ "properties.npy": npy(Y) })) }],
  ["safetensors", safetensorsOf({ properties: Y })],
])("a table as %s", async (_, file) => {
  const result = await run({ subject: file });
  expect(result.subject.kind).toBe("correlation");
  expect(result.modes.map(({ singularValue }) => singularValue)).toEqual(STRENGTHS);
});

test("properties, inputs and answers of one NPZ are taken by their names", async () => {
  const unit = Y.map((_, i) => Y.map((_row, j) => Number(i === j)));
  const doubled = Y.map((row) => row.map((value) => 2 * value));
  const archive = zipSync({ "y.npy": npy(Y), "x.npy": npy(unit), "answers.npy": npy(doubled) });
  const result = await run({ subject: { name: "all.npz", bytes: new Uint8Array(archive) } });
  expect(result.inputs).toMatchObject({ inputs: 4, offDiagonalShare: 0 });
  expect(result.network).toMatchObject({ source: "answers", rSquared: expect.closeTo(1, 9) });
  expect(result.network!.strengths[0]).toBeCloseTo(2 * Math.sqrt(7), 9);
});

test("several matrices without such names are a network, not a table that somebody guessed", async () => {
  const result = await run({
    subject: safetensorsOf({
      "a.weight": [
        [1, 0],
        [0, 2],
        [0, 0],
      ],
      "b.weight": [
        [3, 0, 0],
        [0, 1, 0],
      ],
    }),
  });
  expect(result.subject.kind).toBe("chain");
  expect(result.modes.map(({ singularValue }) => singularValue)).toEqual(
    [3, 2].map((value) => expect.closeTo(value, 9)),
  );
});

test("a long chain: ln σ is right where the product has lost the value, and that it has is said", async () => {
  // [[1, ½], [0, ½]]^200, the reference of the theory's long product.
  const layers = Object.fromEntries(
    Array.from({ length: 200 }, (_, at) => [
      `l${String(at).padStart(3, "0")}.weight`,
      [
        [1, 0.5],
        [0, 0.5],
      ],
    ]),
  );
  const { chain, modes, notes } = await run({ subject: safetensorsOf(layers) });
  expect(chain!.logValues[0]).toBeCloseTo(0.34657359028, 9);
  expect(chain!.logValues[1]).toBeCloseTo(-138.976009702, 6);
  expect(modes).toHaveLength(1);
  expect(notes.join(" ")).toMatch(/1 modes of the product are too weak/);
});

test("unrelated layers: what the chain's modes are not", async () => {
  const first = [
    [2, 0],
    [0, 1],
    [0, 0],
    [0, 0],
  ];
  const second = [
    [0, 0, 1, 0],
    [0, 0, 0, 1],
  ];
  const { chain, modes } = await run({ subject: safetensorsOf({ "a.weight": first, "b.weight": second }) });
  expect(chain!.joints[0]).toMatchObject({ alignment: 0, alignmentNull: 0.5 });
  expect(modes).toHaveLength(0);
});

test("outputs can be the items: rows of the matrix as a tree, named where the file names them", async () => {
  const rows = [
    [1, 1, 0, 0],
    [1, 1, 0, 0.1],
    [0, 0, 1, 1],
    [0, 0, 1, 0.9],
    [0, 0.1, 1, 1],
  ];
  const result = await run({ subject: safetensorsOf({ "head.weight": rows }) }, { items: "rows" });
  expect(result).toMatchObject({ itemSide: "rows", linked: true });
  expect(result.hierarchy!.items).toBe(5);
  const inputs = await run({ subject: safetensorsOf({ "head.weight": rows }) });
  expect(inputs.hierarchy!.items).toBe(4);
});
