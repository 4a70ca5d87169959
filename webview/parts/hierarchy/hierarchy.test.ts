// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";
import { hierarchyView } from "./hierarchyView.ts";
import { binary } from "./trees.testkit.ts";

const exact = (value: number) => ({ value, how: { kind: "exact", method: "made up" } }) as const;

/** Eight items: mode 1 divides the halves, modes 2 and 3 (one subspace) the quarters of each. */
function eight(change: Partial<ModeHierarchyResult> = {}): ModeHierarchyResult {
  const nodes = binary(3);
  const [left, right] = nodes[0]!.children as [number, number];
  const mode = (index: number, group: number[], at: number[]) => ({
    index,
    singularValue: 3 - index,
    singularValueNull: 1,
    singularValueP: 0.01,
    share: 0.3,
    group,
    nodes: at,
    purity: 0.9,
    purityNull: 0.5,
    purityP: 0.02,
    itemPoles: { positive: [0], negative: [4] },
    propertyPoles: { positive: [0], negative: [1] },
  });
  const vector = [1, 1, 1, 1, -1, -1, -1, -1].map((one) => one / Math.sqrt(8));
  return {
    reading: { kind: "linear", rowAxes: [0], columnAxes: [1], fixed: [], rows: 8, columns: 2 },
    items: 8,
    allItems: 8,
    which: null,
    properties: 2,
    itemAxis: "rows",
    centred: false,
    geometry: "hidden",
    modes: [mode(0, [0], [0]), mode(1, [1, 2], [left, right]), mode(2, [1, 2], [left, right])],
    itemVectors: Float32Array.from([...vector, ...vector, ...vector]),
    propertyVectors: new Float32Array(6),
    nodes: nodes.map((node, at) => ({ ...node, modes: at === 0 ? [0] : at === left || at === right ? [1, 2] : [] })),
    order: Int32Array.from({ length: 8 }, (_, i) => i),
    leaves: null,
    similarity: Float32Array.from({ length: 64 }, (_, at) => 10 * Math.floor(at / 8) + (at % 8)),
    copheneticCorrelation: exact(0.7),
    copheneticNull: 0.8,
    copheneticP: 0.3,
    relativeDelta: exact(0.2),
    treeLike: { verdict: false, reason: "Not tree-like: made up." },
    structures: [
      { kind: "tree", fit: 0.4, fitNull: 0.3, p: 0.2, placement: null },
      {
        kind: "ring",
        fit: 0.95,
        fitNull: 0.3,
        p: 0.01,
        placement: { kind: "ring", order: Int32Array.of(0, 2, 4, 6, 7, 5, 3, 1) },
      },
      { kind: "grid", fit: Number.NaN, fitNull: Number.NaN, p: Number.NaN, placement: null },
    ],
    offered: { kind: "ring", reason: "A ring explains 95 %." },
    basicLevel: null,
    draws: 100,
    degenerate: null,
    ...change,
  };
}

const theme = {
  kind: "dark",
  color: (_: string, fallback = "#000") => fallback,
  onChange: () => ({ dispose() {} }),
} as const;
const names = { item: (item: number) => `item ${"abcdefgh"[item] ?? item}`, property: (p: number) => `p${p}` };

function shown(result: ModeHierarchyResult, more: { onInside?: (items: readonly number[]) => void } = {}) {
  const parent = document.createElement("div");
  document.body.replaceChildren(parent);
  const chosen: number[] = [];
  const view = hierarchyView(parent, {
    result,
    names,
    digits: 4,
    theme,
    quantity: () => null,
    onChoose: (mode) => chosen.push(mode),
    ...more,
  });
  const all = (selector: string) => [...parent.querySelectorAll<HTMLElement>(selector)];
  return { parent, view, chosen, all, words: () => parent.querySelector(".ms-hierarchy-words")?.textContent ?? "" };
}

const click = (element: Element | undefined) => element?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
const pressed = (elements: readonly Element[]) => elements.map((one) => one.getAttribute("aria-pressed") === "true");

test("a mode, a split and an item choose each other: tree, names, spectrum, table and words say the same", () => {
  const { all, chosen, words } = shown(eight());
  const nodes = all(".ms-tree-node");
  const stems = all(".ms-stem[role=button]");
  expect(pressed(nodes)).toEqual([true, false, false, false, false, false, false]);
  expect(pressed(stems)).toEqual([true, false, false]);
  expect(all(".ms-tree-items li").map((item) => item.dataset.pole)).toEqual([
    ...Array.from({ length: 4 }, () => "positive"),
    ...Array.from({ length: 4 }, () => "negative"),
  ]);
  // From the spectrum: both splits of the subspace, and no item is weighed by a vector that is arbitrary.
  click(stems[1]);
  expect(pressed(nodes).filter((one) => one)).toHaveLength(2);
  expect(all(".ms-tree-items li").every((item) => item.dataset.pole === "")).toBe(true);
  expect(all("tr.ms-selected")[0]?.textContent).toContain("2–3");
  expect(words()).toContain("one subspace");
  expect(chosen).toEqual([1]);
  // From the table back.
  click(all(".ms-mode-choice")[0]);
  expect(pressed(stems)).toEqual([true, false, false]);
  expect(pressed(nodes)[0]).toBe(true);
  // An item: its path in the tree, its typicality in the table.
  click(all(".ms-tree-items li")[5]);
  expect(words()).toContain("item f: typicality −0.354 in mode 1");
  expect(
    all(".ms-tree-items li")
      .map((item) => item.getAttribute("aria-selected") === "true")
      .indexOf(true),
  ).toBe(5);
  expect(all(".ms-on-path")).toHaveLength(3);
  expect(all("th").some((cell) => cell.textContent === "Typicality of item f")).toBe(true);
  // A split, by the keyboard.
  nodes[1]?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  expect(pressed(nodes)[1]).toBe(true);
  expect(words()).toContain("Split of 4 items into 2");
});

