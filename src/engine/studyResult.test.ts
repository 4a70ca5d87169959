import { expect, test } from "vitest";
import { triangleLength } from "../base/triangle.ts";
import { type ApartNote, ARRAYS, putTogether, SLICE_BYTES, type Values } from "../protocol/apart.ts";
import { changedFields, StudyResult } from "./studyResult.ts";

/** What stands in a message: bytes of its arrays, and those that travel apart. */
function weighed(value: unknown): { readonly bytes: number; readonly notes: readonly ApartNote[] } {
  let bytes = 0;
  const notes: ApartNote[] = [];
  const walk = (one: unknown): void => {
    if (ArrayBuffer.isView(one)) bytes += one.byteLength;
    else if (Array.isArray(one)) for (const part of one) walk(part);
    else if (typeof one === "object" && one !== null) for (const part of Object.values(one)) walk(part);
  };
  walk(
    putTogether(value, (note) => {
      notes.push(note);
      return new ARRAYS[note.type](0);
    }),
  );
  return { bytes, notes };
}

function fetched(result: StudyResult, { $apart, type, length }: ApartNote, sizes: number[]): Values {
  const values = new ARRAYS[type](length);
  const bytes = new Uint8Array(values.buffer);
  for (let from = 0; from < bytes.length; ) {
    const slice = result.slice($apart, from)!;
    sizes.push(slice.byteLength);
    // Nothing else travels along with it.
    expect(slice.buffer.byteLength).toBe(slice.byteLength);
    bytes.set(slice, from);
    from += slice.byteLength;
  }
  return values;
}

test("of a record those fields are sent that are other objects than before", () => {
  const changed = changedFields();
  const [rdms, cells] = [[1, 2], [3]];
  expect(changed({ rdms, cells, stage: "values", nothing: Number.NaN })).toEqual({
    rdms,
    cells,
    stage: "values",
    nothing: Number.NaN,
  });
  expect(changed({ rdms, cells: [...cells, 4], stage: "values", nothing: Number.NaN })).toEqual({ cells: [3, 4] });
  expect(changed({ rdms, cells, stage: "", nothing: 0 })).toEqual({ cells: [3], stage: "", nothing: 0 });
  expect(changedFields()(7)).toBe(7);
});

test("dissimilarities of 591 items in 48 layers travel once, one triangle each, and no message is long", () => {
  const [n, layers] = [591, 48];
  const rdms = Array.from({ length: layers }, (_, layer) => ({
    layer,
    triangle: Float32Array.from({ length: triangleLength(n) }, (__, at) => layer + at / 7),
  }));
  const result = new StudyResult(true);
  result.take({ rdms, cells: [], stage: "values" }, 1);
  const first = result.changes(0);
  const { bytes, notes } = weighed(first);
  expect(bytes).toBeLessThanOrEqual(2 ** 18);
  expect(notes).toHaveLength(layers);
  const sizes: number[] = [];
  const came: boolean[] = [];
  const whole = putTogether(first.changes, (note) => {
    const { triangle } = rdms[came.length]!;
    came.push(
      fetched(result, note, sizes).every((value, at) => value === triangle[at]) && note.length === triangle.length,
    );
    return new Float32Array(0);
  });
  expect(came).toEqual(rdms.map(() => true));
  expect(whole).toMatchObject({ cells: [], stage: "values" });
  expect(Math.max(...sizes)).toBeLessThanOrEqual(SLICE_BYTES);
  expect(sizes.reduce((sum, one) => sum + one, 0)).toBe(layers * 2 * n * (n - 1));
  // News of cells bring cells alone, and to one who comes late everything.
  result.take({ cells: [1] }, 2);
  expect(result.changes(1)).toEqual({ changes: { cells: [1] } });
  expect(result.changes(2)).toEqual({});
  const { result: known } = result.whole(0) as { result: Record<string, unknown> };
  expect(known).toMatchObject({ cells: [1], stage: "values" });
  expect(known.rdms).toBe(rdms);
  expect(weighed(result.changes(0)).notes.map(({ $apart }) => $apart)).toEqual(notes.map(({ $apart }) => $apart));
  // What has been replaced is gone.
  result.take({ rdms: [] }, 3);
  expect(result.slice(notes[0]!.$apart, 0)).toBeNull();
});

test("arrays of other studies stay where they are: a new result replaces the old one", () => {
  const result = new StudyResult(false);
  const big = new Float64Array(2 ** 17);
  result.take({ curves: big, early: 1 }, 1);
  expect(result.changes(0)).toEqual({ result: { curves: big, early: 1 } });
  result.take({ curves: big }, 2);
  expect(result.changes(1)).toEqual({ result: { curves: big } });
  expect(result.slice(1, 0)).toBeNull();
});
