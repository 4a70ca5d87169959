// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { ModeScopeError } from "../../../src/base/errors.ts";
import { fixture, REFERENCE, settled, unmount } from "./panel.testkit.ts";
import { HIERARCHY, MODE, TENSOR } from "./results.testkit.ts";

beforeEach(() => document.body.replaceChildren());
afterEach(unmount);

test("shows the tensor on a later page: header, numbers, all four sections, of the first part", async () => {
  const { element, asked } = fixture();
  await settled();
  expect(element.querySelector("h1")?.textContent).toBe("fused.weight");
  expect([...element.querySelectorAll(".ms-part option")].map((option) => option.textContent)).toEqual([
    "gate i",
    "gate f",
  ]);
  expect(new Set(asked.map(({ target }) => target.part))).toEqual(new Set([0]));
  expect(element.querySelector("[data-field=stableRank]")?.textContent).toContain("1.25");
  expect(element.querySelectorAll("canvas[role=img][aria-label]")).toHaveLength(3);
  expect(element.querySelector("[data-section=change]")?.textContent).toContain(
    "weights alone do not say what was learned",
  );
  expect(element.querySelectorAll(".ms-as-table")).toHaveLength(3);
  expect(element.querySelectorAll(".ms-mode-bars")).toHaveLength(2);
  expect(element.querySelectorAll("[aria-busy]")).toHaveLength(0);
  expect(asked.filter(({ analysis }) => analysis === "spectrum")).toHaveLength(1);
});

test("modes bear names that fit, and inputs that are a picture are drawn as one", async () => {
  const side = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i) / Math.sqrt(length / 2));
  const kernel = { ...TENSOR, name: "conv.weight", shape: [4, 1, 8, 8], parts: [] };
  const matrix = { kind: "conv-reshaped", rowAxes: [0], columnAxes: [1, 2, 3], fixed: [], rows: 4, columns: 64 };
  const modes = {
    reading: matrix,
    rows: 4,
    columns: 64,
    totalSquare: 1,
    modes: [{ ...MODE, left: side(4), right: side(64) }],
  };
  const { element } = fixture({ modes, tensor: { ...kernel, matrix } }, kernel.name);
  await settled();
  const section = element.querySelector("[data-section=modes]");
  expect(section?.querySelector(".ms-mode-pictures figcaption")?.textContent).toContain("8×8");
  // Four outputs, and a list of four names beside the checkpoint.
  expect(section?.querySelector(".ms-mode-bars")?.textContent).toContain("Salmon");
});

test("the spectrum beside its null: verdict, promise, ranks with noise's values, spikes one by one with what makes them", async () => {
  const { element, asked } = fixture();
  await settled();
  const text = (id: string) => element.querySelector(`[data-section=${id}]`)?.textContent?.replace(/\s+/g, " ") ?? "";
  expect(text("spectrum")).toContain("1 ± 0.5 singular value stands out of the noise");
  expect(text("spectrum")).toContain("1.5 ± 0.25");
  expect(text("spectrum")).toContain("−1 spreads");
  expect(element.querySelector("[data-section=spectrum] canvas")?.getAttribute("aria-label")).toContain(
    "99 % noise edge at 1",
  );
  expect(text("null")).toContain("The entry 7.000 at row 1, column 0 makes 90 % of it.");
  expect(text("null")).toContain("19 of 200 sign patterns");
  expect(text("null")).toContain("Not shown: No earlier checkpoint was named.");
  expect(text("null")).toContain("log_spectral_norm");
  element.querySelector<HTMLElement>("[data-section=null] [data-field=noiseEdge]")?.click();
  expect(document.querySelector("dialog.ms-card")?.textContent).toContain("Rudelson");
  element.querySelector<HTMLElement>("[data-action=floorless]")?.click();
  await settled();
  expect(asked.at(-1)).toMatchObject({ analysis: "spectrum", parameters: { route: "floorless" } });
});

