import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../../base/cancel.ts";
import type { InferenceTensor } from "../../../base/inference.ts";
import { openBytes } from "../../../formats/_shared/fixtures.testkit.ts";
import { onnxFormat } from "../../../formats/onnx/index.ts";
import { Random } from "../../../numerics/random.ts";
import { onnxRuntime } from "../../../platform/onnxRuntime.ts";
import { itemsOf } from "../stimuli.ts";
import { type CurvePoint, CurveRun } from "./curveRun.ts";
import { DifferentiableModel } from "./differentiable.ts";
import { GraphJacobian, LinkProducts } from "./graphJacobian.ts";

const RUNTIME = onnxRuntime(() => readFile("node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm"));
const FOLDER = "test/fixtures/derivatives";
interface Expected {
  readonly note: string;
  readonly x: number[];
  readonly y: number[];
  readonly jacobian: number[][];
  /** Of the curve's derivatives at t = 0; of whole-number inputs there is none. */
  readonly vv?: number;
  readonly aa?: number;
  readonly va?: number;
}
const EXPECTED: Readonly<Record<string, Expected>> = JSON.parse(readFileSync(`${FOLDER}/expected.json`, "utf8"));

/** The fixture with its item first and others beside it. */
async function opened(name: string, rows: number): Promise<DifferentiableModel> {
  const bytes = Uint8Array.from(await readFile(`${FOLDER}/${name}.onnx`));
  const { graph, metadata } = await openBytes(onnxFormat, bytes);
  const opset = Number((metadata["operator sets"] as Record<string, number>)["ai.onnx"]);
  const { x } = EXPECTED[name]!;
  return DifferentiableModel.open(
    { name, graph: graph!, opset, bytes, beside: [] },
    async ({ inputs: [input] }) => {
      const shape = input!.shape.slice(1).map((size) => size ?? x.length);
      const random = new Random(5);
      const values = input!.type === "int64" ? [...x, 1, 2, 3, 4] : [...x, ...x.map(() => random.normal())];
      const pick = (which: readonly number[]): Record<string, InferenceTensor> => ({
        [input!.name]: itemsOf(input!, shape, values, which),
      });
      return {
        items: 2,
        itemNames: null,
        batch: null,
        varying: [input!.name],
        pick,
        take: (_, count) => pick(new Array(count).fill(0)),
      };
    },
    RUNTIME,
    NEVER_CANCELLED,
    rows,
  );
}

const unit = (length: number, at: number) => Float64Array.from({ length }, (_, i) => (i === at ? 1 : 0));
const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const whole = (model: DifferentiableModel) => {
  const { blocks } = model.course;
  return new GraphJacobian(model, blocks[0]!.value, blocks.at(-1)!.value);
};

test.each(Object.entries(EXPECTED).map(([name, { note }]) => [name, note] as const))(
  "%s: %s. The Jacobian by columns and by rows is autograd's",
  async (name) => {
    const model = await opened(name, 4);
    const jacobian = whole(model);
    const { rows, columns } = jacobian;
    const { jacobian: expected } = EXPECTED[name]!;
    expect([rows, columns]).toEqual([expected.length, expected[0]!.length]);
    const size = Math.max(...expected.flat().map(Math.abs));
    const byColumn = await jacobian.apply(
      new Array(columns).fill(0),
      Array.from({ length: columns }, (_, k) => unit(columns, k)),
    );
    const byRow = await jacobian.applyTransposed(
      new Array(rows).fill(0),
      Array.from({ length: rows }, (_, k) => unit(rows, k)),
    );
    const check = (found: (i: number, j: number) => number, way: string) => {
      for (const [i, row] of projected(name, expected, found, rows).entries())
        for (const [j, value] of row.entries())
          expect(Math.abs(value - expected[i]![j]!), `${way} ${i}, ${j}: ${value} for ${expected[i]![j]}`).toBeLessThan(
            3e-5 * size,
          );
    };
    check((i, j) => byColumn[j]![i]!, "forward");
    check((i, j) => byRow[i]![j]!, "reverse");
    await jacobian.close();
  },
);

/** The path ends before a closing softmax; autograd went through it: S·J. */
function projected(name: string, expected: number[][], found: (i: number, j: number) => number, rows: number) {
  const columns = expected[0]!.length;
  const plain = Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => found(i, j)));
  if (name !== "residual") return plain;
  const { y } = EXPECTED[name]!;
  return y.map((p, i) =>
    Array.from({ length: columns }, (_, j) => {
      const mean = y.reduce((sum, q, k) => sum + q * plain[k]![j]!, 0);
      return p * (plain[i]![j]! - mean);
    }),
  );
}

