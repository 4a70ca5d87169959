// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { sparklinePath } from "./cellView.ts";
import { columnById } from "./columns.ts";
import { done, gates, modelOf, statistics, tensor } from "./overview.testkit.ts";
import { Table } from "./table.ts";
import type { TableEvents, TablePlace } from "./tableTypes.ts";
import { layoutRows } from "./tree.ts";
import { ROW_HEIGHT } from "./windowing.ts";

const columns = ["name", "shape", "mean"].flatMap((id) => columnById(id) ?? []);
const events = {
  open: vi.fn(),
  toggle: vi.fn(),
  sort: vi.fn(),
  card: vi.fn(),
  copy: vi.fn(),
  find: vi.fn(),
  moved: vi.fn(),
} satisfies TableEvents;

const model = modelOf(
  tensor("enc.w", [2, 3]),
  tensor("enc.lstm", [8, 2], { parts: gates(2) }),
  ...Array.from({ length: 5000 }, (_, i) => tensor(`t${i}`, [1])),
);
model.apply("statistics", [
  done("enc.w", statistics({ mean: 0.25 })),
  {
    target: { tensor: "t0", part: null, tap: null },
    outcome: { kind: "failed", error: { code: "short-read", message: "ends early", details: {} } },
  },
]);

function mounted(place?: TablePlace): Table {
  const table = new Table(events, "file:///w/a.pt", place);
  document.body.replaceChildren(table.element);
  Object.defineProperty(table.element, "clientHeight", { value: 480 });
  Object.defineProperty(table.element, "clientWidth", { value: 800 });
  const rows = layoutRows(model.items, { mode: "tree", sort: null, toggled: new Set(), openByDefault: () => true });
  table.show({
    rows,
    columns,
    sort: { column: "mean", direction: "descending" },
    digits: 3,
    hasCard: ({ id }) => id === "mean",
  });
  return table;
}

async function frame(): Promise<void> {
  await new Promise((resolve) => requestAnimationFrame(resolve));
}

function press(table: Table, ...keys: readonly string[]): void {
  for (const key of keys)
    table.element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

beforeEach(() => {
  vi.clearAllMocks();
});

test("a tree grid that says its size and keeps only a window of lines", async () => {
  const table = mounted();
  await frame();
  expect(table.element.getAttribute("role")).toBe("treegrid");
  // One group, two tensors in it, four gates, 5000 others, and the header.
  expect(table.element.getAttribute("aria-rowcount")).toBe("5008");
  expect(table.element.querySelectorAll("[data-row]").length).toBeLessThan(60);
  const first = table.element.querySelector("[data-row='1']");
  expect(first?.getAttribute("aria-rowindex")).toBe("3");
  expect([...(first?.children ?? [])].map((cell) => [cell.getAttribute("aria-colindex"), cell.textContent])).toEqual([
    ["1", "w"],
    ["2", "2 × 3"],
    ["3", "0.25"],
  ]);
  expect(table.element.querySelector("[aria-sort='descending']")?.textContent).toBe("mean");
});

test("scrolling brings other lines and drops the old ones", async () => {
  const table = mounted();
  await frame();
  table.scrollTop = 3000 * ROW_HEIGHT;
  await frame();
  expect(table.element.querySelector("[data-row='3000']")?.textContent).toContain("t2993");
  expect(table.element.querySelector("[data-row='1']")).toBeNull();
  expect(table.visibleRows()[0]?.label).toBe("t2993");
});

test("waiting is a dot; failed is a warning with its reason", async () => {
  const table = mounted();
  await frame();
  const cell = (row: number) => table.element.querySelector<HTMLElement>(`[data-row='${row}'] .ms-column-mean`);
  expect(cell(3)?.textContent).toBe("·");
  expect(cell(7)?.title).toBe("ends early");
  expect(cell(7)?.querySelector(".codicon-warning")).not.toBeNull();
});

test("keys: arrows move, Enter opens, Left closes and climbs, Right opens, the header sorts", async () => {
  const table = mounted();
  await frame();
  press(table, "ArrowDown", "Enter");
  expect(events.open).toHaveBeenCalledWith(expect.objectContaining({ label: "w" }));
  press(table, "ArrowLeft");
  expect(table.element.getAttribute("aria-activedescendant")).toBe("ms-cell-0-0");
  press(table, "ArrowLeft");
  expect(events.toggle).toHaveBeenCalledWith(expect.objectContaining({ key: "enc." }));
  press(table, "ArrowUp", "ArrowRight", "Enter");
  expect(events.sort).toHaveBeenCalledWith(expect.objectContaining({ id: "shape" }));
  press(table, "End", " ");
  expect(events.card).toHaveBeenCalledWith(expect.objectContaining({ id: "mean" }), null, expect.anything());
});

function pressWith(table: Table, key: string, modifiers: KeyboardEventInit): void {
  table.element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...modifiers }));
}

