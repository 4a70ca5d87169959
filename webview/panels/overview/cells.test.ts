import { expect, test } from "vitest";
import { columnById } from "./columns.ts";
import type { Item } from "./model.ts";
import { done, modelOf, spectrum, tensor } from "./overview.testkit.ts";

const cellOf = (id: string, item: Item) => columnById(id)?.cell(item, 4);

test("ranks and the norm bring the null for their own matrix to the card", () => {
  const model = modelOf(tensor("w", [2, 3]));
  const [item] = model.items;
  if (item === undefined) throw new Error("There is no item.");
  expect(cellOf("stableRank", item)).toEqual({ kind: "waiting" });
  model.apply("spectrum", [done("w", spectrum(3))]);
  expect(cellOf("stableRank", item)).toMatchObject({
    text: "1.25",
    beside: expect.stringMatching(/noise of 2 × 3 has 1\.3 ± 0\.2 .* 0\.25 spreads below/),
  });
  expect(cellOf("spectralNorm", item)).toMatchObject({
    beside: "No noise edge to compare with: Only 2 singular values.",
  });
  // The noise level is fitted to it, so it has none.
  expect(cellOf("frobeniusNorm", item)).toMatchObject({ beside: null });
  expect(cellOf("participationRatio", item)).toMatchObject({ text: "–", beside: null });
});
