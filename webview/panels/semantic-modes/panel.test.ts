// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PanelContext } from "../../../src/protocol/contract.ts";
import { contextOf, type MadeFile, sample } from "../../../src/studies/semantic-modes/files.testkit.ts";
import { semanticModesStudy } from "../../../src/studies/semantic-modes/index.ts";
import { type PlayedPanel, playPanel, until } from "../../shell/panel.testkit.ts";
import { semanticModesPanel } from "./index.ts";

const TABLE = sample("four-items/data.csv");
const TRAINED = sample("four-items/checkpoints/step-1250.safetensors");
let played: PlayedPanel | null = null;
beforeEach(() => document.body.replaceChildren());
afterEach(() => {
  played?.dispose();
  played = null;
});

/** The panel over the real study on real files. */
function fixture(
  subject: MadeFile,
  options: { state?: unknown; context?: Partial<PanelContext>; chosen?: MadeFile } = {},
) {
  const { state, context = {}, chosen = subject } = options;
  played = playPanel(semanticModesPanel, {
    state,
    context,
    studies: [semanticModesStudy.manifest],
    answer({ files, parameters }) {
      const made = Object.fromEntries(files.map(({ role }) => [role, role === "subject" ? subject : chosen]));
      return semanticModesStudy.run(contextOf(made).context, { ...parameters, draws: 20 });
    },
    host: {
      "labels/choose": () => ({
        lists: [{ name: "items", labels: ["a", "b", "c", "d"] }],
        source: "names.json",
        problem: null,
      }),
      "files/choose": () => ({ files: [{ uri: "file:///chosen", name: "chosen" }] }),
    },
  });
  return played;
}

test("a table: title, notes, spectrum with a bracket, named poles, tree; one choice marks all of them", async () => {
  const { element, text, state } = fixture(TABLE);
  await until(() => element.querySelector(".ms-tree") !== null);
  expect(text("h1")).toBe("Correlations of data.csv");
  expect(text(".ms-modes-notes")).toContain("Sum convention");
  expect(element.querySelectorAll(".ms-stem[role=button]")).toHaveLength(4);
  expect(element.querySelectorAll(".ms-bracket")).toHaveLength(1);
  expect(text(".ms-modes-words")).toMatch(/^Mode 2: σ 1\.732\. .*Canary, Salmon \(Move\)/);
  expect(text(".ms-mode-bars")).toContain("Canary");
  const pressed = () => element.querySelector(".ms-tree-node[aria-pressed=true]")?.getAttribute("data-node");
  expect(pressed()).toBe("0");
  element.querySelectorAll<HTMLElement>(".ms-stem[role=button]")[3]!.dispatchEvent(new MouseEvent("click"));
  expect(text(".ms-modes-words")).toMatch(/Modes 3–4, one subspace/);
  expect(element.querySelectorAll(".ms-tree-node[aria-pressed=true]")).toHaveLength(2);
  expect(text(".ms-mode-bars caption")).toContain("one basis of many");
  expect([...element.querySelectorAll(".ms-stem[aria-pressed=true]")]).toHaveLength(2);
  element.querySelector(".ms-tree-node[data-node='0']")!.dispatchEvent(new MouseEvent("click"));
  expect(text(".ms-modes-words")).toMatch(/^Mode 2/);
  expect(state()).toMatchObject({ mode: 1 });
});

test("arrow keys walk along the spectrum", async () => {
  const { element, text } = fixture(TABLE);
  await until(() => element.querySelector(".ms-tree") !== null);
  const second = element.querySelectorAll<HTMLElement>(".ms-stem[role=button]")[1]!;
  second.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft" }));
  expect(text(".ms-modes-words")).toMatch(/^Mode 1/);
});

test("mean instead of sum is asked for and remembered; strengths are a quarter", async () => {
  const { element, asked, text, state } = fixture(TABLE);
  await until(() => element.querySelector(".ms-tree") !== null);
  element.querySelector<HTMLElement>("[data-choice=mean]")!.click();
  await until(() => text(".ms-modes-notes").includes("Mean convention"));
  expect(asked[1]!.parameters).toMatchObject({ convention: "mean" });
  expect(state()).toMatchObject({ convention: "mean" });
  expect(text(".ms-mode-table tbody tr")).toContain("0.6614");
});

test("a network that is chosen beside the table is looked at in the table's modes; it can be left out again", async () => {
  const { element, asked, text } = fixture(TABLE, { chosen: TRAINED });
  await until(() => element.querySelector(".ms-tree") !== null);
  [...element.querySelectorAll<HTMLElement>(".ms-modes-files .ms-link")]
    .find(({ textContent }) => textContent!.includes("Network"))!
    .click();
  await until(() => text(".ms-mode-table").includes("Learned"));
  expect(asked[1]!.files).toEqual([
    { role: "subject", uri: "file:///subject" },
    { role: "network", uri: "file:///chosen" },
  ]);
  expect(text(".ms-mode-table tbody tr")).toContain("2.646 of 2.646");
  expect(text(".ms-joints")).toContain("layers.0.weight");
  expect(element.querySelectorAll(".ms-learned")).toHaveLength(4);
  element.querySelector<HTMLElement>(".ms-file-chip .ms-link")!.click();
  await until(() => !text(".ms-mode-table").includes("Learned"));
  expect(asked[2]!.files).toHaveLength(1);
});