const selected = (table: Table) => table.selectedRows().map(({ label }) => label);

test("selection by keyboard: Shift extends, Ctrl+A takes all, Ctrl+C copies, Escape comes back to one", async () => {
  const table = mounted();
  await frame();
  press(table, "ArrowDown");
  pressWith(table, "ArrowDown", { shiftKey: true });
  pressWith(table, "ArrowDown", { shiftKey: true });
  expect(selected(table)).toEqual(["w", "lstm", "gate i"]);
  expect(table.element.querySelector("[data-row='2']")?.getAttribute("aria-selected")).toBe("true");
  pressWith(table, "c", { ctrlKey: true });
  expect(events.copy).toHaveBeenCalledTimes(1);
  press(table, "Escape");
  expect(selected(table)).toEqual(["gate i"]);
  pressWith(table, "a", { ctrlKey: true });
  expect(table.selectedRows()).toHaveLength(5007);
  pressWith(table, "f", { metaKey: true });
  expect(events.find).toHaveBeenCalledTimes(1);
});

test("selection by mouse: Shift and Ctrl with a click select and open nothing", async () => {
  const table = mounted();
  await frame();
  const click = (row: number, modifiers: MouseEventInit = {}) =>
    table.element
      .querySelector(`[data-row='${row}'] .ms-name`)
      ?.dispatchEvent(new MouseEvent("click", { bubbles: true, ...modifiers }));
  click(1);
  expect(events.open).toHaveBeenCalledTimes(1);
  click(3, { shiftKey: true });
  click(7, { ctrlKey: true });
  click(2, { ctrlKey: true });
  expect(selected(table)).toEqual(["w", "gate i", "t0"]);
  expect(events.open).toHaveBeenCalledTimes(1);
});

test("letters jump to the next line that begins so", async () => {
  const table = mounted();
  await frame();
  press(table, "l");
  expect(table.element.getAttribute("aria-activedescendant")).toBe("ms-cell-2-0");
});

test("lines say their level, and whether they are open", async () => {
  const table = mounted();
  await frame();
  const row = (index: number) => table.element.querySelector(`[data-row='${index}']`);
  expect([0, 1, 2, 3].map((index) => row(index)?.getAttribute("aria-level"))).toEqual(["1", "2", "2", "3"]);
  expect([0, 1, 2].map((index) => row(index)?.getAttribute("aria-expanded"))).toEqual(["true", null, "true"]);
});

test("a saved place comes back: active line, column and selection", async () => {
  const first = mounted();
  await frame();
  press(first, "ArrowDown", "ArrowRight");
  pressWith(first, "ArrowDown", { shiftKey: true });
  const again = mounted(first.place);
  await frame();
  expect(again.element.getAttribute("aria-activedescendant")).toBe("ms-cell-2-1");
  expect(selected(again)).toEqual(["w", "lstm"]);
  expect(again.place).toEqual(first.place);
});

test("clicks: a number opens its card, the name its tensor, the twisty its group", async () => {
  const table = mounted();
  await frame();
  table.element.querySelector<HTMLElement>("[data-row='1'] .ms-number")?.click();
  expect(events.card).toHaveBeenCalledWith(
    expect.objectContaining({ id: "mean" }),
    expect.objectContaining({ label: "w" }),
    expect.anything(),
  );
  table.element.querySelector<HTMLElement>("[data-row='1'] [data-action='open']")?.click();
  expect(events.open).toHaveBeenCalledTimes(1);
  table.element.querySelector<HTMLElement>("[data-row='0'] .ms-twisty")?.click();
  expect(events.toggle).toHaveBeenCalledTimes(1);
});

test("the sparkline's path runs through its box, leaving out what is no number", () => {
  expect(sparklinePath([1, 0.5, 0], 10, 4)).toBe("M0.0 0.0L5.0 2.0L10.0 4.0");
  expect(sparklinePath([1, Number.NaN, 0], 10, 4)).toBe("M0.0 0.0L10.0 4.0");
  expect(sparklinePath([1], 10, 4)).toBe("M0 0.0H10");
  expect(sparklinePath([], 10, 4)).toBe("");
});
