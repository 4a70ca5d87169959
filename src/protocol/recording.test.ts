import { expect, test } from "vitest";
import { answerTo, decodeRecording, encodeRecording, type Recording, recordedStudy } from "./recording.ts";

const context: Recording["context"] = {
  panel: "semantic-modes",
  uri: "file:///a.csv",
  files: [],
  target: null,
  section: null,
  settings: { exactSpectrumLimit: 1024, significantDigits: 4 },
};

test.each([0, 1, 2, 3, 4, 5, 250])("typed arrays of %i entries come back bit for bit, other numbers too", (length) => {
  const result = {
    doubles: Float64Array.from({ length }, (_, i) => Math.sin(i + 0.1)),
    floats: Float32Array.from({ length }, (_, i) => Math.cos(i)),
    bytes: Uint8Array.from({ length }, (_, i) => (i * 37) & 255),
    whole: Int32Array.from({ length }, (_, i) => i - 3),
    odd: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1.5e-300],
    text: "</script><!-- ö",
  };
  const back = decodeRecording(encodeRecording({ context, answers: [{ method: "m", params: {}, result }] }));
  expect(back.answers[0]!.result).toEqual(result);
});

test("a view into a larger buffer is recorded alone", () => {
  const result = new Float32Array([1, 2, 3, 4]).subarray(1, 3);
  const back = decodeRecording(encodeRecording({ context, answers: [{ method: "m", params: {}, result }] }));
  expect(back.answers[0]!.result).toEqual(new Float32Array([2, 3]));
});

test("a question fits if it has all that was recorded, whatever else it has; other parameters are another question", () => {
  const answers = recordedStudy("semantic-modes", { convention: "sum", steps: [1, 2] }, { modes: [] });
  const recording = { context, answers };
  const ask = (parameters: object) =>
    answerTo(recording, "study/start", { study: "semantic-modes", files: [], parameters });
  expect(ask({ convention: "sum", steps: [1, 2], count: 12 })?.result).toEqual({ run: "recorded semantic-modes" });
  expect(ask({ convention: "mean", steps: [1, 2] })).toBeUndefined();
  expect(ask({ convention: "sum", steps: [1, 2, 3] })).toBeUndefined();
  expect(answerTo(recording, "study/snapshot", { run: "recorded semantic-modes", since: 0 })?.result).toMatchObject({
    state: "finished",
    result: { modes: [] },
  });
  expect(answerTo(recording, "analysis/run", {})).toBeUndefined();
});
