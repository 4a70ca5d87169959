// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { simulatorStudy } from "../../../src/studies/simulator/index.ts";
import { type PlayedPanel, playPanel } from "../../parts/signal/panel.testkit.ts";
import { simulatorPanel } from "./index.ts";

const TABLE = { uri: "samples/toy-world/four-items/data.csv", name: "data.csv" };
let played: PlayedPanel | null = null;
beforeEach(() => document.body.replaceChildren());
afterEach(() => played?.dispose());

/** A world that is learned in a moment. */
const QUICK = { form: { texts: { "tree.features": "20", hidden: "8", steps: "200" } } };

/** The panel over the real study: only the editor between them is played. */
function fixture({ state, files = [] }: { state?: unknown; files?: readonly (typeof TABLE)[] } = {}) {
  const written: unknown[] = [];
  const opened: unknown[] = [];
  const host = {
    "files/choose": () => ({ files: [TABLE] }),
    "folder/write": (params: unknown) => {
      written.push(params);
      return { folder: { uri: "file:///runs", name: "runs" } };
    },
    "panel/open": (params: unknown) => {
      opened.push(params);
      return null;
    },
  };
  const panel = playPanel(simulatorPanel, simulatorStudy, null, { state, context: { files }, typed: true, host });
  played = panel;
  const { element } = panel;
  const find = <E extends Element = HTMLElement>(selector: string) => element.querySelector<E>(selector)!;
  return {
    ...panel,
    written,
    opened,
    find,
    kept: panel.state,
    text: () => element.textContent?.replace(/\s+/g, " ") ?? "",
    button: (text: string) =>
      [...element.querySelectorAll<HTMLButtonElement>("button")].find((one) => one.textContent?.trim() === text)!,
    type(field: string, text: string) {
      const input = find<HTMLInputElement>(`[data-field="${field}"]`);
      input.value = text;
      input.dispatchEvent(new Event("input"));
    },
  };
}

const trained = (panel: ReturnType<typeof fixture>) =>
  vi.waitFor(() => expect(panel.text()).toMatch(/Trained for|Theory alone|Not trained/), { timeout: 5000 });

test("opens with a small tree that is learned at once: words, numbers with cards, curves, table, items", async () => {
  const panel = fixture();
  await trained(panel);
  expect(panel.asked[0]).toMatchObject({ files: [], parameters: { train: true, keep: 0, depth: 2, rate: null } });
  expect(panel.text()).toContain("Trained for 1254 steps.");
  expect(panel.text()).toContain("The spread inside a level is no structure.");
  const rows = [...panel.element.querySelectorAll(".ms-simulator-table tbody tr")].map((row) => row.textContent);
  expect(rows).toHaveLength(4);
  expect(rows[2]).toMatch(/Level 2 \(modes 3–4\).*9\.06.*569\.3.*571/s);
  const [strengths, items, loss] = [...panel.element.querySelectorAll("canvas[role=img]")];
  expect(strengths?.getAttribute("aria-label")).toContain("lines by theory, marks from the trained network");
  expect(items?.getAttribute("aria-label")).toContain("8 items as they part from each other");
  expect(loss?.getAttribute("aria-label")).toContain("a step down for each group");
  panel.find(".ms-simulator-table tbody tr:last-child [title^='Half-time in training']").click();
  const card = document.querySelector("dialog.ms-card")!;
  expect(card.textContent).toContain("mean over 4 modes, from");
  expect(card.textContent).toContain("Saxe, McClelland & Ganguli 2014");
  expect(panel.failures).toEqual([]);
});

test("a change asks for theory alone, and keeps what was typed; Train asks for the network", async () => {
  const panel = fixture({ state: QUICK });
  await trained(panel);
  panel.type("depth", "3");
  panel.type("tree.features", "60");
  await vi.waitFor(() => expect(panel.text()).toContain("Theory alone."), { timeout: 5000 });
  expect(panel.asked).toHaveLength(2);
  expect(panel.asked[1]!.parameters).toMatchObject({ train: false, depth: 3, tree: { features: 60 } });
  expect(panel.kept()).toMatchObject({ form: { texts: { depth: "3" } } });
  panel.find("form").dispatchEvent(new Event("submit", { cancelable: true }));
  await vi.waitFor(() => expect(panel.text()).toContain("Trained for"), { timeout: 5000 });
  expect(panel.asked[2]!.parameters).toMatchObject({ train: true, depth: 3 });
  const again = fixture({ state: panel.kept() });
  expect(again.find<HTMLInputElement>("[data-field=depth]").value).toBe("3");
});

