import { expect, test } from "vitest";
import type { Mode } from "../../../src/analysis/modes/types.ts";
import type { DescribedTensor } from "../../../src/base/tensor.ts";
import { degenerateNotice, gaussianIpr, modeRow } from "./modeReadings.ts";
import { readMeasured, statisticsReadings } from "./readings.ts";
import { matrixSizeOf, readingLabel, settledTarget, tapsOf } from "./targets.ts";
import { readViewState } from "./viewState.ts";

const CONV: DescribedTensor = {
  name: "conv.weight",
  shape: [16, 3, 2, 2],
  dtype: "f32",
  elements: 192,
  storedBytes: 768,
  role: "weight",
  layout: "out-in",
  evidence: "four axes",
  parts: [],
  matrix: { kind: "conv-reshaped", rowAxes: [0], columnAxes: [1, 2, 3], fixed: [], rows: 16, columns: 12 },
};
const LSTM: DescribedTensor = {
  ...CONV,
  name: "lstm.weight_ih_l0",
  shape: [40, 8],
  parts: ["i", "f", "g", "o"].map((label, index) => ({ label, axis: 0, start: 10 * index, length: 10 })),
  matrix: { kind: "linear", rowAxes: [0], columnAxes: [1], fixed: [], rows: 40, columns: 8 },
};

test("a convolution offers each tap and says which matrix is read", () => {
  expect(tapsOf(CONV)).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  expect(readingLabel(CONV, null)).toBe("reshaped kernel out × (in·2·2)");
  expect(readingLabel(CONV, [1, 0])).toBe("tap (1, 0) of the kernel");
  expect(matrixSizeOf(CONV, { tensor: CONV.name, part: null, tap: null })).toEqual({ rows: 16, columns: 12 });
  expect(matrixSizeOf(CONV, { tensor: CONV.name, part: null, tap: [0, 1] })).toEqual({ rows: 16, columns: 3 });
});

test("a fused tensor is never read whole", () => {
  expect(settledTarget(LSTM, { tensor: LSTM.name, part: null, tap: null }).part).toBe(0);
  expect(settledTarget(LSTM, { tensor: LSTM.name, part: 9, tap: [0] })).toEqual({
    tensor: LSTM.name,
    part: 0,
    tap: null,
  });
  expect(matrixSizeOf(LSTM, { tensor: LSTM.name, part: 2, tap: null })).toEqual({ rows: 10, columns: 8 });
});

test("a measured number shows how it was got", () => {
  expect(readMeasured({ value: 2.5, how: { kind: "exact", method: "svd" } }, 4)).toBe("2.5");
  expect(readMeasured({ value: 2.5, how: { kind: "estimate", standardError: 0.1, method: "x" } }, 4)).toBe(
    "≈ 2.5 ± 0.1",
  );
  expect(readMeasured({ value: 2.5, how: { kind: "bound", residual: 1e-9, method: "x" } }, 4)).toBe(
    "2.5 (residual 1e−9)",
  );
  expect(readMeasured(null, 4)).toBe("–");
});

test("sigma_w² carries its standard error", () => {
  const readings = statisticsReadings(
    {
      elements: 4,
      finite: 4,
      zeros: 0,
      nan: 0,
      infinite: 0,
      mean: 0,
      std: 1,
      min: -1,
      max: 1,
      meanSquare: 1,
      firstNonFinite: null,
      contentHash: "",
      sigmaW2: { value: 2, relativeStandardError: 0.25, fanIn: 2 },
    },
    4,
  );
  expect(readings.at(-1)?.text).toBe("≈ 2 ± 0.5");
  expect(readings.at(-1)?.how).toMatchObject({ kind: "estimate", standardError: 0.5 });
});

test("a mode is read against the Gaussian null, and a degenerate one says so", () => {
  const mode: Mode = {
    index: 1,
    singularValue: 2,
    share: 0.25,
    residual: 0,
    left: new Float32Array(4),
    right: new Float32Array(1),
    leftIpr: 1,
    rightIpr: 1,
    degenerateGroup: [1, 2],
  };
  expect(gaussianIpr(4)).toBe(0.5);
  expect(modeRow(mode, { rows: 4, columns: 1 }, 4)).toMatchObject({
    rank: "2",
    share: "25 %",
    left: "1 (2×)",
    right: "1 (1×)",
  });
  expect(degenerateNotice(mode)).toContain("Modes 2, 3");
  expect(degenerateNotice({ ...mode, degenerateGroup: [1] })).toBeNull();
});

test("saved state of another shape falls back field by field", () => {
  const asked = { part: 2, tap: null };
  expect(readViewState(undefined, asked)).toMatchObject({
    part: 2,
    spectrumScale: "linear",
    order: "file",
    closed: [],
  });
  expect(readViewState({ part: -1, spectrumScale: "log-log", closed: ["modes", "x"], mode: "a" }, asked)).toMatchObject(
    {
      part: 2,
      spectrumScale: "log-log",
      closed: ["modes"],
      mode: 0,
    },
  );
});
