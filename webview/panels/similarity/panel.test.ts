// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { modeHierarchyAnalysis } from "../../../src/analysis/mode-hierarchy/index.ts";
import type { PanelContext } from "../../../src/protocol/contract.ts";
import { runStudyOn } from "../../../src/studies/_shared/runStudy.testkit.ts";
import { similarityStudy } from "../../../src/studies/similarity/index.ts";
import { type PlayedPanel, playPanel, press, until } from "../../shell/panel.testkit.ts";
import { similarityPanel } from "./index.ts";
import { likelyRole } from "./state.ts";

const FOLDER = "samples/two-seeds";
const file = (name: string) => ({ uri: `file:///${FOLDER}/${name}`, name });
let played: PlayedPanel | null = null;
beforeEach(() => document.body.replaceChildren());
afterEach(() => {
  played?.dispose();
  played = null;
});

const DIGITS = Array.from({ length: 100 }, (_, k) => `digit ${Math.floor(k / 10)} (${(k % 10) + 1})`);
const QUICK = { permutations: 19, bootstraps: 20 };

/** The panel over the real study on the real sample: only the editor between them is played. */
function fixture(
  names: readonly string[],
  options: { state?: unknown; chosen?: string; ask?: object; context?: Partial<PanelContext> } = {},
) {
  played = playPanel(similarityPanel, {
    state: options.state,
    context: { uri: file(names[0]!).uri, files: names.map(file), ...options.context },
    studies: [similarityStudy.manifest],
    analyses: [modeHierarchyAnalysis.manifest],
    answer: ({ files, parameters }) =>
      runStudyOn(
        similarityStudy,
        files.map(({ role, uri }) => ({ role, path: uri.slice("file:///".length) })),
        { ...parameters, ...QUICK, items: 40, ...options.ask },
      ).then(({ result }) => result),
    host: {
      "labels/find": () => ({ lists: [{ name: "items", labels: DIGITS }], source: null, problem: null }),
      "files/choose": () => ({ files: [file(options.chosen ?? "recording.h5")] }),
    },
  });
  return played;
}

const chosenOf = (panel: PlayedPanel) => (panel.state() as { chosen: number[] }).chosen;
const selected = (panel: PlayedPanel) =>
  [...panel.element.querySelectorAll(".ms-strip [aria-selected=true]")].map(
    (option) => option.getAttribute("aria-label") ?? option.textContent,
  );
const pick = (panel: PlayedPanel, choice: string, value: string) => {
  const select = panel.element.querySelector<HTMLSelectElement>(`[data-choice=${choice}]`)!;
  select.value = value;
  select.dispatchEvent(new Event("change"));
};

test("two networks: cells by keys, a card, a table, and files to save", async () => {
  const { element, text, saved, failures } = fixture(["seed-0.npz", "seed-1.npz"]);
  await until(() => element.querySelector(".ms-sim-second") !== null);
  expect(failures).toEqual([]);
  expect(text("h1")).toBe("Linear CKA, debiased");
  expect(text("header .ms-quiet")).toBe("12 layers over 40 of 100 items");
  const canvas = element.querySelector(".ms-sim-layers canvas")!;
  expect(canvas.getAttribute("aria-label")).toContain("12 rows by 12 columns");
  press(canvas, "Home", "ArrowRight");
  expect(text(".ms-sim-layers .ms-readout")).toMatch(
    /^seed-0: hidden1 and seed-0: hidden2: 0\.9\d+, 95 % from .* chance 0, p 0\.05 \(no smaller one is possible\), 0\.05 corrected for all cells of 19 draws$/,
  );
  press(canvas, "Enter");
  expect(document.querySelector("dialog.ms-card")?.textContent).toContain("HSIC");
  for (const button of element.querySelectorAll<HTMLElement>(".ms-sim-layers .ms-export-bar button"))
    if (button.textContent !== "PNG") button.click();
  await until(() => saved.length === 2);
  expect(saved[0]!.text.split("\r\n")).toHaveLength(80);
  expect(saved[1]!.text).toMatch(/^<svg xmlns[\s\S]*<\/svg>\n$/);
  expect(text(".ms-sim-models .ms-readout")).toContain("Hover a cell");
  expect(text(".ms-sim-layers details summary")).toMatch(/layers are closest to their namesake|Show as table/);
});