test.each([
  ["tree.flip", "0.7", "from 0 to 0.49"],
  ["hidden", "many", "The width of the hidden layers is a whole number"],
  ["seed", "", "The seed is a whole number"],
])("what is refused stands at the form, at its field: %s %j", async (field, text, why) => {
  const panel = fixture({ state: QUICK });
  await trained(panel);
  panel.type(field, text);
  await vi.waitFor(() => expect(panel.find("[role=alert]")?.textContent).toContain(why), { timeout: 5000 });
  const input = panel.find(`[data-field="${field}"]`);
  expect(input.getAttribute("aria-invalid")).toBe("true");
  expect(input.getAttribute("aria-describedby")).toBe(panel.find("[role=alert]").id);
  expect(panel.button("Export as Series…").disabled).toBe(true);
  panel.type(field, "3");
  if (field !== "tree.flip") await vi.waitFor(() => expect(panel.find("[role=alert]")).toBeNull(), { timeout: 5000 });
});

test("a rate that is no descent: theory stays, and why nothing was trained", async () => {
  const panel = fixture({ state: QUICK });
  await trained(panel);
  panel.type("rate", "1");
  panel.find("form").dispatchEvent(new Event("submit", { cancelable: true }));
  await vi.waitFor(() => expect(panel.text()).toContain("Not trained."), { timeout: 5000 });
  expect(panel.find(".ms-simulator-refusal").textContent).toContain("bears less than 0.113");
  panel.button("Trained network").click();
  expect(panel.text()).toContain("are placed when training is through");
});

test("opened on a table it learns that; another can be chosen", async () => {
  const panel = fixture({ files: [TABLE], state: QUICK });
  await trained(panel);
  expect(panel.asked[0]!.files).toEqual([{ role: "table", uri: TABLE.uri }]);
  expect(panel.text()).toContain("Modes of data.csv");
  expect(panel.text()).toContain("4 × 7");
  expect(panel.find("[data-field='tree.depth']")).toBeNull();
  panel.button("Choose…").click();
  await vi.waitFor(() => expect(panel.asked.length).toBe(2), { timeout: 5000 });
  expect(panel.kept()).toMatchObject({ table: TABLE, form: { world: "table" } });
});

test("export trains once more with checkpoints and hands them to the host", async () => {
  const panel = fixture({ state: QUICK });
  await trained(panel);
  panel.button("Export as Series…").click();
  await vi.waitFor(() => expect(panel.text()).toContain("41 files were written to runs."), { timeout: 5000 });
  expect(panel.asked[1]!.parameters).toMatchObject({ train: true, keep: 40 });
  const [{ files }] = panel.written as [{ files: { name: string; bytes: Uint8Array }[] }];
  expect(files.map(({ name }) => name).slice(-2)).toEqual(["step-0200.safetensors", "data.csv"]);
  panel.button("Show Learning Dynamics").click();
  await vi.waitFor(() => expect(panel.opened).toEqual([{ panel: "dynamics", uri: "file:///runs", target: null }]));
});

test("the slider goes through all times, and the axes of the picture can be chosen", async () => {
  const panel = fixture({ state: QUICK });
  await trained(panel);
  const slider = panel.find<HTMLInputElement>("input[type=range]");
  slider.value = "500";
  slider.dispatchEvent(new Event("input"));
  expect(slider.getAttribute("aria-valuetext")).toMatch(/^step (9\d|10\d)$/);
  panel.button("2 · 3").click();
  expect(panel.button("2 · 3").getAttribute("aria-pressed")).toBe("true");
  const details = panel.find<HTMLDetailsElement>(".ms-path-plot ~ details");
  details.open = true;
  details.dispatchEvent(new Event("toggle"));
  expect(details.textContent).toContain("axis 3");
  expect(details.querySelector("[role=region]")?.getAttribute("aria-label")).toBe(
    details.querySelector("caption")?.textContent,
  );
  expect(details.querySelectorAll("tbody tr")).toHaveLength(8);
});

test("an example fills the whole form", async () => {
  const panel = fixture({ state: QUICK });
  await trained(panel);
  const select = panel.find<HTMLSelectElement>("select");
  select.value = "saxe";
  select.dispatchEvent(new Event("change"));
  await vi.waitFor(() => expect(panel.text()).toContain("Level 5 (modes 17–32)"), { timeout: 5000 });
  expect(panel.asked[1]!.parameters).toMatchObject({
    rate: 5e-4,
    scale: 1e-6,
    tree: { depth: 5, branching: 2, flip: 0.1, features: 1000, properties: "limit" },
  });
  expect(panel.text()).toContain("883.3");
});
