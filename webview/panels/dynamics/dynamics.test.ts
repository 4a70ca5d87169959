// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { projectionsAt } from "./inductionPart.ts";
import { courseData } from "./modesPart.ts";
import { fixture, RESULT, settled, TAUGHT, unmount } from "./panel.testkit.ts";
import {
  cautions,
  dropSentences,
  illusionSentence,
  namesOf,
  orderSentence,
  outlookSentence,
  separates,
  withError,
} from "./readings.ts";
import { NO_WORDS, readViewState } from "./viewState.ts";

beforeEach(() => document.body.replaceChildren());
afterEach(unmount);

const words = (element: Element | null) => element?.textContent?.replace(/\s+/g, " ").trim() ?? "";
const section = (element: HTMLElement, id: string) => element.querySelector<HTMLElement>(`[data-section=${id}]`)!;

test("asks the study about the run that was found and the table beside it, and shows every part with its numbers", async () => {
  const { element, asked } = fixture();
  await settled();
  expect(asked).toHaveLength(1);
  expect(asked[0]!.files.map(({ role }) => role)).toEqual([
    "checkpoint",
    "checkpoint",
    "checkpoint",
    "checkpoint",
    "table",
  ]);
  expect(asked[0]!.parameters).toMatchObject({
    named: [0, 10, 20, 30],
    given: [null, null, null, null],
    matrices: true,
    layer: 1,
  });
  expect(words(element.querySelector("h1"))).toBe("Learning dynamics of run");
  const text = words(element);
  expect(text).toContain("4 checkpoints, 0 to 30, by the number in their names.");
  expect(text).toContain("other-99.pt: Its 0.weight is 5×2, that of the run is 3×2.");
  expect(text).toContain("Canary from Oak: Fly against Bark");
  expect(text).toContain("12.3 ± 0.2");
  expect(text).toContain("0.001 ± 1e−4");
  expect(text).toContain("1 belief was wrong for a while");
  expect(text).toContain(
    "Canary – Bark: 0.38 at 20 where the table says 0; beyond half of it from 10 to 20. Made by mode 1 until mode 2 takes it back.",
  );
  expect(text).toContain(
    "weights move 10 times slower than from 10 on: the recorded learning rate fell from 0.1 to 0.01.",
  );
  expect(text).toContain("That basis is circular");
  expect(words(section(element, "stopping"))).toContain("Too few values.");
  expect(words(section(element, "laws"))).toContain("Assumed: ReLU between. Kept");
  expect(element.querySelectorAll("canvas[role=img][aria-label]")).toHaveLength(6);
  expect(
    [...element.querySelectorAll("canvas")]
      .filter((canvas) => canvas.getAttribute("role") === "img")
      .every((canvas) => canvas.tabIndex === 0),
  ).toBe(true);
});

test("a number opens its card", async () => {
  const { element } = fixture();
  await settled();
  section(element, "modes").querySelector<HTMLElement>("tbody [data-field=halfTime]")!.click();
  expect(words(document.querySelector("dialog.ms-card"))).toContain("τ·ln 2");
});

test("partial answers show at once: the head, then the modes, then the matrices", async () => {
  const head = { ...RESULT, taught: null, matrices: [], whole: null, laws: [] };
  const { element, asked } = fixture({ answers: [head, { ...head, taught: TAUGHT }, RESULT] });
  await settled();
  expect(asked).toHaveLength(1);
  expect(section(element, "modes").hidden).toBe(false);
  expect(section(element, "laws").hidden).toBe(false);
  expect(words(element.querySelector(".ms-dynamics-progress"))).toBe("");
});

test("other words ask again without the matrices, and keep them; another order asks for all", async () => {
  const without = { ...RESULT, matrices: [], matrixCount: 0, whole: null, laws: [] };
  const { element, asked, saved } = fixture();
  await settled();
  const rate = element.querySelector<HTMLInputElement>("[data-word=rate]")!;
  rate.value = "0.05";
  rate.dispatchEvent(new Event("change"));
  await new Promise((resolve) => setTimeout(resolve, 450));
  await settled();
  expect(asked[1]!.parameters).toMatchObject({ rate: "0.05", matrices: false });
  expect(saved().words).toEqual({ ...NO_WORDS, rate: "0.05" });
  expect(without.matrices).toEqual([]);
  expect(section(element, "matrices").hidden).toBe(false);
  const step = element.querySelector<HTMLInputElement>("[aria-label='Step of step-20.pt']")!;
  step.value = "7";
  step.dispatchEvent(new Event("change"));
  await settled();
  expect(asked[2]!.parameters).toMatchObject({ given: [null, null, 7, null], matrices: true });
  const use = element.querySelector<HTMLInputElement>("[aria-label='Use step-0.pt']")!;
  use.checked = false;
  use.dispatchEvent(new Event("change"));
  await settled();
  expect(asked[3]!.files.filter(({ role }) => role === "checkpoint").map(({ uri }) => uri)).toEqual([
    "file:///run/step-10.pt",
    "file:///run/step-20.pt",
    "file:///run/step-30.pt",
  ]);
});