test("items chosen in the matrices are chosen in the plane, the strip and the words, and remembered", async () => {
  const panel = fixture(["seed-0.npz", "stimuli.npy"]);
  const { element, text } = panel;
  await until(() => element.querySelector(".ms-sim-rdms canvas") !== null);
  const matrices = element.querySelector(".ms-sim-rdms canvas")!;
  press(matrices, "Home", "ArrowRight", "ArrowRight");
  expect(text(".ms-sim-rdms .ms-readout")).toMatch(
    /^hidden1: digit \d \(\d+\) and digit \d \(\d+\), correlation distance \d/,
  );
  expect(element.querySelectorAll(".ms-items-shown canvas")).toHaveLength(2);
  expect(element.querySelectorAll(".ms-strip-pointed")).toHaveLength(2);
  expect(text(".ms-items-count")).toBe("No item is chosen.");
  press(matrices, "Enter");
  expect(text(".ms-items-count")).toMatch(/^2 of 40 items chosen: digit/);
  expect(selected(panel)).toHaveLength(2);
  expect(element.querySelectorAll(".ms-sim-items tbody tr")).toHaveLength(6);
  expect(chosenOf(panel)).toHaveLength(2);
  press(matrices, "PageDown");
  expect(text(".ms-sim-rdms .ms-readout")).toMatch(/^hidden2: /);
  const plane = element.querySelector(".ms-sim-plane canvas")!;
  expect(plane.getAttribute("aria-label")).toMatch(/^40 items in the plane .* hidden1 best, stress 0\.\d/);
  press(plane, "End", " ");
  expect(chosenOf(panel)).toHaveLength(3);
  press(plane, "Control+a");
  expect(selected(panel)).toHaveLength(40);
  press(plane, "Escape");
  expect(text(".ms-items-count")).toBe("No item is chosen.");
  expect(selected(panel)).toEqual([]);
});

test("the strip is a list box: keys walk it, choose, extend and clear; a click chooses and a click with Ctrl adds", async () => {
  const panel = fixture(["seed-0.npz"]);
  const { element } = panel;
  await until(() => element.querySelector(".ms-strip [role=option]") !== null);
  const strip = element.querySelector<HTMLElement>(".ms-strip")!;
  expect(strip.getAttribute("aria-multiselectable")).toBe("true");
  strip.focus();
  press(strip, "ArrowRight", " ", "Shift+ArrowRight", "Shift+ArrowRight");
  expect(selected(panel)).toHaveLength(3);
  const active = element.querySelector(`#${strip.getAttribute("aria-activedescendant")}`);
  expect(active?.textContent).toBe(selected(panel)[2]);
  press(strip, "Home", "Enter");
  const options = element.querySelectorAll<HTMLElement>(".ms-strip [role=option]");
  expect(selected(panel)).toEqual([options[0]!.textContent]);
  options[4]!.dispatchEvent(new MouseEvent("click", { bubbles: true, ctrlKey: true }));
  expect(selected(panel)).toEqual([options[0]!.textContent, options[4]!.textContent]);
  expect(element.querySelectorAll(".ms-sim-items .ms-data-table tbody tr")).toHaveLength(6);
  element.querySelector<HTMLElement>("[data-act=clear]")!.click();
  expect(selected(panel)).toEqual([]);
  element.querySelector<HTMLElement>("[data-act=all]")!.click();
  expect(selected(panel)).toHaveLength(40);
});

test("a branch of the tree beside the matrices is chosen by keys", async () => {
  const panel = fixture(["seed-0.npz"]);
  const { element, text } = panel;
  await until(() => element.querySelector(".ms-sim-rdms canvas") !== null);
  const matrices = element.querySelector(".ms-sim-rdms canvas")!;
  press(matrices, "Home", "ArrowLeft");
  expect(text(".ms-sim-rdms .ms-readout")).toMatch(/^\d+ items that join at 0\.\d+: digit/);
  const below = Number.parseInt(text(".ms-sim-rdms .ms-readout"), 10);
  press(matrices, "Enter");
  expect(selected(panel)).toHaveLength(below);
  press(matrices, "ArrowLeft");
  expect(Number.parseInt(text(".ms-sim-rdms .ms-readout"), 10)).toBeGreaterThan(below);
});

