// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { ModeScopeError } from "../../../src/base/errors.ts";
import { applyEdits } from "../../../src/lint/edit/edits.ts";
import { planMove } from "../../../src/lint/edit/plan.ts";
import { SourceLint } from "../../../src/lint/source/sourceLint.ts";
import { DEFAULT_SETTINGS, type MovePlan, type MoveRequest } from "../../../src/lint/types.ts";
import { phaseDiagramStudy } from "../../../src/studies/phase-diagram/index.ts";
import { type PlayedPanel, playPanel, until } from "../../parts/signal/panel.testkit.ts";
import { phaseDiagramPanel } from "./index.ts";

let panel: PlayedPanel | null = null;
afterEach(() => panel?.dispose());

const SOURCE = readFileSync("test/fixtures/lint/code/net.py", "utf8");
const TWO = `${SOURCE}\n\nlow = Net(sigma=0.5)\nhigh = Net(sigma=2.0)\n`;

/** The host over the real lint and the real planner: only the editor's windows are played. */
function open(first: string) {
  let text = first;
  let version = 1;
  let state: "open" | "closed" = "open";
  const plans: MovePlan[] = [];
  const models = () => new SourceLint().lint(text, DEFAULT_SETTINGS).models;
  const [begin] = models();
  const code = {
    "network/get": () => ({
      state,
      file: "train.py",
      version: String(version),
      opened: "Net",
      networks: state === "open" ? models() : [],
    }),
    "network/plan": (question: MoveRequest & { version: string }) => {
      if (question.version !== String(version))
        throw new ModeScopeError("bad-request", "The code has changed since.", {});
      const plan = planMove(text, question);
      plans.push(plan);
      return { ...plan, lines: plan.lines.map((one) => ({ ...one, place: `line ${one.line}` })), plan: plans.length };
    },
    "network/apply": ({ plan }: { plan: number }) => {
      if (plan !== plans.length) return { applied: false, problem: "The code has changed since." };
      edit(applyEdits(text, plans[plan - 1]!.edits));
      return { applied: true, problem: null };
    },
    "network/show": () => null,
  };
  const edit = (next: string) => {
    text = next;
    version++;
    panel!.codeChanged();
  };
  panel = playPanel(phaseDiagramPanel, phaseDiagramStudy, null, {
    context: {
      begin: {
        name: "Net",
        point: begin!.point,
        layers: begin!.layers,
        source: { document: "file:///train.py", model: "Net" },
      },
    },
    host: code,
  });
  const { element } = panel;
  return {
    ...panel,
    edit,
    close() {
      state = "closed";
      panel!.codeChanged();
    },
    source: () => text,
    words: () => element.querySelector(".ms-code-part")?.textContent?.replace(/\s+/g, " ") ?? "",
    points: () =>
      [...element.querySelectorAll(".ms-plane-plot ~ details tbody tr, .ms-chart details tbody tr")].map(
        (row) => row.textContent?.replace(/\s+/g, " ") ?? "",
      ),
    /** As the arrow keys of a native slider do it. */
    slide(label: string, value: number) {
      const slider = element.querySelector<HTMLInputElement>(`input[type=range][aria-label='${label} of the probe']`)!;
      slider.value = String(value);
      slider.dispatchEvent(new Event("input"));
    },
    apply: () => element.querySelector<HTMLElement>(".ms-code-part vscode-button")!,
  };
}

const ready = () =>
  until(
    () =>
      panel!.element.querySelector(".ms-plane-plot") !== null &&
      panel!.element.querySelector(".ms-code-part h2") !== null,
  );

test("a slider shows what would be written; Apply writes it, and the points are where the slider is", async () => {
  const { slide, words, apply, source, element } = open(SOURCE);
  await ready();
  expect(words()).toContain("Move the sliders or the probe");
  expect(apply().hasAttribute("disabled")).toBe(true);
  slide("σ_w", 1.5);
  await until(() => words().includes("def __init__(self, sigma=1.5):"));
  expect(words()).toContain("line 6");
  expect(source()).toBe(SOURCE);
  expect(apply().hasAttribute("disabled")).toBe(false);
  apply().click();
  await until(() => words().includes("Applied."));
  expect(source()).toBe(SOURCE.replace("sigma=1.0", "sigma=1.5"));
  const told = new SourceLint().lint(source(), DEFAULT_SETTINGS).models[0]!;
  expect(told.layers.map(({ weight }) => Math.sqrt(weight).toFixed(6))).toEqual(["1.500000", "1.500000", "1.500000"]);
  expect(element.querySelector("canvas.ms-plane-plot")).not.toBeNull();
});

