import { expect, test } from "vitest";
import type { TensorUse } from "../../base/tensor.ts";
import type { Checkpoint } from "../types.ts";
import { describeTensors } from "./index.ts";
import { checkpointOf, matrixOf, partsOf, type Shapes } from "./interpret.testkit.ts";

/** One tensor of a checkpoint, described with and without what its file says about its use. */
function describeUsed(shapes: Shapes, use: TensorUse, framework: Checkpoint["framework"] = "onnx") {
  const checkpoint = checkpointOf(shapes, framework);
  const [first, ...rest] = checkpoint.tensors;
  const [described] = describeTensors({ ...checkpoint, tensors: [{ ...first!, use }, ...rest] });
  return described!;
}

test("a matrix multiplied from the right is (in, out), whatever its name says", () => {
  const use: TensorUse = {
    role: "weight",
    layout: "in-out",
    axes: { rows: [1], columns: [0] },
    evidence: "weight of MatMul m",
  };
  const told = describeUsed({ "fc.weight": [4, 9] }, use, "pytorch");
  expect(told).toMatchObject({ role: "weight", layout: "in-out", evidence: "weight of MatMul m" });
  expect(matrixOf(told)).toBe("linear [1]x[0] 9x4");
});

test("a use overrules the role that a name promises", () => {
  expect(describeUsed({ "bn.weight": [4] }, { role: "buffer", evidence: "mean of BatchNormalization b" }).role).toBe(
    "buffer",
  );
});

test("held axes and parts come from the use", () => {
  const parts = [0, 1, 2, 3].map((gate) => ({ label: "iofc"[gate]!, axis: 1, start: gate * 2, length: 2 }));
  const told = describeUsed(
    { W: [1, 8, 3] },
    {
      role: "weight",
      layout: "out-in",
      axes: { rows: [1], columns: [2], fixed: [{ axis: 0, index: 0 }] },
      parts,
      evidence: "LSTM",
    },
  );
  expect(partsOf(told)).toBe("i 0+2@1, o 2+2@1, f 4+2@1, c 6+2@1");
  expect(matrixOf(told)).toBe("linear [1]x[2] 8x3");
});

test("a use cannot make a matrix of values that are none", () => {
  const use: TensorUse = { role: "weight", axes: { rows: [0], columns: [1] }, evidence: "weight of MatMul" };
  expect(matrixOf(describeUsed({ w: [[3, 4], "i8"] }, use))).toBe("none");
  const stack = describeUsed(
    { "ffn_up_exps.weight": [8, 3, 4] },
    { noMatrix: "one matrix for each expert", evidence: "experts" },
  );
  expect(matrixOf(stack)).toBe("none");
  expect(stack.evidence).toContain("one matrix for each expert");
});

test("slots of TensorFlow 1 beside their variable are optimizer state and averages", () => {
  const roles = describeTensors(
    checkpointOf(
      {
        "dense/kernel": [3, 4],
        "dense/kernel/Adam": [3, 4],
        "dense/kernel/Adam_1": [3, 4],
        "dense/kernel/ExponentialMovingAverage": [3, 4],
        beta1_power: [],
      },
      "tensorflow",
    ),
  ).map(({ role }) => role);
  expect(roles).toEqual(["weight", "optimizer-state", "optimizer-state", "ema", "optimizer-state"]);
});