test("the order is chosen, said, and the same in all pictures", async () => {
  const panel = fixture(["seed-0.npz", "seed-1.npz"], { ask: { layers: ["logits"] } });
  const { element, text, asked } = panel;
  await until(() => element.querySelector(".ms-strip [role=option]") !== null);
  const names = () => [...element.querySelectorAll(".ms-strip [role=option]")].map(({ textContent }) => textContent!);
  expect(text(".ms-items-order")).toContain("average linkage");
  pick(panel, "order", "given");
  expect(text(".ms-items-order")).toBe("Items as they are given in the files.");
  expect(names()).toEqual(DIGITS.filter((name) => names().includes(name)));
  const readout = () => {
    press(element.querySelector(".ms-sim-rdms canvas")!, "Home", "ArrowRight");
    return text(".ms-sim-rdms .ms-readout");
  };
  expect(readout()).toContain(`${names()[0]} and ${names()[1]}`);
  pick(panel, "order", "kind:names without their number");
  expect(text(".ms-items-order")).toContain("by kind (names without their number)");
  expect(names().map((name) => name.slice(0, 7))).toEqual([...names().map((name) => name.slice(0, 7))].sort());
  const before = asked.length;
  pick(panel, "representation", "seed-1: logits");
  pick(panel, "order", "hierarchy");
  expect(text(".ms-items-order")).toContain("Computing the hierarchy");
  await until(() => text(".ms-items-order").startsWith("Items by the mode hierarchy of seed-1: logits."));
  expect(asked.slice(before).map(({ parameters }) => parameters)).toEqual([
    expect.objectContaining({ compare: false, hierarchyOf: { file: 1, tensor: "logits" } }),
  ]);
  expect(readout()).toContain(`${names()[0]} and ${names()[1]}`);
  expect(panel.state()).toMatchObject({ order: "hierarchy", representation: "seed-1: logits" });
  // The hierarchy itself stands below, and speaks of the same items.
  await until(() => element.querySelector(".ms-items-tree .ms-tree") !== null);
  element.querySelector(".ms-items-tree .ms-tree-node[data-node='1']")!.dispatchEvent(new MouseEvent("click"));
  expect(selected(panel).length).toBeGreaterThan(1);
  expect(selected(panel).length).toBeLessThan(40);
  press(element.querySelector(".ms-sim-rdms canvas")!, "Home", "Enter");
  expect(text(".ms-items-tree .ms-hierarchy-words")).toContain(names()[0]);
});

test("texts of the items are read where the pointer is", async () => {
  const panel = fixture(["seed-0.npz", "labels.txt"], { ask: { items: 0, layers: ["logits"] } });
  const { element, text, asked } = panel;
  await until(() => element.querySelector(".ms-strip [role=option]") !== null);
  expect(asked[0]!.files[1]!.role).toBe("stimuli");
  element.querySelector(".ms-strip [role=option]")!.dispatchEvent(new Event("pointerover", { bubbles: true }));
  expect(text(".ms-stimulus-text")).toMatch(/^\d \(\d+\)$/);
  expect(element.querySelectorAll(".ms-items-shown canvas")).toHaveLength(0);
});

test("more items are asked for by themselves: nothing is compared anew, and all pictures show them", async () => {
  const panel = fixture(["seed-0.npz"], { ask: { layers: ["logits"], items: 0 } });
  const { element, asked, text } = panel;
  const count = () => element.querySelectorAll(".ms-strip [role=option]").length;
  await until(() => count() === 96);
  expect(asked.map(({ parameters }) => parameters)).toEqual([expect.objectContaining({ shownItems: 96 })]);
  pick(panel, "shown", "500");
  expect(text(".ms-items-order")).toContain("Computing the dissimilarities of more items");
  await until(() => count() === 100);
  expect(text(".ms-items-order")).not.toContain("Computing");
  expect(asked).toHaveLength(2);
  expect(asked[1]!.parameters).toMatchObject({ shownItems: 500, compare: false });
  expect(element.querySelector(".ms-sim-plane canvas")!.getAttribute("aria-label")).toContain("100 items");
  pick(panel, "order", "hierarchy");
  await until(() => text(".ms-items-order").startsWith("Items by the mode hierarchy"));
  expect(count()).toBe(100);
  pick(panel, "shown", "96");
  await until(() => count() === 96);
  expect(asked).toHaveLength(4);
});

