import { expect, test } from "vitest";
import { initialColumns } from "./columns.ts";
import { readViewState } from "./viewState.ts";

test("saved state comes back", () => {
  const saved = {
    sort: { column: "mean", direction: "descending" },
    filterText: "role:bias",
    role: "bias",
    columns: ["name", "mean"],
    mode: "flat",
    toggled: ["a."],
    scrollTop: 120,
    place: { active: "a.w", column: 2, selected: ["a.w", "a.b"], scrollLeft: 40 },
    lintOpen: true,
  };
  expect(readViewState(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
});

test.each([undefined, null, 3, [], { sort: { column: "gone" }, columns: ["mean", 3], scrollTop: -1, toggled: {} }])(
  "%j falls back to the defaults",
  (saved) => {
    expect(readViewState(saved)).toEqual({
      sort: null,
      filterText: "",
      role: "",
      columns: initialColumns(),
      mode: "tree",
      toggled: [],
      scrollTop: 0,
      lintOpen: false,
      place: { active: null, column: 0, selected: [], scrollLeft: 0 },
    });
  },
);
