import { expect, test } from "vitest";
import { known } from "../../numerics/meanField/fixture.testkit.ts";
import { residualCourse } from "../../numerics/meanField/residual.ts";
import { residualBlocks } from "./blocks.ts";
import type { LayerPoint } from "./types.ts";

function layer(tensor: string, sigmaW2: number): LayerPoint {
  return {
    tensor,
    bias: null,
    kind: "dense",
    fanIn: 64,
    fanOut: 64,
    sigmaW2,
    sigmaW2Error: 0,
    sigmaB2: 0,
    sigmaB2Error: null,
    biasState: "absent",
    meanScore: 0,
    kurtosis: 3,
    sampled: false,
    chiOne: null,
    q: null,
    growth: null,
    growthError: null,
  };
}

test("He's law, one or two layers a block, no norm: gradients double every block", () => {
  const single = residualBlocks(
    Array.from({ length: 5 }, (_, k) => layer(`blocks.${k}.fc.weight`, 2)),
    known("relu"),
    false,
  );
  expect(single.map(({ name, factor }) => [name, factor])).toEqual([0, 1, 2, 3, 4].map((k) => [`blocks.${k}`, 2]));
  expect(single[4]!.logGradient).toBeCloseTo(5 * Math.LN2, 12);
  const double = residualBlocks(
    [0, 1].flatMap((k) => [layer(`layer1.${k}.conv1.weight`, 2), layer(`layer1.${k}.conv2.weight`, 2)]),
    known("relu"),
    false,
  );
  expect(double.map(({ layers, factor }) => [layers, factor])).toEqual([
    [2, 2],
    [2, 2],
  ]);
});

test("tanh blocks follow the recursion of Yang and Schoenholz", () => {
  const blocks = residualBlocks(
    Array.from({ length: 40 }, (_, k) => layer(`b.${k}.w`, 1)),
    known("tanh"),
    false,
  );
  const course = residualCourse(known("tanh"), { weight: 1, bias: 0 }, 1, 1, 40);
  expect(blocks).toHaveLength(40);
  for (const [k, { logGradient }] of blocks.entries()) expect(logGradient).toBeCloseTo(course[k]!.logGradient, 10);
});

test("with norms the stream's growth tames the blocks: 1 + 1/l for ReLU at σ_w² = 2; branches of 0 do nothing", () => {
  const blocks = residualBlocks(
    Array.from({ length: 4 }, (_, k) => layer(`b.${k}.w`, 2)),
    known("relu"),
    true,
  );
  expect(blocks.map(({ factor }) => factor)).toEqual([2, 1.5, expect.closeTo(4 / 3, 12), 1.25]);
  expect(residualBlocks([layer("b.0.w", 0)], known("relu"), false)[0]!.factor).toBe(1);
  expect(residualBlocks([layer("stem.weight", 2)], known("relu"), false)).toEqual([]);
});
