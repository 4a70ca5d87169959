// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { phaseDiagramStudy } from "../../../src/studies/phase-diagram/index.ts";
import { type PlayedPanel, playPanel, until } from "../../parts/signal/panel.testkit.ts";
import { phaseDiagramPanel } from "./index.ts";

let panel: PlayedPanel | null = null;
afterEach(() => panel?.dispose());

const open = (path: string | null, state: unknown = null) => {
  panel = playPanel(phaseDiagramPanel, phaseDiagramStudy, path === null ? null : `samples/${path}`, { state });
  return panel;
};
const kept = (activation: string, own: Record<string, number> = {}) => ({
  activation,
  stage: null,
  start: 1,
  inputs: null,
  own,
});

test("without a file: the plane of ReLU, its point said in words, and another activation by choice", async () => {
  const { element, text, asked, state } = open(null);
  await until(() => element.querySelector(".ms-plane-plot") !== null);
  expect(text("h1")).toBe("Initializations of ReLU");
  expect(text(".ms-note")).toContain("the one point σ_w² = 2");
  expect(element.querySelector(".ms-plane-plot")?.getAttribute("aria-label")).toContain("one critical point");
  const select = element.querySelector("select")!;
  select.value = "tanh";
  select.dispatchEvent(new Event("change"));
  await until(() => text("h1") === "Initializations of tanh");
  expect(asked.at(-1)!.parameters).toMatchObject({ activation: "tanh", start: 1 });
  expect(state()).toMatchObject({ activation: "tanh" });
});

test("arrow keys and sliders move the probe; cards and words follow, and open their definitions", async () => {
  const { element, text, asked, state } = open(null, kept("tanh", { sigmaW: Math.sqrt(2.5), sigmaB: Math.sqrt(0.05) }));
  await until(() => element.querySelector(".ms-plane-plot") !== null);
  expect(text("[data-field=xiC]")).toContain("11.8");
  expect(text("[data-field=trainable]")).toMatch(/rule of thumb.*70\.77/);
  expect(text("[role=status] + *") + text(".ms-signal-grid [role=status]")).toMatch(
    /chaotic, correlations end at 0\.447/,
  );
  const canvas = element.querySelector<HTMLElement>(".ms-plane-plot")!;
  canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
  await until(() => asked.length === 2);
  expect(asked[1]).toMatchObject({ files: [], parameters: { parts: ["point"], activation: "tanh" } });
  expect(asked[1]!.parameters.sigmaW).toBeCloseTo(Math.sqrt(2.5) - 3 / 60, 6);
  expect(state()).toMatchObject({ own: { sigmaW: expect.closeTo(Math.sqrt(2.5) - 3 / 60, 6) } });
  const [, field] = element.querySelectorAll<HTMLInputElement>(".ms-probe-slider input");
  field!.value = "0.8";
  field!.dispatchEvent(new Event("change"));
  await until(() => text(".ms-signal-grid [role=status]").includes("ordered"));
  element.querySelector<HTMLElement>("[data-field=chiOne]")!.click();
  expect(document.querySelector("dialog.ms-card")?.textContent).toContain("χ₁ = σ_w²·E φ′(√q z)²");
});

test("on the critical line, as far as six digits can hit it, nothing fades: no depth of a rounding error", async () => {
  const { element, text } = open(null, kept("tanh", { sigmaW: 1.1, sigmaB: Math.sqrt(0.05) }));
  await until(() => element.querySelector(".ms-plane-plot") !== null);
  [...element.querySelectorAll<HTMLElement>("button")]
    .find(({ textContent }) => textContent === "To the critical line")!
    .click();
  await until(() => text(".ms-signal-grid [role=status]").includes("critical"));
  expect(text(".ms-signal-grid [role=status]")).toMatch(/σ_w 1\.32\d*, .*critical.*ξ_c without bound/);
  for (const field of ["xiC", "trainable", "xiGradient"]) expect(text(`[data-field=${field}]`)).toMatch(/∞$/);
});

