import { expect, test } from "vitest";
import { counted } from "./counted.ts";

test("one of a thing is no plural", () => {
  expect([0, 1, 2, 1200].map((count) => counted(count, "cell"))).toEqual([
    "0 cells",
    "1 cell",
    "2 cells",
    "1,200 cells",
  ]);
  expect([1, 3].map((count) => counted(count, "matrix", "matrices"))).toEqual(["1 matrix", "3 matrices"]);
});
