import { expect, test } from "vitest";
import { COLUMNS, columnById } from "./columns.ts";
import { itemsToCsv, itemsToJson, rowsToTsv } from "./export.ts";
import { done, modelOf, spectrum, statistics, summary, tensor } from "./overview.testkit.ts";
import { layoutRows } from "./tree.ts";

const model = modelOf(tensor('=HYPERLINK("x"),y', [2, 3]), tensor("a.b\tc", [2]));
model.apply("statistics", [done('=HYPERLINK("x"),y', statistics({ mean: 1 / 3, std: Number.NaN, min: -2 }))]);
model.apply("spectrum", [done('=HYPERLINK("x"),y', spectrum(4))]);
const columns = ["name", "shape", "mean", "min"].flatMap((id) => columnById(id) ?? []);

test("TSV holds the lines as shown, in full precision, one line each, and no formula", () => {
  const rows = layoutRows(model.items, { mode: "flat", sort: null, toggled: new Set(), openByDefault: () => true });
  expect(rowsToTsv(rows, columns)).toBe(
    `name\tshape\tmean\tmin\n'=HYPERLINK("x"),y\t2×3\t${1 / 3}\t-2\na.b c\t2\t\t\n`,
  );
});

test("CSV quotes and names its columns by id; waiting numbers are empty and NaN is said", () => {
  const [head, first, second] = itemsToCsv(model.items, COLUMNS).split("\n");
  expect(head).toBe(
    COLUMNS.map(({ id }) => id)
      .filter((id) => id !== "sparkline")
      .join(","),
  );
  expect(first).toBe(`"'=HYPERLINK(""x""),y",,2×3,,,,,,,,,4,1.25,1.9,,0.2,4,${1 / 3},NaN,-2,1,0,0,weight,f32,6`);
  expect(second).toMatch(/^a\.b\tc,,2,{21}bias,f32,2$/);
});

test("JSON keeps how each number was got, states, and NaN", () => {
  const document = JSON.parse(itemsToJson(summary(), model.items));
  expect(document.schema).toBe("modescope.overview/1");
  expect(document.tensors[0].statistics.result.std).toBe("NaN");
  expect(document.tensors[0].spectrum.result.effectiveRank.how).toEqual({
    kind: "estimate",
    standardError: 0.1,
    method: "density",
  });
  expect(document.tensors[0].spectrum.result.sparkline).toEqual([1, 0.5]);
  expect(document.tensors[1].spectrum).toEqual({ state: "waiting" });
});