test("layers of a network as drawn: in the plane's table, with errors, predictions and measurements", async () => {
  const { element, text } = open("criticality/critical/checkpoints/step-0000.safetensors", kept("tanh"));
  await until(() => element.querySelector(".ms-plane-plot") !== null);
  expect(text("h1")).toContain("step-0000.safetensors");
  expect(text("main")).toContain("");
  expect(element.textContent).toContain("31 layers in sizes that fit one after the other");
  expect(element.textContent).toContain("Σ1/n = 0.3 is above 0.2: a spread is predicted");
  const rows = [...element.querySelectorAll(".ms-table-scroll .ms-signal-table tbody tr")].map(
    (row) => row.textContent ?? "",
  );
  expect(rows).toHaveLength(31);
  expect(rows[1]).toMatch(/hidden\.0\.weight100 → 100\s*1\.\d+ ± 0\.025/);
});

test("trained weights: points, but no χ₁, until the person says that they are as drawn", async () => {
  const { element, asked } = open("criticality/critical/checkpoints/step-0600.safetensors", kept("tanh"));
  await until(() => element.querySelector(".ms-plane-plot") !== null);
  expect(element.textContent).toContain("no χ₁ is claimed of them");
  const [, stage] = element.querySelectorAll("select");
  stage!.value = "initial";
  stage!.dispatchEvent(new Event("change"));
  await until(() => !(element.textContent ?? "").includes("no χ₁ is claimed of them"));
  expect(asked.at(-1)!.parameters).toMatchObject({ stage: "initial" });
});

test("a normalised network: no plane, the growth of gradients in its place, and the activation said to be assumed", async () => {
  const { element, text } = open("digits/conv/checkpoints/epoch-000.pt");
  await until(() => element.querySelector(".ms-signal-note") !== null);
  expect(text(".ms-signal-note")).toContain("this plane says nothing about the network");
  expect(element.querySelector(".ms-plane-plot")).toBeNull();
  expect(element.querySelector<HTMLElement>(".ms-signal-grid")!.hidden).toBe(true);
  expect(element.textContent).toContain("1.46694");
  expect(element.textContent).toContain("1.21117");
  expect(text(".ms-assumed")).toContain("assumed: the file does not say");
});

test("a file that holds no network is refused in words, with the controls' place kept", async () => {
  const { element, text } = open("toy-world/four-items/data.csv");
  await until(() => element.querySelector(".ms-signal-refusal, .ms-plane-plot") !== null);
  expect(text(".ms-signal-refusal") + text("h1")).not.toBe("");
});

test("opened by the lens over a model: its activation, its place, its layers, and the probe as code", async () => {
  const begin = {
    name: "DeepTanh",
    point: { activation: "tanh", weight: 2.5, bias: 0.05 },
    layers: [
      { name: "self.fc1", weight: 2.5, bias: 0.05, activation: "tanh" },
      { name: "self.fc2", weight: 1, bias: 0, activation: "tanh" },
      { name: 7, weight: "?" },
    ],
  };
  panel = playPanel(phaseDiagramPanel, phaseDiagramStudy, null, { context: { begin } });
  const { element, text, asked, copied } = panel;
  await until(() => element.querySelector(".ms-plane-plot") !== null);
  expect(text("h1")).toBe("DeepTanh: initializations of tanh");
  expect(asked[0]!.parameters).toMatchObject({ activation: "tanh", sigmaW: Math.sqrt(2.5), sigmaB: Math.sqrt(0.05) });
  expect(element.querySelector(".ms-plane-plot")?.getAttribute("aria-label")).toContain("2 layers");
  [...element.querySelectorAll<HTMLElement>(".ms-link")]
    .find(({ textContent }) => textContent?.includes("PyTorch"))!
    .click();
  await until(() => copied.length === 1);
  expect(copied[0]).toContain("nn.init.normal_(module.weight, std=1.58114 / module.in_features**0.5)");
  expect(copied[0]).toContain("nn.init.normal_(module.bias, std=0.223607)");
});

test("what a command gives is checked: nonsense begins like nothing", async () => {
  panel = playPanel(phaseDiagramPanel, phaseDiagramStudy, null, {
    context: { begin: { point: { activation: 3 }, layers: "x" } },
  });
  const { element, text } = panel;
  await until(() => element.querySelector(".ms-plane-plot") !== null);
  expect(text("h1")).toBe("Initializations of ReLU");
});
