// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { isometryStudy } from "../../../src/studies/isometry/index.ts";
import { type PlayedPanel, playPanel, until } from "../../parts/signal/panel.testkit.ts";
import { isometryPanel } from "./index.ts";

let panel: PlayedPanel | null = null;
afterEach(() => panel?.dispose());

const tanh = (own: Record<string, number>) => ({ activation: "tanh", stage: null, start: 1, inputs: null, own });

test("a span of two links: density, moments with errors, both laws, one link by a button", async () => {
  panel = playPanel(isometryPanel, isometryStudy, "samples/criticality/critical/checkpoints/step-0000.safetensors", {
    state: tanh({ from: 3, to: 5, inputs: 2 }),
  });
  const { element, text, asked } = panel;
  await until(() => element.querySelectorAll(".ms-signal-table").length === 2);
  expect(element.textContent).toContain(
    "Jacobian from the pre-activations of hidden.2.weight to those of hidden.4.weight: 2 links",
  );
  expect(text("[data-field=mean].ms-number-card")).toContain("≈");
  expect(text("[data-field=smallest].ms-number-card")).toMatch(/s_min\d/);
  expect(element.textContent).toContain("orthogonal weights, theory");
  expect(element.querySelectorAll("canvas.ms-plot")).toHaveLength(2);
  element.querySelector<HTMLElement>("[data-field=relativeVariance].ms-number-card")!.click();
  expect(document.querySelector("dialog.ms-card")?.textContent).toContain("unless weights are shared");
  [...element.querySelectorAll<HTMLElement>(".ms-link")].find(({ textContent }) => textContent === "One link")!.click();
  await until(() => asked.length === 2);
  expect(asked[1]!.parameters).toMatchObject({ from: 3, to: 4 });
  await until(() => (element.textContent ?? "").includes("1 link;"));
});

test("what is no chain is refused in words", async () => {
  panel = playPanel(isometryPanel, isometryStudy, "samples/transformer/checkpoints/step-0000.pt");
  const { text, element } = panel;
  await until(() => element.querySelector(".ms-signal-refusal") !== null);
  expect(text(".ms-signal-refusal")).toContain("no plain chain of layers");
});

test("inputs from a file that does not fit are refused, and can be left out again", async () => {
  panel = playPanel(isometryPanel, isometryStudy, "samples/digits/mlp/checkpoints/epoch-000.pt", {
    inputs: "samples/toy-world/four-items/data.csv",
    state: { activation: "relu", stage: null, start: 1, inputs: null, own: { inputs: 1 } },
  });
  const { element, text } = panel;
  await until(() => element.querySelectorAll(".ms-signal-table").length === 2);
  [...element.querySelectorAll<HTMLElement>(".ms-link")]
    .find(({ textContent }) => textContent?.includes("Inputs from a file"))!
    .click();
  await until(() => text(".ms-signal-refusal").includes("first layer takes 64"));
  element.querySelector<HTMLElement>(".ms-file-chip button")!.click();
  await until(() => element.querySelector(".ms-signal-refusal") === null);
});

test("an ONNX model of any kind: values to choose, growth by value, exact numbers of the whole span, theory refused in words", async () => {
  panel = playPanel(isometryPanel, isometryStudy, "test/fixtures/derivatives/residual.onnx", {
    state: { activation: null, stage: "initial", start: 1, inputs: null, own: { inputs: 2, open: 9 } },
  });
  const { element, text, asked } = panel;
  await until(() => element.querySelectorAll(".ms-signal-table").length === 3);
  expect(element.textContent).toContain("4 links between values that all ways go through");
  expect(element.textContent).toContain("Exact derivatives in float32");
  expect(element.textContent).toContain("Theory of densities is for chains of dense layers");
  expect(element.querySelectorAll("canvas.ms-plot")).toHaveLength(3);
  expect(text(".ms-signal-controls")).not.toContain("Activation");
  await until(() => element.querySelector("[data-field=smallest].ms-number-card") !== null);
  expect(text("[data-field=smallest].ms-number-card")).toMatch(/s_min.*\d/);
  element.querySelector<HTMLElement>("[data-field=partialJacobian]")!.click();
  expect(document.querySelector("dialog.ms-card")?.textContent).toContain("Doshi, He & Gromov");
  const count = [...element.querySelectorAll<HTMLSelectElement>(".ms-signal-row select")].at(-1)!;
  count.value = "4";
  count.dispatchEvent(new Event("change"));
  await until(() => asked.length === 2);
  expect(asked[1]!.parameters).toMatchObject({ inputs: 4, open: 9 });
});

test("a file that changed on disk is said above what is shown of it, and read again by Refresh", async () => {
  const path = "samples/criticality/critical/checkpoints/step-0000.safetensors";
  panel = playPanel(isometryPanel, isometryStudy, path, { state: tanh({ from: 3, to: 4, inputs: 2 }) });
  const { element, asked, changed, text } = panel;
  await until(() => element.querySelectorAll(".ms-signal-table").length === 2);
  changed(path, "modified");
  await until(() => text(".ms-file-banner").includes("step-0000.safetensors changed on disk"));
  changed(path, "deleted");
  await until(() => text(".ms-file-banner").includes("is gone from disk"));
  expect(asked).toHaveLength(1);
  element.querySelector<HTMLElement>(".ms-file-banner vscode-button")!.click();
  await until(() => asked.length === 2);
  expect(text(".ms-file-banner")).toBe("");
});
