import { expect, test } from "vitest";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { isometryStudy } from "./index.ts";

const sample = (path: string) => [{ role: "checkpoint", path: `samples/${path}` }];
const ask = async (path: string, parameters: unknown) => runStudyOn(isometryStudy, sample(path), parameters);
const CRITICAL = "criticality/critical/checkpoints/step-0000.safetensors";

test("five links of the critical sample: moments beside theory, the same largest value from every start, all values of the product", async () => {
  const { result, partials } = await ask(CRITICAL, { activation: "tanh", from: 5, to: 10, inputs: 6 });
  expect([result.from, result.to, result.links.length]).toEqual([5, 10, 5]);
  expect(result.noTheory).toBeNull();
  const measured = result.measured!;
  const [gaussian, orthogonal] = result.theory!;
  // μ₂/μ₁² near 1.34 at q near 0.57; the sample's own q scatters.
  expect(gaussian!.relativeVariance / 5).toBeCloseTo(1.34, 0);
  expect(orthogonal!.relativeVariance).toBeCloseTo(gaussian!.relativeVariance - 5, 10);
  // Width 100, five layers: 1 ± √(3·5/100) for the mean of one draw of weights.
  expect(Math.abs(Math.log(measured.mean.value / gaussian!.mean))).toBeLessThan(1);
  expect(Math.abs(measured.relativeVariance.value / gaussian!.relativeVariance - 1)).toBeLessThan(0.3);
  expect(measured.restarts).toHaveLength(8);
  for (const value of measured.restarts) expect(value / measured.largest.value).toBeCloseTo(1, 6);
  expect(measured.method).toBe("exact");
  expect(measured.zero + measured.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
  expect(Math.log(measured.smallest!.value)).toBeLessThan(-1);
  // Against the exact values of the histogram: ⟨s²⟩ by bins.
  const binned = measured.shares.reduce(
    (sum, share, k) => sum + share * Math.exp(measured.edges[k]! + measured.edges[k + 1]!),
    0,
  );
  const { how } = measured.mean;
  expect(
    how.kind === "estimate" && Math.abs(binned - measured.mean.value) < 4 * how.standardError + 0.03 * binned,
  ).toBe(true);
  expect(partials.length).toBeGreaterThan(0);
  for (const link of result.links) {
    expect(Math.abs(Math.log(link.mean.value / link.predicted!))).toBeLessThan(0.35);
    expect(Math.abs(link.relativeVariance.value / link.gaussianVariance! - 1)).toBeLessThan(0.35);
  }
});

test("a span of all hidden layers by default; the chaotic sample stretches, the ordered one shrinks", async () => {
  const mean = async (phase: string) => {
    const { result } = await ask(`criticality/${phase}/checkpoints/step-0000.safetensors`, {
      activation: "tanh",
      inputs: 2,
    });
    expect([result.from, result.to]).toEqual([0, 29]);
    return result.measured!.mean.value;
  };
  const [ordered, critical, chaotic] = [await mean("ordered"), await mean("critical"), await mean("chaotic")];
  expect(Math.log(ordered)).toBeLessThan(-5);
  expect(Math.abs(Math.log(critical))).toBeLessThan(3);
  expect(Math.log(chaotic)).toBeGreaterThan(2);
});

test("trained weights: measured, but no theory and no χ₁", async () => {
  const { result } = await ask("digits/mlp/checkpoints/epoch-010.pt", { activation: "relu", inputs: 2 });
  expect(result.theory).toBeNull();
  expect(result.noTheory).toMatch(/trained/);
  expect(result.links.every(({ predicted }) => predicted === null)).toBe(true);
  expect(result.measured!.mean.value).toBeGreaterThan(0);
});

test.each([
  ["digits/conv/checkpoints/epoch-000.pt", /batch normalisation/],
  ["transformer/checkpoints/step-0000.pt", /no plain chain/],
  ["rnn/lstm/checkpoints/step-0000.pt", /recurrent/],
])("%s is refused in words", async (path, why) => {
  await expect(ask(path, {})).rejects.toThrow(why);
});

test("a file of inputs of another size, and spans that are none, are refused", async () => {
  const files = [
    ...sample("digits/mlp/checkpoints/epoch-000.pt"),
    { role: "inputs", path: "samples/toy-world/four-items/data.csv" },
  ];
  await expect(runStudyOn(isometryStudy, files, {})).rejects.toThrow(/first layer takes 64/);
  await expect(ask(CRITICAL, { activation: "tanh", from: 4, to: 4 })).rejects.toThrow(/A span goes/);
  await expect(ask(CRITICAL, { inputs: 0 })).rejects.toThrow(/inputs is a whole number/);
});

test("cancelled between inputs", async () => {
  let asked = 0;
  await expect(
    runStudyOn(isometryStudy, sample(CRITICAL), { activation: "tanh" }, { cancelled: () => ++asked > 3 }),
  ).rejects.toMatchObject({ code: "cancelled" });
});