test("the numbers at the top have their nulls beside them, and in their cards", async () => {
  const { element } = fixture();
  await settled();
  const tile = element.querySelector<HTMLElement>("[data-group=spectrum] [data-field=stableRank]");
  expect(tile?.querySelector(".ms-number-null")?.textContent).toBe("noise 1.5 ± 0.25");
  const beside = [...element.querySelectorAll("[data-group=spectrum] .ms-number-null")].map((one) => one.textContent);
  expect(beside.some((text) => /^noise (of|by) .* ≤ /.test(text ?? ""))).toBe(true);
  tile?.click();
  expect(document.querySelector("dialog .ms-card-null")?.textContent).toMatch(/has 1\.5 ± 0\.25 .* 1 spreads below/);
});

test("with an earlier checkpoint what changed is shown, and who takes a reference gets it", async () => {
  const { element, asked } = fixture({ "reference/get": REFERENCE });
  await settled();
  const text = element.querySelector("[data-section=change]")?.textContent?.replace(/\s+/g, " ") ?? "";
  expect(text).toContain("Travel ‖ΔW‖/‖W₀‖ = 0.25 since m-0.pt");
  expect(text).toContain("most like mode 1 (overlap 0.8)");
  expect(element.querySelector(".ms-against")?.textContent).toContain("m-0.pt");
  const references = Object.fromEntries(asked.map(({ analysis, reference }) => [analysis, reference]));
  expect(references).toMatchObject({ "spectral-null": "c0", travel: "c0" });
  expect(references.statistics).toBeUndefined();
});

test("choosing what to compare with asks again", async () => {
  const { element, asked } = fixture();
  await settled();
  expect(asked.some(({ analysis }) => analysis === "travel")).toBe(false);
  element.querySelector<HTMLElement>(".ms-against .ms-link")?.click();
  await settled();
  expect(asked.find(({ analysis }) => analysis === "travel")).toMatchObject({ reference: "c0" });
});

test("one section that fails or does not apply leaves the others alone", async () => {
  const { element } = fixture({
    distribution: new ModeScopeError("short-read", "The file ends early.", { offset: 7, remedy: "Copy it again." }),
    modes: new ModeScopeError("unsupported", "A bias is no matrix."),
  });
  await settled();
  const text = (id: string) => element.querySelector(`[data-section=${id}]`)?.textContent ?? "";
  expect(text("distribution")).toContain("byte offset 7");
  expect(text("distribution")).toContain("Copy it again.");
  expect(element.querySelector("[data-section=distribution] [role=alert]")).not.toBeNull();
  expect(text("modes")).toContain("A bias is no matrix.");
  expect(element.querySelector("[data-section=modes] [role=alert]")).toBeNull();
  expect(element.querySelector("[data-section=spectrum] canvas")).not.toBeNull();
});

test("another part is asked for anew, and what was set survives", async () => {
  const made = fixture();
  await settled();
  const select = made.element.querySelector<HTMLSelectElement>(".ms-part")!;
  select.selectedIndex = 1;
  select.dispatchEvent(new Event("change"));
  made.element.querySelector<HTMLElement>("[data-choice=log-log]")?.click();
  await settled();
  made.element.querySelector<HTMLElement>("[data-section=heatmap] .ms-section-toggle")?.click();
  expect(made.asked.at(-1)?.target.part).toBe(1);
  expect(made.state).toMatchObject({ part: 1, closed: ["heatmap"] });
  unmount();
  const again = fixture({}, TENSOR.name, JSON.parse(JSON.stringify(made.state)));
  await settled();
  expect(again.asked.every(({ target }) => target.part === 1)).toBe(true);
  expect(again.asked.some(({ analysis }) => analysis === "heatmap")).toBe(false);
});

test("choosing a mode shows it, with the notice where it is degenerate", async () => {
  const made = fixture();
  await settled();
  expect(made.element.querySelector(".ms-degenerate")).toBeNull();
  made.element.querySelectorAll<HTMLElement>(".ms-mode-choice")[1]?.click();
  expect(made.element.querySelector(".ms-mode-detail h3")?.textContent).toBe("Mode 2");
  expect(made.element.querySelector(".ms-degenerate")?.textContent).toContain("subspace counts");
  expect(made.state).toMatchObject({ mode: 1 });
});