test("new checkpoints in the folder ask again; too few are said", async () => {
  const { asked, emit } = fixture();
  await settled();
  emit("series/changed", {});
  await settled();
  expect(asked).toHaveLength(2);
  unmount();
  const few = fixture({ members: 2 });
  await settled();
  expect(few.asked).toHaveLength(0);
  expect(words(few.element)).toContain("2 checkpoints were found here; a course needs three or more");
});

test("the table can be left out or chosen, and the choice is kept", async () => {
  const { element, asked, saved } = fixture();
  await settled();
  const table = element.querySelector<HTMLSelectElement>("[data-control=table]")!;
  table.value = "";
  table.dispatchEvent(new Event("change"));
  await settled();
  expect(asked[1]!.files.some(({ role }) => role === "table")).toBe(false);
  expect(saved().table).toBeNull();
  [...element.querySelectorAll<HTMLElement>("button")].find((button) => button.textContent === "Choose…")!.click();
  await settled();
  expect(asked[2]!.files.find(({ role }) => role === "table")?.uri).toBe("file:///other.csv");
});

test("the slider moves all pictures and the projections; a folded part stays folded", async () => {
  const { element, saved } = fixture();
  await settled();
  expect(words(section(element, "induction"))).toContain("most of Oak (0.25)");
  const slider = element.querySelector<HTMLInputElement>("input[type=range]")!;
  slider.value = "1";
  slider.dispatchEvent(new Event("input"));
  expect(words(section(element, "induction"))).toContain("most of Oak (0.9)");
  expect(slider.getAttribute("aria-valuetext")).toBe("step 10 of 30");
  expect(saved().moment).toBe(1);
  section(element, "laws").querySelector<HTMLElement>(".ms-section-toggle")!.click();
  expect(saved().folded).toEqual(["laws"]);
});

test("with reduced motion playing goes from checkpoint to checkpoint, and stops at the last", async () => {
  document.body.classList.add("vscode-reduce-motion");
  const { element } = fixture({ saved: { moment: 2 } });
  await settled();
  const slider = element.querySelector<HTMLInputElement>("input[type=range]")!;
  expect(slider.value).toBe("2");
  element.querySelector<HTMLElement>("[aria-label='Play the run']")!.click();
  expect(slider.value).toBe("2");
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(slider.value).toBe("3");
  expect(element.querySelector("[aria-label='Play the run']")).not.toBeNull();
  document.body.classList.remove("vscode-reduce-motion");
});

test("what is drawn over the measured strengths: theory where it is known, fits where it is not, a shallow course for the chosen mode alone", () => {
  const labels = (overlay: "theory" | "fits" | "none", taught = TAUGHT) =>
    courseData(taught, 0, overlay).lines.map(({ label }) => label);
  expect(labels("none")).toEqual(["mode 1", "mode 2"]);
  expect(labels("theory")).toEqual([
    "mode 1",
    "mode 1, theory",
    "mode 1 without a hidden layer",
    "mode 2",
    "mode 2, theory",
  ]);
  expect(labels("theory", { ...TAUGHT, outlook: { reason: "Adam." } })).toEqual(labels("fits"));
});

test("projections are quotients of inner products, the strongest first", () => {
  if ("reason" in TAUGHT.semantics) throw new Error("withheld");
  expect(projectionsAt(TAUGHT.semantics, "item", 0, 3)).toEqual([
    { index: 0, value: 1 },
    { index: 1, value: 0.25 },
  ]);
  expect(projectionsAt(TAUGHT.semantics, "item", 9, 3)).toEqual([]);
});

test("words", () => {
  const names = namesOf({ ...TAUGHT, itemNames: null });
  expect(orderSentence({ ...RESULT, order: { by: "step", note: null } })).toContain(
    "by the optimizer's own count of steps",
  );
  expect(separates(TAUGHT, 1, names)).toBe("");
  expect(outlookSentence(TAUGHT)).toContain("τ = 100 steps; each mode starts from a₀");
  expect(outlookSentence({ ...TAUGHT, layers: ["a", "b", "c"] })).toContain("no start is known for 3 layers");
  expect(cautions({ ...TAUGHT, followed: { ...TAUGHT.followed, offDiagonal: [1, 1, 0.5, 0.4] } })[0]).toContain(
    "50 % of the map is off",
  );
  expect(withError(0.97213, 0.05)).toBe("0.972 ± 0.05");
  expect(withError(2, 0)).toBe("2");
  expect(dropSentences({ ...RESULT, whole: null })).toEqual([]);
  const [one] = "reason" in TAUGHT.followed.illusions ? [] : TAUGHT.followed.illusions;
  expect(illusionSentence(one!, TAUGHT.followed.modes, names)).toContain("item 0 – Bark");
});

test("a kept state of another version is read as far as it makes sense", () => {
  expect(readViewState(null).table).toBeUndefined();
  expect(
    readViewState({
      table: null,
      words: { rate: "0.1", loss: 3 },
      given: { a: "x", b: 2 },
      axes: "9",
      mode: -1,
      taught: { kind: "property", index: 3 },
    }),
  ).toMatchObject({
    table: null,
    words: { ...NO_WORDS, rate: "0.1" },
    given: { b: 2 },
    axes: "0-1",
    mode: 0,
    taught: { kind: "property", index: 3 },
  });
});