test("in a report nothing is offered that would have to be computed", async () => {
  const { element } = fixture(["seed-0.npz"], { context: { recorded: true } });
  await until(() => element.querySelector(".ms-strip [role=option]") !== null);
  const orders = [...element.querySelectorAll<HTMLOptionElement>("[data-choice=order] option")].map(
    ({ value }) => value,
  );
  expect(orders).toEqual(["tree", "kind:names without their number", "given"]);
  expect(element.querySelector("[data-choice=measure]")).toBeNull();
});

test("a report that was made with hierarchies offers them, of every representation", async () => {
  const ask = { hierarchies: true, layers: ["hidden1", "logits"], permutations: 0 };
  const panel = fixture(["seed-0.npz"], { context: { recorded: true }, ask });
  const { element, text, asked } = panel;
  await until(() => element.querySelector("[data-choice=order]") !== null);
  pick(panel, "order", "hierarchy");
  expect(text(".ms-items-order")).toMatch(/^Items by the mode hierarchy of hidden1/);
  pick(panel, "representation", "logits");
  expect(text(".ms-items-order")).toMatch(/^Items by the mode hierarchy of logits/);
  expect(element.querySelector(".ms-hierarchy-view")).not.toBeNull();
  expect(asked).toHaveLength(1);
});

test("a recording added in the panel stands beside the layers, with its ceiling", async () => {
  const { element, asked, text, saved } = fixture(["seed-0.npz"], { state: { measure: "rsa" } });
  await until(() => element.querySelector(".ms-sim-rdms canvas") !== null);
  [...element.querySelectorAll<HTMLElement>(".ms-sim-files button")]
    .find((one) => one.textContent === "+ Recording…")!
    .click();
  await until(() => element.querySelector("[class*=ms-sim-brain] canvas") !== null);
  expect(asked[1]!.files.map(({ role }) => role)).toEqual(["activations", "recording"]);
  expect(element.querySelector("[class*=ms-sim-brain] canvas")!.getAttribute("aria-label")).toContain(
    "noise ceiling of 4 parts",
  );
  expect(text("[data-field=ceiling]")).toMatch(/0\.4\d+ – 0\.7\d+/);
  const [layers] = element.querySelectorAll("[class*=ms-sim-brain] .ms-table-scroll table");
  expect(layers!.querySelectorAll("tbody tr")).toHaveLength(6);
  expect(layers!.querySelector("tbody tr")!.textContent).toMatch(/0\.\d+ … 0\.\d+/);
  element.querySelector<HTMLElement>("[data-field=generalization]")!.click();
  expect(document.querySelector("dialog.ms-card")?.textContent).toContain("Schütt");
  [...element.querySelectorAll<HTMLElement>("[class*=ms-sim-brain] button")]
    .filter(({ title }) => title === "Save this table")
    .at(-1)!
    .click();
  await until(() => saved.length === 1);
  expect(saved[0]!.text.split("\r\n")).toHaveLength(17);
});

test("a model that is compared asks for its stimuli first, and is then run on them", async () => {
  const { element, asked, text } = fixture(["net.onnx"], { chosen: "stimuli.npy" });
  await until(() => text(".ms-sim-status").includes("A model is run on stimuli."));
  expect(asked).toHaveLength(0);
  element.querySelector<HTMLElement>(".ms-sim-status button")!.click();
  await until(() => asked.length === 1);
  expect(asked[0]!.files.map(({ role }) => role)).toEqual(["model", "stimuli"]);
});