test("what is typed in the document moves the points and the probe, until the person aims", async () => {
  const { edit, slide, element, text } = open(SOURCE);
  await ready();
  const words = () => text(".ms-signal-grid [role=status]");
  await until(() => words().includes("σ_w 1,"));
  edit(SOURCE.replace("sigma=1.0", "sigma=1.8"));
  await until(() => words().includes("σ_w 1.8,"));
  slide("σ_w", 1.2);
  await until(() => words().includes("σ_w 1.2,"));
  edit(SOURCE.replace("sigma=1.0", "sigma=0.7"));
  await until(() => element.querySelector<HTMLInputElement>("input[type=range]")!.value === "1.2");
  expect(words()).toContain("σ_w 1.2,");
});

test("an edit that carries the layers beyond the plane's edge gets a larger plane", async () => {
  const { edit, element, text, asked } = open(SOURCE);
  await ready();
  edit(SOURCE.replace("sigma=1.0", "sigma=8.0"));
  await until(() => text(".ms-signal-grid [role=status]").includes("σ_w 8,"));
  expect(asked.at(-1)!.parameters).toMatchObject({ sigmaW: 8 });
  await until(() => Number(element.querySelector<HTMLInputElement>("input[type=range]")!.max) > 8);
});

test("each instance of a class can be chosen, and is moved by its own number", async () => {
  const { element, words, slide, apply, source, text } = open(TWO);
  await ready();
  const choice = element.querySelector<HTMLSelectElement>("[data-choice=network]")!;
  expect([...choice.options].map(({ textContent }) => textContent)).toEqual([
    "Net, 1 of 2, made in line 19: ordered",
    "Net, 2 of 2, made in line 20: chaotic",
  ]);
  choice.value = "Net 2";
  choice.dispatchEvent(new Event("change"));
  await until(() => text("h1").startsWith("Net, 2 of 2"));
  await until(() => text(".ms-signal-grid [role=status]").includes("σ_w 2,"));
  slide("σ_w", 1);
  await until(() => words().includes("high = Net(sigma=1.0)"));
  expect(words()).not.toContain("Moves along");
  apply().click();
  await until(() => words().includes("Applied."));
  expect(source()).toBe(TWO.replace("sigma=2.0", "sigma=1.0"));
});

test("one layer of a call that draws all: what moves along is said", async () => {
  const { element, words, slide } = open(SOURCE);
  await ready();
  const choice = element.querySelector<HTMLSelectElement>("[data-choice=layers]")!;
  choice.value = "1";
  choice.dispatchEvent(new Event("change"));
  slide("σ_w", 1.5);
  await until(() => words().includes("Moves along: Net: a, c."));
});

test("what cannot be written is refused by name, with the button off", async () => {
  const { words, slide, apply } = open(SOURCE.replace("nn.init.zeros_(layer.bias)", "fancy(layer.bias, layer.weight)"));
  await ready();
  slide("σ_b", 0.4);
  await until(() => words().includes("cannot tell how they are initialized: set by fancy"));
  expect(apply().hasAttribute("disabled")).toBe(true);
});

test("a document that is closed, and a network that is gone, are said", async () => {
  const { words, close, edit, apply } = open(SOURCE);
  await ready();
  edit(SOURCE.replace("class Net", "class Other"));
  await until(() => words().includes("Net is no longer in train.py"));
  expect(apply().hasAttribute("disabled")).toBe(true);
  edit(SOURCE);
  await until(() => !words().includes("no longer"));
  close();
  await until(() => words().includes("train.py is closed"));
  expect(apply().hasAttribute("disabled")).toBe(true);
});

test("the critical line is one press away", async () => {
  const { element, words } = open(
    SOURCE.replace("nn.init.zeros_(layer.bias)", "nn.init.normal_(layer.bias, std=0.3)").replace(
      "sigma=1.0",
      "sigma=2.0",
    ),
  );
  await ready();
  [...element.querySelectorAll<HTMLElement>(".ms-link")]
    .find(({ textContent }) => textContent === "To the critical line")!
    .click();
  // σ_b² = 0.09: the line lies at σ_w² = 1.968.
  await until(() => /sigma=1\.\d+\):/.test(words()));
  expect(
    Number(/\+def __init__\(self, sigma=([\d.]+)\)|sigma=(1\.\d+)/.exec(words().replace(/\s/g, ""))?.[2] ?? "0"),
  ).toBeGreaterThan(1);
});