test.each(Object.keys(EXPECTED))(
  "%s: ⟨u, Jv⟩ = ⟨Jᵀu, v⟩ on random vectors, JᵀJ is Jᵀ of J, and rows of other items do not meet",
  async (name) => {
    const model = await opened(name, 4);
    expect(model.rows).toBe(4);
    const jacobian = whole(model);
    const random = new Random(11);
    const items = [0, 1, 1, 0, 1];
    const v = items.map(() => random.direction(jacobian.columns));
    const u = items.map(() => random.direction(jacobian.rows));
    const [Jv, Ju, gram] = [
      await jacobian.apply(items, v),
      await jacobian.applyTransposed(items, u),
      await jacobian.gram(items, v),
    ];
    const back = await jacobian.applyTransposed(items, Jv);
    for (const k of items.keys()) {
      const scale = Math.sqrt(dot(Jv[k]!, Jv[k]!)) + Math.sqrt(dot(Ju[k]!, Ju[k]!));
      expect(Math.abs(dot(u[k]!, Jv[k]!) - dot(Ju[k]!, v[k]!))).toBeLessThan(2e-6 * scale);
      for (const [i, value] of gram[k]!.entries()) expect(value).toBeCloseTo(back[k]![i]!, 3);
    }
    const [alone] = await jacobian.apply([1], [v[2]!]);
    for (const [i, value] of alone!.entries()) expect(value).toBeCloseTo(Jv[2]![i]!, 5);
    await jacobian.close();
  },
);

test.each(["mlp", "block", "block11", "newer"])("%s: central differences", async (name) => {
  const model = await opened(name, 1);
  const jacobian = whole(model);
  const random = new Random(3);
  const v = random.direction(jacobian.columns);
  const [derivative] = await jacobian.apply([0], [v]);
  const { x } = EXPECTED[name]!;
  const session = await RUNTIME(model.model.bytes);
  const [input] = session.inputs;
  const step = 2e-2;
  const at = async (way: number) => {
    const values = x.map((value, i) => value + way * step * v[i]!);
    const feeds = { [input!.name]: itemsOf(input!, model.shapeOf(input!.name), values, [0]) };
    return Array.from((await session.run(feeds, ["y"])).get("y")!.data, Number);
  };
  // Richardson: the error of order two is taken off.
  const [a, b, c, d] = [await at(1), await at(-1), await at(0.5), await at(-0.5)];
  for (const [i, value] of derivative!.entries()) {
    const wide = (a![i]! - b![i]!) / (2 * step);
    const narrow = (c![i]! - d![i]!) / step;
    expect(value).toBeCloseTo(narrow + (narrow - wide) / 3, 2.5);
  }
  await session.close();
  await jacobian.close();
});

test.each(
  Object.entries(EXPECTED).flatMap(([name, { vv }]) => (vv === undefined || name === "residual" ? [] : [name])),
)("%s: first and second derivatives along a curve are those of autograd through autograd", async (name) => {
  const model = await opened(name, 3);
  const values = [model.course.blocks[0]!.value, model.course.blocks.at(-1)!.value];
  const run = await CurveRun.open(model, values, true);
  const { x, vv, aa, va, y } = EXPECTED[name]!;
  const row = (of: (i: number) => number) => Float64Array.from(x, (_, i) => of(i));
  // Beside it another point with other derivatives: rows do not meet.
  const [[first], [last]] = (await run.points([0, 0], {
    points: [row((i) => x[i]!), row(() => 0.5)],
    tangents: [row(Math.sin), row(() => 1)],
    bends: [row(Math.cos), row(() => -1)],
  })) as [CurvePoint[], CurvePoint[]];
  expect(first!.vv).toBeCloseTo(
    x.reduce((sum, _, i) => sum + Math.sin(i) ** 2, 0),
    4,
  );
  for (const [i, value] of y.entries()) expect(last!.h[i]).toBeCloseTo(value, 3);
  expect(last!.vv / vv!).toBeCloseTo(1, 4);
  expect(last!.aa! / aa!).toBeCloseTo(1, 3);
  expect(Math.abs(last!.va! - va!)).toBeLessThan(1e-4 * Math.sqrt(vv! * aa!));
  await run.close();
});

test("links between neighbouring values multiply to the whole", async () => {
  const model = await opened("tokens", 2);
  const values = model.course.blocks.map(({ value }) => value);
  expect(model.course.blocks.map(({ op }) => op)).toEqual([
    "Gather",
    "Add (joins ways)",
    "Add (joins ways)",
    "Add (joins ways)",
    "Add (joins ways)",
    "MatMul",
  ]);
  const links = values.slice(1).map((to, k) => new GraphJacobian(model, values[k]!, to));
  const random = new Random(1);
  let v = [random.direction(links[0]!.columns), random.direction(links[0]!.columns)];
  const [direct] = [await whole(model).apply([0, 1], v)];
  const products = await LinkProducts.open(model, values);
  const vectors = links.map(({ columns }) => [random.direction(columns), random.direction(columns)]);
  const grams = await products.gram([0, 1], vectors);
  for (const [k, link] of links.entries()) {
    v = await link.apply([0, 1], v);
    const alone = await link.gram([0, 1], vectors[k]!);
    for (const item of [0, 1])
      for (const [i, value] of grams[k]![item]!.entries()) expect(value).toBeCloseTo(alone[item]![i]!, 4);
    await link.close();
  }
  for (const item of [0, 1])
    for (const [i, value] of v[item]!.entries()) expect(value).toBeCloseTo(direct[item]![i]!, 4);
  await products.close();
});
