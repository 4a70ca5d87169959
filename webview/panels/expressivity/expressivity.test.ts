// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { expressivityStudy } from "../../../src/studies/expressivity/index.ts";
import { type PlayedPanel, playPanel, until } from "../../parts/signal/panel.testkit.ts";
import { expressivityPanel } from "./index.ts";

let panel: PlayedPanel | null = null;
afterEach(() => panel?.dispose());

const kept = (activation: string, points: number) => ({
  activation,
  stage: null,
  start: 1,
  inputs: null,
  own: { points },
});

test("a circle through the chaotic sample: a picture a layer, lengths named right, the sampling check said", async () => {
  panel = playPanel(
    expressivityPanel,
    expressivityStudy,
    "samples/criticality/chaotic/checkpoints/step-0000.safetensors",
    {
      state: kept("tanh", 64),
    },
  );
  const { element, text, asked } = panel;
  await until(() => element.querySelector(".ms-signal-table") !== null);
  expect(element.querySelectorAll(".ms-curve-picture canvas")).toHaveLength(31);
  expect(element.querySelector(".ms-curve-picture canvas")?.getAttribute("aria-label")).toMatch(
    /Layer 1, input\.weight: the curve along its first two/,
  );
  expect(element.textContent).toMatch(/From layer \d+ on the points no longer resolve the curve/);
  element.querySelector<HTMLElement>(".ms-signal-table [data-field=euclidean]")!.click();
  expect(document.querySelector("dialog.ms-card")?.textContent).toContain("L^E = ∫ √g^E dθ");
  expect(text(".ms-signal-table thead")).toContain("L^G");
  const points = element.querySelector<HTMLSelectElement>(".ms-signal-row select")!;
  points.value = "128";
  points.dispatchEvent(new Event("change"));
  await until(() => asked.length === 2);
  expect(asked[1]!.parameters).toMatchObject({ points: 128 });
});

test("ReLU: turning and Raghu's bound instead of curvature", async () => {
  panel = playPanel(expressivityPanel, expressivityStudy, "samples/digits/mlp/checkpoints/epoch-000.pt", {
    state: kept("relu", 128),
  });
  const { element, text } = panel;
  await until(() => element.querySelector(".ms-signal-table") !== null);
  expect(text(".ms-signal-table thead")).toMatch(/turning.*Raghu, at least/);
  expect(text(".ms-signal-table thead")).not.toContain("L^G");
  expect(element.textContent).toContain("φ′ of ReLU jumps");
});

test("an ONNX model with skip connections: its values, each kink by its name, no theory claimed", async () => {
  panel = playPanel(expressivityPanel, expressivityStudy, "test/fixtures/derivatives/residual.onnx", {
    state: { activation: null, stage: "initial", start: 1, inputs: null, own: { points: 64, open: 9 } },
  });
  const { element, text, asked } = panel;
  await until(() => element.querySelector(".ms-signal-table") !== null);
  expect(element.textContent).toContain("φ′ of Relu, MaxPool, LeakyRelu jumps");
  expect(element.textContent).toContain("Theory is for chains of dense layers");
  expect(text(".ms-signal-table tbody")).toContain("Add (joins ways)");
  expect(element.querySelectorAll(".ms-curve-picture canvas")).toHaveLength(5);
  const size = element.querySelector<HTMLInputElement>(".ms-signal-row input")!;
  size.value = "7";
  size.dispatchEvent(new Event("change"));
  await until(() => asked.length === 2);
  expect(asked[1]!.parameters).toMatchObject({ open: 7 });
});
