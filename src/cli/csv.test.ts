import { expect, test } from "vitest";
import { csvLines } from "./csv.ts";

test("quotes, absent values, non-finite numbers, and names that look like formulas", () => {
  expect(csvLines([["a,b", 'say "x"', 0.1, Number.NaN, null, undefined, "=HYPERLINK(1)", -1]])).toBe(
    `"a,b","say ""x""",0.1,NaN,,,'=HYPERLINK(1),-1\r\n`,
  );
});
