import { expect, test } from "vitest";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { phaseDiagramStudy } from "./index.ts";

const checkpoint = (path: string) => [{ role: "checkpoint", path: `samples/${path}` }];
const ask = async (parameters: unknown, path: string | null = null) =>
  (await runStudyOn(phaseDiagramStudy, path === null ? [] : checkpoint(path), parameters)).result;

test("without a file: the probe on the critical line of tanh at σ_b² = 0.05, its line, contours and maps", async () => {
  const { point, plane, activation } = await ask({ activation: "tanh" });
  expect(activation).toMatchObject({ id: "tanh", assumed: false });
  expect(point!.sigmaW ** 2).toBeCloseTo(1.7609546396, 8);
  expect(point).toMatchObject({ region: "critical", fate: "settles", c: 1, xiC: "infinite", trainable: "infinite" });
  expect(point!.q).toBeCloseTo(0.5700478816, 8);
  const nearest = plane!.critical.reduce((a, b) =>
    Math.abs(b.sigmaB ** 2 - 0.05) < Math.abs(a.sigmaB ** 2 - 0.05) ? b : a,
  );
  expect(nearest.sigmaW ** 2).toBeCloseTo(1.76, 1);
  expect(plane!.contours.map(({ depth, side }) => `${depth} ${side}`)).toEqual(
    expect.arrayContaining(["3 ordered", "10 ordered", "10 chaotic", "100 ordered", "100 chaotic"]),
  );
  expect(plane!.regions).toHaveLength(plane!.columns * plane!.rows);
  // Row 0 lies at almost no bias: order to the left of σ_w = 1, chaos to its right.
  const first = plane!.regions.slice(0, plane!.columns);
  expect(first[Math.floor(plane!.columns * 0.2)]).toBe("o");
  expect(first[Math.floor(plane!.columns * 0.8)]).toBe("c");
});

test.each(["tanh", "gelu", "softplus", "relu"])("%s: the plane's regions are those of its points", async (id) => {
  const { plane } = await ask({ activation: id, start: 2, parts: ["plane"] });
  const { columns, rows, regions, sigmaW, sigmaB } = plane!;
  for (const [column, row] of [
    [5, 3],
    [20, 20],
    [30, 2],
    [28, 30],
    [50, 10],
    [40, 1],
  ] as const) {
    const point = { sigmaW: ((column + 0.5) / columns) * sigmaW[1], sigmaB: ((row + 0.5) / rows) * sigmaB[1] };
    const { fate, chiOne } = (await ask({ activation: id, start: 2, ...point, parts: ["point"] })).point!;
    const expected = fate === "dies out" ? "d" : fate === "runs away" ? "r" : chiOne < 1 ? "o" : "c";
    expect(regions[row * columns + column], `${point.sigmaW}, ${point.sigmaB}`).toBe(expected);
  }
});

test("in chaos ξ_c is positive and that of c*; the cobweb ends at c*", async () => {
  const { point } = await ask({
    activation: "tanh",
    sigmaW: Math.sqrt(2.5),
    sigmaB: Math.sqrt(0.05),
    parts: ["point"],
  });
  expect(point!.xiC).toBeCloseTo(11.795597515877803, 6);
  expect(point!.trainable).toBeCloseTo(70.77358509526682, 5);
  expect(point!.c).toBeCloseTo(0.4468042323, 8);
  expect(point!.cMap!.steps[24]).toBeCloseTo(0.4468, 1);
  expect(point!.qMap.steps[1]).toBeCloseTo(1.0357362259946032, 9);
});