test("typicality and attribute centrality of the chosen mode on demand, none for a subspace", () => {
  const { parent, all } = shown(eight({ propertyVectors: Float32Array.from([0.6, -0.8, 0, 0, 0, 0]) }));
  const details = parent.querySelector<HTMLDetailsElement>(".ms-loadings")!;
  expect(details.querySelectorAll("table")).toHaveLength(0);
  details.open = true;
  details.dispatchEvent(new Event("toggle"));
  const [items, properties] = [...details.querySelectorAll("table")].map((table) => table.textContent ?? "");
  expect(items).toMatch(/Typicality of items: v1.*item a0\.354/);
  expect(properties).toMatch(/Attribute centrality \(prototype\): u1.*p00\.600.*p1−0\.800/);
  click(all(".ms-stem[role=button]")[1]);
  expect(details.hidden).toBe(true);
});

test("a pair in the matrix chooses the split that joins it; the cursor says pairs and keeps inside", () => {
  const { parent, all, words } = shown(eight());
  const canvas = parent.querySelector("canvas")!;
  const key = (name: string) => canvas.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  key("ArrowUp");
  expect(parent.querySelector(".ms-similarity-said")?.textContent).toBe("item a · item a: 0");
  key("ArrowRight");
  expect(parent.querySelector(".ms-similarity-said")?.textContent).toMatch(/^item a · item b: 0?\.?/);
  key("Enter");
  expect(words()).toContain("Split of 2 items");
  key("ArrowLeft");
  key("ArrowLeft");
  key("Enter");
  expect(words()).toContain("item a: typicality");
  // The same as a table, for those who cannot use the picture.
  const details = parent.querySelector("details")!;
  details.open = true;
  details.dispatchEvent(new Event("toggle"));
  expect(all(".ms-data-table tbody tr")).toHaveLength(8);
});

test("zoom, cut and search: a part of the tree, its lines, and an item that was hidden", () => {
  const many = binary(7);
  const result = eight({
    nodes: many,
    items: 128,
    allItems: 128,
    order: Int32Array.from({ length: 128 }, (_, i) => i),
    similarity: null,
    itemVectors: new Float32Array(3 * 128),
    modes: eight().modes.map((mode) => ({ ...mode, nodes: [0] })),
  });
  const { parent, all } = shown(result);
  expect(all(".ms-tree-items li")).toHaveLength(64);
  expect(all(".ms-cut")).toHaveLength(64);
  const status = () => parent.querySelector(".ms-hierarchy-toolbar [role=status]")?.textContent;
  expect(status()).toBe("All 128 items, in 64 lines");
  const range = parent.querySelector<HTMLInputElement>("input[type=range]")!;
  range.value = "8";
  range.dispatchEvent(new Event("change"));
  expect(all(".ms-tree-items li")).toHaveLength(8);
  // Double click opens what is cut.
  all(".ms-tree-items li")[1]!.dispatchEvent(new MouseEvent("dblclick", { bubbles: true }));
  expect(status()).toBe("16 of 128 items, in 8 lines");
  const [zoomIn, zoomOut] = all(".ms-tool") as HTMLButtonElement[];
  expect(zoomOut!.disabled).toBe(false);
  click(zoomOut);
  click(zoomOut);
  click(zoomOut);
  expect(status()).toBe("All 128 items, in 8 lines");
  expect(zoomOut!.disabled).toBe(true);
  click(all(".ms-tree-node")[1]);
  expect(zoomIn!.disabled).toBe(false);
  click(zoomIn);
  expect(status()).toBe("64 of 128 items, in 8 lines");
  const input = parent.querySelector<HTMLInputElement>(".ms-find-input")!;
  input.value = "item 100";
  input.dispatchEvent(new Event("input"));
  expect(all(".ms-find-list li").map((item) => item.textContent)).toEqual(["item 100"]);
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  const selected = all(".ms-tree-items li[aria-selected=true]");
  expect(selected.map((item) => item.textContent)).toEqual(["item 100"]);
  expect(document.activeElement).toBe(selected[0]);
  input.value = "nobody";
  input.dispatchEvent(new Event("input"));
  expect(all(".ms-find-list li")[0]?.textContent).toBe("No item has such a name.");
});