test("a run over training has a course; what does not fit is said and can be changed", async () => {
  const run = ["000", "003", "030"].map((epoch) => `training/epoch-${epoch}.npz`);
  const { element } = fixture(run);
  await until(() => element.querySelector(".ms-sim-training canvas") !== null);
  played?.dispose();
  const other = fixture(["seed-0.npz", "seed-0.weights.safetensors"]);
  await until(() => other.text(".ms-degenerate") !== "");
  expect(other.text(".ms-degenerate")).toContain("no number of items in common");
  expect(other.element.querySelectorAll(".ms-sim-chip")).toHaveLength(2);
});

test("three networks: means over pairs of them, with errors over items and networks that add up, a card and files", async () => {
  const { element, saved, text } = fixture(["seed-0.npz", "seed-1.npz", "training/epoch-003.npz"]);
  await until(() => element.querySelector(".ms-sim-networks canvas") !== null);
  await until(() => text(".ms-sim-status") === "");
  const canvas = element.querySelector(".ms-sim-networks canvas")!;
  expect(canvas.getAttribute("aria-label")).toContain("mean over 3 networks: 6 rows by 6 columns");
  press(canvas, "Home", "ArrowRight");
  expect(text(".ms-sim-networks .ms-readout")).toMatch(
    /^hidden1 and hidden2: 0\.\d+, 95 % over items and networks from .* standard error \S+ \(items \S+, networks \S+\)$/,
  );
  press(canvas, "Enter");
  expect(document.querySelector("dialog.ms-card")?.textContent).toContain("95 % over items and networks from");
  const rows = [...element.querySelectorAll(".ms-sim-networks [role=region] tbody tr")].map((row) =>
    [...row.children].map(({ textContent }) => textContent!),
  );
  expect(rows.map(([name]) => name)).toEqual([...Array.from({ length: 5 }, (_, k) => `hidden${k + 1}`), "logits"]);
  expect(rows.every((row) => row.length === 7 && row[6] === "3")).toBe(true);
  element.querySelector<HTMLElement>("[data-field=acrossFiles]")!.click();
  expect(document.querySelector("dialog.ms-card")?.textContent).toContain("Arvesen");
  const save = (selector: string) => element.querySelector<HTMLElement>(selector)!.click();
  save(".ms-sim-networks [title='Save this table']");
  save(".ms-sim-networks .ms-export-bar button");
  save(".ms-sim-layers .ms-export-bar button");
  await until(() => saved.length === 3);
  const [own, pairs, layers] = saved.map((one) =>
    one.text
      .trimEnd()
      .split("\r\n")
      .map((line) => line.split(",")),
  );
  expect([own!.length, pairs!.length]).toEqual([1 + 6, 1 + 21]);
  const single = layers!.filter(([a, b]) => a !== b && /: hidden1$/.test(a!) && /: hidden1$/.test(b!));
  expect(single).toHaveLength(3);
  const mean = single.reduce((sum, [, , value]) => sum + Number(value) / 3, 0);
  expect(Number(own![1]![2])).toBeCloseTo(mean, 12);
  expect(Number(rows[0]![1])).toBeCloseTo(mean, 3);
  for (const line of pairs!.slice(1)) {
    const [value, error, items, networks, low, high] = line.slice(2).map(Number) as [number, ...number[]];
    expect(error! ** 2).toBeCloseTo(items! ** 2 + networks! ** 2, 10);
    expect(low!).toBeLessThanOrEqual(value);
    expect(high!).toBeLessThanOrEqual(1);
  }
  pick(played!, "measure", "rsa");
  await until(() => text("h1") !== "Linear CKA, debiased");
  await until(() => text(".ms-sim-networks .ms-data-table [data-field]").includes(text("h1")));
});

test("two networks are too few for a mean over networks", async () => {
  const { element, text } = fixture(["seed-0.npz", "seed-1.npz"]);
  await until(() => element.querySelector(".ms-sim-second") !== null);
  await until(() => text(".ms-sim-status") === "");
  expect(element.querySelector(".ms-sim-networks")).toBeNull();
});

test("what a file holds is guessed from its name", () => {
  expect(["seed-0.npz", "recording.h5", "stimuli.npy", "mouse.nwb", "words.txt", "net.onnx"].map(likelyRole)).toEqual([
    "activations",
    "recording",
    "stimuli",
    "recording",
    "stimuli",
    "model",
  ]);
});