test("the mode hierarchy is computed when asked for, with names; a split and a mode choose each other", async () => {
  const made = fixture({ "mode-hierarchy": HIERARCHY });
  await settled();
  const section = made.element.querySelector<HTMLElement>("[data-section=hierarchy]")!;
  expect(made.asked.some(({ analysis }) => analysis === "mode-hierarchy")).toBe(false);
  section.querySelector<HTMLElement>(".ms-section-toggle")?.click();
  await settled();
  expect([...section.querySelectorAll(".ms-tree-items li")].map((item) => item.textContent)).toEqual([
    "Canary",
    "Salmon",
    "Oak",
    "Rose",
  ]);
  expect(section.textContent).toContain("Names: from id2label where the length fits; from labels.json");
  const nodes = [...section.querySelectorAll<SVGElement>(".ms-tree-node")];
  expect(nodes.map((node) => node.querySelector("text")?.textContent)).toEqual(["2", "3–4", "3–4"]);
  expect(nodes[0]?.getAttribute("aria-label")).toContain("Mode 2: σ 1.732, purity 1.000. Canary, Salmon (b)");
  // The first mode that makes a split is chosen at once.
  expect(nodes.map((node) => node.getAttribute("aria-pressed"))).toEqual(["true", "false", "false"]);
  nodes[1]?.dispatchEvent(new MouseEvent("click"));
  expect(nodes.map((node) => node.getAttribute("aria-pressed"))).toEqual(["false", "true", "true"]);
  expect(section.querySelector(".ms-hierarchy-words")?.textContent).toContain("one subspace");
  expect(section.querySelector("tr.ms-selected")?.textContent).toContain("3–4");
  section.querySelectorAll<HTMLElement>(".ms-mode-choice")[0]?.click();
  expect(section.querySelector("tr.ms-selected")?.textContent).toContain("all items");
  nodes[0]?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
  expect(nodes.map((node) => node.getAttribute("tabindex"))).toEqual(["-1", "0", "-1"]);
  section.querySelector<HTMLElement>("[data-choice=rows]")?.click();
  await settled();
  expect(made.state).toMatchObject({
    opened: ["hierarchy"],
    hierarchy: { items: "rows", geometry: "hidden", centre: false, draws: 250 },
  });
});

test("a panel opened for the hierarchy asks for it before the other sections, and for them all the same", async () => {
  const made = fixture({ "mode-hierarchy": HIERARCHY, section: "hierarchy" });
  await settled();
  const order = made.asked.map(({ analysis }) => analysis);
  const first = order.indexOf("mode-hierarchy");
  expect(first).toBeGreaterThanOrEqual(0);
  for (const later of ["spectrum", "spectral-null", "modes", "distribution"])
    expect(order.indexOf(later)).toBeGreaterThan(first);
  expect(made.element.querySelector("[data-section=hierarchy] .ms-tree")).not.toBeNull();
});

test("a changed file is announced, and Refresh opens it again", async () => {
  const made = fixture();
  await settled();
  made.engine.emit("checkpoint/changed", { checkpoint: "c1", uri: "file:///m.pt", change: "modified" });
  await settled();
  expect(made.element.querySelector(".ms-file-banner")?.textContent).toContain("changed on disk");
  made.element.querySelector<HTMLElement>(".ms-file-banner vscode-button")?.click();
  await settled();
  expect(made.opened()).toBe(2);
  expect(made.element.querySelector(".ms-file-banner")?.textContent).toBe("");
});

test("a tensor that is not there fails the panel with a remedy", async () => {
  const made = fixture({}, "gone.weight");
  await settled();
  expect(made.failures[0]).toMatchObject({ code: "unknown-tensor", details: { tensor: "gone.weight" } });
});