test("of many items the ends are groups: named by their middle, found by any member, looked into", () => {
  const of = Int32Array.from({ length: 40 }, (_, i) => i % 8);
  const asked: (readonly number[])[] = [];
  const result = eight({
    items: 40,
    allItems: 40,
    itemVectors: new Float32Array(120),
    leaves: {
      count: 8,
      of,
      sizes: new Int32Array(8).fill(5),
      central: Int32Array.from({ length: 8 }, (_, i) => i + 8),
      withinShare: 0.123,
      modesShare: 0.9,
      sample: Int32Array.from({ length: 8 }, (_, i) => i),
      sampleCophenetic: 0.6,
    },
  });
  const { parent, all, words } = shown(result, { onInside: (items) => asked.push(items) });
  expect(all(".ms-tree-items li")[2]?.textContent).toBe("item 10 and 4 more");
  expect(parent.textContent).toContain(
    "An estimate: 40 items stand in 8 groups of similar ones, which hide 12.3 % of their variance",
  );
  const input = parent.querySelector<HTMLInputElement>(".ms-find-input")!;
  input.value = "item 27";
  input.dispatchEvent(new Event("input"));
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  expect(words()).toContain("item 27");
  expect(words()).toContain("It stands in the group of item 11 and 4 more.");
  const inside = all(".ms-tool")[2] as HTMLButtonElement;
  expect([inside.hidden, inside.title]).toEqual([false, "5 items, one by one"]);
  click(inside);
  expect(asked).toEqual([[3, 11, 19, 27, 35]]);
});

test("what is not tree-like is said so with what is offered; structures stand beside their nulls", () => {
  const { all, parent } = shown(eight());
  expect(parent.querySelector(".ms-verdict")?.textContent).toBe("Not tree-like: made up.");
  expect(parent.querySelector(".ms-offer")?.textContent).toBe("A ring explains 95 %.");
  const rows = all(".ms-structures tbody tr").map((row) => [...row.children].map((cell) => cell.textContent));
  expect(rows[1]).toEqual([
    "Ring ◂ offered",
    "0.950",
    "≤ 0.300",
    "0.01",
    expect.stringMatching(/^round: item a – item c – /),
  ]);
  expect(rows[2]![1]).toBe("too few items");
  // Nothing can be looked into where every end is an item.
  expect((all(".ms-tool")[2] as HTMLButtonElement).hidden).toBe(true);
});

test("relatives are named in words and marked in the tree", () => {
  const near = eight();
  const last = near.nodes.length - 1;
  const { parent, all } = shown({
    ...near,
    nodes: near.nodes.map((node, at) => (at === last ? { ...node, heightP: 0.01 } : node)),
  });
  expect(parent.querySelector(".ms-relatives")?.textContent).toBe(
    "Relatives, closer than any two items of permuted tables: item g – item h (p 0.01).",
  );
  expect(all(".ms-close").map((node) => node.dataset.node)).toEqual([String(last)]);
  expect(shown(eight()).parent.querySelector(".ms-relatives")).toBeNull();
});

test("what lost its NaN and infinities on the way into the page is shown as what it was", () => {
  const planted = {
    kind: "planted",
    value: Number.POSITIVE_INFINITY,
    threshold: 1,
    p: Number.NaN,
    inside: 1,
    outside: 0,
    count: 2,
    named: [0, 1],
    itemOverlap: 1,
    propertyOverlap: 1,
  } as const;
  const made = eight({ copheneticP: Number.NaN, copheneticNull: Number.NaN });
  const sent = {
    ...made,
    modes: made.modes.map((mode) => ({
      ...mode,
      purityNull: Number.NaN,
      purityP: Number.NaN,
      singularValueNull: Number.NaN,
    })),
    nodes: made.nodes.map((node) => ({ ...node, heightP: Number.NaN, coherence: planted })),
  };
  // As the editor sends it: numbers through JSON, typed arrays as they are.
  const arrived = JSON.parse(JSON.stringify(sent)) as ModeHierarchyResult;
  const { itemVectors, propertyVectors, order, similarity, structures } = sent;
  const placements = structures.map(({ placement }, at) => ({ ...arrived.structures[at]!, placement }));
  const { all, words, parent } = shown({
    ...arrived,
    itemVectors,
    propertyVectors,
    order,
    similarity,
    structures: placements,
  });
  expect(all(".ms-structures tbody tr")[2]?.textContent).toContain("too few items");
  click(all(".ms-tree-node")[1]);
  expect(words()).toContain("Coherence C = ∞ (no noise), above the threshold 1, by 2 properties: p0, p1.");
  expect(words()).not.toContain("Closer than");
  expect(parent.textContent).not.toContain("null.");
  expect(all("tbody td").some((cell) => cell.textContent === "–")).toBe(true);
});

test("items that coincide have no tree, and nothing breaks", () => {
  const { parent } = shown(
    eight({
      nodes: [],
      modes: eight().modes.map((mode) => ({ ...mode, nodes: [-1] })),
      degenerate: "All items coincide.",
    }),
  );
  expect(parent.textContent).toContain("All items coincide.");
  expect(parent.querySelector(".ms-tree")).toBeNull();
});