test("basins: q⁰ decides where GELU at σ_w² = 3 ends", async () => {
  const at = async (start: number) =>
    (await ask({ activation: "gelu", sigmaW: Math.sqrt(3), sigmaB: 0, start, parts: ["point"] })).point!;
  const [small, large] = [await at(0.01), await at(100)];
  expect([small.fate, large.fate]).toEqual(["dies out", "runs away"]);
  expect(small.basins.map(({ stable, attracts }) => [stable, attracts])).toEqual([
    [true, true],
    [false, false],
    [true, false],
  ]);
  expect(large.basins.at(-1)).toEqual({ q: "infinite", stable: true, attracts: true });
  expect([large.q, large.c, large.cMap]).toEqual(["infinite", null, null]);
});

test.each([
  ["ordered", 1],
  ["critical", 1.761],
  ["chaotic", 2.5],
])(
  "the sample that started %s: thirty layers at σ_w² = %d within their errors, in the network's order",
  async (phase, weight) => {
    const { network } = await ask(
      { activation: "tanh", parts: ["network"] },
      `criticality/${phase}/checkpoints/step-0000.safetensors`,
    );
    const { layers, stage, claims, refusal, order } = network!;
    expect([stage.stage, claims, refusal]).toEqual(["initial", true, null]);
    expect(order).toMatch(/sizes that fit/);
    expect(layers.map(({ tensor }) => tensor)).toEqual([
      "input.weight",
      ...Array.from({ length: 29 }, (_, k) => `hidden.${k}.weight`),
      "readout.weight",
    ]);
    // The readout keeps PyTorch's default law; the others were drawn.
    for (const layer of layers.slice(0, -1)) {
      expect(Math.abs(layer.sigmaW2 - weight), layer.tensor).toBeLessThan(4.5 * layer.sigmaW2Error);
      expect(Math.abs(layer.sigmaB2! - 0.05), layer.tensor).toBeLessThan(4 * 0.05 * Math.sqrt(2 / 100));
      expect(layer.sigmaW2Error / layer.sigmaW2).toBeCloseTo(Math.sqrt(2 / (layer.fanIn * layer.fanOut)), 2);
    }
    expect(Math.abs(layers[30]!.sigmaW2 - 1 / 3)).toBeLessThan(5 * layers[30]!.sigmaW2Error);
    // What the theory says and what the weights do: within the spread of a width of 100.
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const hidden = layers.slice(2, 30);
    const predicted = mean(hidden.map(({ chiOne }) => Math.log(chiOne!)));
    const measured = mean(hidden.map(({ growth }) => Math.log(growth!)));
    expect(Math.abs(measured - predicted)).toBeLessThan(3 * Math.sqrt(3 / (100 * 28)));
    expect(network!.aspect).toBeCloseTo(0.3, 10);
    expect(network!.reliable).toBe(false);
  },
);

test("the line where six depth scales reach the network's own depth is there, and exact on the ordered side", async () => {
  const { plane, network } = await ask({ activation: "tanh" }, "criticality/ordered/checkpoints/step-0000.safetensors");
  const lines = plane!.contours.filter(({ rule }) => rule !== null);
  expect(lines.map(({ rule, side }) => [rule, side])).toEqual([
    [network!.depth, "ordered"],
    [network!.depth, "chaotic"],
  ]);
  const { sigmaW, sigmaB } = lines[0]!.points[Math.floor(lines[0]!.points.length / 2)]!;
  const { point } = await ask({ activation: "tanh", sigmaW, sigmaB, parts: ["point"] });
  expect(point!.trainable).toBeCloseTo(network!.depth, 4);
});

test("of trained weights no χ₁ is claimed, but growth is measured; a person may say what they are", async () => {
  const path = "criticality/critical/checkpoints/step-0600.safetensors";
  const trained = (await ask({ activation: "tanh", parts: ["network"] }, path)).network!;
  expect([trained.stage.stage, trained.claims, trained.gradientFactor, trained.bandFactor]).toEqual([
    "trained",
    false,
    null,
    null,
  ]);
  expect(trained.layers.every(({ chiOne, q }) => chiOne === null && q === null)).toBe(true);
  expect(trained.layers[5]!.growth).toBeGreaterThan(0.3);
  const beside = (await ask({ activation: "tanh", parts: ["network", "point"] }, path)).point!;
  expect(beside.sigmaB ** 2, "the probe keeps away from trained layers").toBeCloseTo(0.05, 10);
  const said = (await ask({ activation: "tanh", stage: "initial", parts: ["network"] }, path)).network!;
  expect([said.stage.evidence, said.claims]).toEqual(["as chosen", true]);
});