test("a file that does not fit is said beside the files, not in place of the panel", async () => {
  const other = sample("eight-items/checkpoints/step-1350.safetensors");
  const { element, text, failures } = fixture(TABLE, {
    chosen: other,
    state: { files: [{ role: "network", uri: "file:///chosen", name: "chosen" }] },
  });
  await until(() => text(".ms-modes-status").includes("8 inputs"));
  expect(failures).toEqual([]);
  expect(element.querySelector(".ms-file-chip .ms-link")).not.toBeNull();
});

test("a chain of weights: layers and how they fit, and no claim that anything was learned", async () => {
  const { element, text } = fixture(TRAINED);
  await until(() => element.querySelector(".ms-tree") !== null);
  expect(text("h1")).toContain("layers.1.weight · layers.0.weight");
  expect(text(".ms-modes-notes")).toContain("no evidence");
  expect(text(".ms-joints tbody")).toContain("(k = 4)");
  element.querySelector<HTMLElement>(".ms-joints .ms-value")!.click();
  expect(document.querySelector("dialog.ms-card")?.textContent).toContain("Null");
});

test("one matrix of a network can be looked at by itself", async () => {
  const { element, text, asked } = fixture(TRAINED);
  await until(() => element.querySelector(".ms-tree") !== null);
  const select = element.querySelector<HTMLSelectElement>(".ms-matrix");
  expect([...select!.options].map(({ value }) => value)).toEqual(["", "layers.0.weight", "layers.1.weight"]);
  select!.value = "layers.1.weight";
  select!.dispatchEvent(new Event("change"));
  await until(() => text("h1").startsWith("layers.1.weight of"));
  expect(asked[1]!.parameters).toMatchObject({ tensor: "layers.1.weight" });
  expect(element.querySelector(".ms-joints")).toBeNull();
});

test("names come from a file that the person chooses where the files have none", async () => {
  const bare: MadeFile = { name: "bare.csv", text: "1,1,0\n1,0,1\n0,1,0\n0,1,1\n" };
  const { element, text } = fixture(bare);
  await until(() => element.querySelector(".ms-tree") !== null);
  expect(text(".ms-tree-items")).toContain("item 0");
  [...element.querySelectorAll<HTMLElement>(".ms-link")].find(({ textContent }) => textContent === "Choose…")!.click();
  await until(() => text(".ms-tree-items").includes("a"));
  expect(text(".ms-mode-bars")).toContain("a");
});

test("vectors over pixels are pictures; a shape that does not fit is refused, another is taken", async () => {
  const digits: MadeFile = {
    name: "p.csv",
    text: Array.from({ length: 5 }, (_, i) => Array.from({ length: 64 }, (_one, j) => Math.sin(i * j)).join()).join(
      "\n",
    ),
  };
  const { element, state } = fixture(digits);
  await until(() => element.querySelector(".ms-tree") !== null);
  expect(element.querySelector(".ms-mode-picture")?.getAttribute("aria-label")).toBe("u2");
  const [input] = element.querySelectorAll<HTMLInputElement>(".ms-picture-shape");
  input!.value = "7x9";
  input!.dispatchEvent(new Event("change"));
  expect(state()).toBeUndefined();
  input!.value = "4x16";
  input!.dispatchEvent(new Event("change"));
  expect(element.querySelector(".ms-mode-pictures figcaption")?.textContent).toContain("4×16 (your choice)");
});

test("a file that changes on disk is said and read again when asked; where nothing stands it is read at once", async () => {
  const panel = fixture(TABLE, {
    state: { files: [{ role: "network", uri: "file:///chosen", name: "net.pt" }] },
    chosen: TRAINED,
  });
  const { element, asked, text } = panel;
  await until(() => element.querySelector(".ms-tree") !== null);
  panel.changed("file:///other");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(text(".ms-file-banner")).toBe("");
  panel.changed("file:///chosen");
  await until(() => text(".ms-file-banner").includes("net.pt changed on disk"));
  expect(asked).toHaveLength(1);
  expect(element.querySelector(".ms-tree")).not.toBeNull();
  element.querySelector<HTMLElement>(".ms-file-banner vscode-button")!.click();
  await until(() => asked.length === 2);
  expect(text(".ms-file-banner")).toBe("");

  panel.dispose();
  document.body.replaceChildren();
  const refused = fixture(TABLE, {
    chosen: sample("eight-items/checkpoints/step-1350.safetensors"),
    state: { files: [{ role: "network", uri: "file:///chosen", name: "net.pt" }] },
  });
  await until(() => refused.text(".ms-modes-status").includes("8 inputs"));
  refused.changed("file:///chosen");
  await until(() => refused.asked.length === 2);
});

test("in a report nothing is offered that would have to be computed", async () => {
  const { element } = fixture(TABLE, { context: { recorded: true } });
  await until(() => element.querySelector(".ms-tree") !== null);
  expect(element.querySelectorAll(".ms-segment, .ms-modes-files, .ms-selector")).toHaveLength(0);
  expect(element.querySelectorAll(".ms-stem[role=button]")).toHaveLength(4);
});
