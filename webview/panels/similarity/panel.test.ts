// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Disposable } from "../../../src/base/disposable.ts";
import type { PanelContext } from "../../../src/protocol/contract.ts";
import type { Frame } from "../../../src/protocol/frames.ts";
import { Peer } from "../../../src/protocol/peer.ts";
import { runStudyOn } from "../../../src/studies/_shared/runStudy.testkit.ts";
import { similarityStudy } from "../../../src/studies/similarity/index.ts";
import type { PanelPeer } from "../../shell/types.ts";
import { similarityPanel } from "./index.ts";
import { likelyRole } from "./state.ts";

const FOLDER = "samples/two-seeds";
const file = (name: string) => ({ uri: `file:///${FOLDER}/${name}`, name });
let mounted: Disposable | null = null;
beforeEach(() => document.body.replaceChildren());
afterEach(() => {
  mounted?.dispose();
  mounted = null;
});

interface Question {
  readonly files: readonly { readonly role: string; readonly uri: string }[];
  readonly parameters: object;
}

/** The panel over the real study on the real sample: only the editor between them is played. */
function fixture(names: readonly string[], options: { state?: unknown; chosen?: string } = {}) {
  const listeners: ((frame: unknown) => void)[] = [];
  const end = (mine: number, other: number) => ({
    send: (frame: Frame) => queueMicrotask(() => listeners[other]?.(frame)),
    onFrame: (listener: (frame: unknown) => void) => {
      listeners[mine] = listener;
    },
    close() {},
  });
  const asked: Question[] = [];
  const saved: { suggestedName: string; text: string }[] = [];
  const runs = new Map<string, Promise<unknown>>();
  const failures: unknown[] = [];
  let state = options.state;
  new Peer<Record<string, never>, object>(end(1, 0), {
    "engine/info": () => ({ workers: 1, cache: "", analyses: [], studies: [similarityStudy.manifest] }),
    "labels/find": () => ({
      lists: [{ name: "items", labels: Array.from({ length: 100 }, (_, k) => `digit ${k}`) }],
      source: null,
      problem: null,
    }),
    "files/choose": () => ({ files: [file(options.chosen ?? "recording.h5")] }),
    "file/save": (params: { suggestedName: string; text: string }) => {
      saved.push(params);
      return { saved: true };
    },
    "study/start": (question: Question) => {
      asked.push(question);
      const run = `r${asked.length}`;
      const files = question.files.map(({ role, uri }) => ({ role, path: uri.slice("file:///".length) }));
      const quick = { permutations: 19, bootstraps: 20, items: 40 };
      runs.set(
        run,
        runStudyOn(similarityStudy, files, { ...question.parameters, ...quick }).then(({ result }) => result),
      );
      return { run };
    },
    "study/snapshot": async ({ run }: { run: string }) => {
      const base = { run, revision: 1, fraction: 1 };
      return runs.get(run)!.then(
        (result) => ({ ...base, state: "finished", result, error: null }),
        (error: Error) => ({
          ...base,
          state: "failed",
          error: { code: "bad-request", message: error.message, details: {} },
        }),
      );
    },
    "study/cancel": () => null,
  });
  const element = document.body.appendChild(document.createElement("main"));
  const context: PanelContext = {
    panel: "similarity",
    uri: file(names[0]!).uri,
    files: names.map(file),
    target: null,
    section: null,
    settings: { exactSpectrumLimit: 1024, significantDigits: 4 },
  };
  mounted = similarityPanel.mount(element, {
    peer: new Peer(end(0, 1)) as PanelPeer,
    context,
    state: {
      get: () => state,
      set: (value) => {
        state = value;
      },
    },
    theme: { kind: "dark", color: (_, fallback) => fallback ?? "#888", onChange: () => ({ dispose() {} }) },
    fail: (error) => failures.push(error),
  });
  const text = (selector: string) => element.querySelector(selector)?.textContent?.replace(/\s+/g, " ").trim() ?? "";
  return { element, asked, failures, saved, text, state: () => state };
}

async function until(ready: () => boolean): Promise<void> {
  for (let turn = 0; turn < 600 && !ready(); turn++) await new Promise((done) => setTimeout(done, 5));
  expect(ready()).toBe(true);
}

const press = (canvas: Element, ...keys: string[]) => {
  for (const key of keys) canvas.dispatchEvent(new KeyboardEvent("keydown", { key }));
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
    /^seed-0: hidden1 and seed-0: hidden2: 0\.9\d+, 95 % from .* chance 0, p 0\.05 \(no smaller one is possible\) of 19 draws$/,
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

test("two items marked in one layer are marked in all, by name, and remembered", async () => {
  const { element, text, state } = fixture(["seed-0.npz"]);
  await until(() => element.querySelector(".ms-sim-rdms") !== null);
  const canvas = element.querySelector(".ms-sim-rdms canvas")!;
  press(canvas, "Home", "ArrowRight", "ArrowRight");
  expect(text(".ms-sim-rdms .ms-readout")).toMatch(/^hidden1: digit \d+ and digit \d+, correlation distance \d/);
  expect(element.querySelectorAll(".ms-sim-hovered figcaption")).toHaveLength(2);
  press(canvas, "Enter");
  expect(element.querySelectorAll(".ms-sim-items tbody tr")).toHaveLength(6);
  expect((state() as { chosen: number[] }).chosen).toHaveLength(2);
  press(canvas, "PageDown");
  expect(text(".ms-sim-rdms .ms-readout")).toMatch(/^hidden2: /);
});

test("a recording added in the panel stands beside the layers, with its ceiling", async () => {
  const { element, asked, text } = fixture(["seed-0.npz"], { state: { measure: "rsa" } });
  await until(() => element.querySelector(".ms-sim-rdms") !== null);
  [...element.querySelectorAll<HTMLElement>(".ms-sim-files button")]
    .find((one) => one.textContent === "+ Recording…")!
    .click();
  await until(() => element.querySelector("[class*=ms-sim-brain] canvas") !== null);
  expect(asked[1]!.files.map(({ role }) => role)).toEqual(["activations", "recording"]);
  expect(element.querySelector("[class*=ms-sim-brain] canvas")!.getAttribute("aria-label")).toContain(
    "noise ceiling of 4 parts",
  );
  expect(text("[data-field=ceiling]")).toMatch(/0\.4\d+ – 0\.7\d+/);
});

test("a run over training has a course; what does not fit is said and can be changed", async () => {
  const run = ["000", "003", "030"].map((epoch) => `training/epoch-${epoch}.npz`);
  const { element } = fixture(run);
  await until(() => element.querySelector(".ms-sim-training canvas") !== null);
  mounted?.dispose();
  const other = fixture(["seed-0.npz", "seed-0.weights.safetensors"]);
  await until(() => other.text(".ms-degenerate") !== "");
  expect(other.text(".ms-degenerate")).toContain("no number of items in common");
  expect(other.element.querySelectorAll(".ms-sim-chip")).toHaveLength(2);
});

test("what a file holds is guessed from its name", () => {
  expect(["seed-0.npz", "recording.h5", "stimuli.npy", "mouse.nwb"].map(likelyRole)).toEqual([
    "activations",
    "recording",
    "stimuli",
    "recording",
  ]);
});