test("normalised and recurrent networks and transformers are refused, and shown the right picture", async () => {
  const conv = (await ask({ activation: "relu", parts: ["network"] }, "digits/conv/checkpoints/epoch-000.pt")).network!;
  expect(conv.refusal).toMatch(/normalisation/);
  expect(conv.claims).toBe(false);
  expect(conv.norms![0]!.squared).toBeCloseTo(1.46694220692426, 9);
  expect(conv.norms![0]!.norm).toBeCloseTo(1.2111738962363165, 9);
  expect(conv.layers.every(({ growth, chiOne }) => growth === null && chiOne === null)).toBe(true);
  const rnn = (await ask({ activation: "tanh", parts: ["network"] }, "rnn/elman/checkpoints/step-0000.pt")).network!;
  expect(rnn.refusal).toMatch(/recurrent/);
  const transformer = (await ask({ parts: ["network"] }, "transformer/checkpoints/step-0000.pt")).network!;
  expect(transformer.refusal).toMatch(/no transition from order to chaos/);
  expect(transformer.blocks).not.toBeNull();
});

test("a residual model in ONNX is refused the plane and measured instead; what cannot be measured says why", async () => {
  const { result } = await runStudyOn(
    phaseDiagramStudy,
    [{ role: "checkpoint", path: "test/fixtures/derivatives/deep.onnx" }],
    { parts: ["network"] },
  );
  const { refusal, measured } = result.network!;
  expect(refusal).toMatch(/normalisation/);
  expect(measured!.refusal).toBeNull();
  expect(measured!.inputs).toContain("x: Gaussian, 64, second moment 1");
  expect(measured!.blocks).toHaveLength(8);
  // Near criticality: a chain of seven links keeps its norm within what width 64 scatters.
  const [first, last] = [measured!.blocks[0]!.logJacobian!, measured!.blocks[7]!.logJacobian!];
  expect(Math.abs(last.value - first.value)).toBeLessThan(2);
  const { result: fixed } = await runStudyOn(
    phaseDiagramStudy,
    [{ role: "checkpoint", path: "test/fixtures/derivatives/residual.onnx" }],
    { parts: ["network"] },
  );
  // The graph wants 9 × 9 pixels only where its head does: this one averages them, and runs on 32 × 32.
  expect(fixed.network!.measured!.blocks.map(({ op }) => op)).toEqual([
    "Conv",
    "Add (joins ways)",
    "Add (joins ways)",
    "Gemm",
  ]);
  const { result: tokens } = await runStudyOn(
    phaseDiagramStudy,
    [{ role: "checkpoint", path: "test/fixtures/derivatives/tokens.onnx" }],
    { parts: ["network"] },
  );
  // Sixteen positions where it knows eight.
  expect(tokens.network!.measured!.refusal).toMatch(/could not be measured: The model cannot be run/);
});

test("what is not said is assumed, and said to be", async () => {
  const { activation } = await ask({ parts: ["network"] }, "digits/mlp/checkpoints/epoch-000.pt");
  expect(activation).toMatchObject({ id: "relu", assumed: true, evidence: "assumed: the file does not say" });
});

test.each([
  [{ activation: "nonsense" }, "There is no activation nonsense"],
  [{ sigmaW: -1 }, "sigmaW is a number from 0 to 100"],
  [{ start: Number.NaN }, "start is a number"],
  [{ parts: ["all"] }, "Parts are of"],
])("parameters that make no sense are refused: %j", async (parameters, why) => {
  await expect(ask(parameters)).rejects.toThrow(why);
});
