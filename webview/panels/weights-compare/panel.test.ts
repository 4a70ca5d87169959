// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Disposable } from "../../../src/base/disposable.ts";
import type { EngineEvents } from "../../../src/protocol/contract.ts";
import type { Frame } from "../../../src/protocol/frames.ts";
import { Peer } from "../../../src/protocol/peer.ts";
import { runStudyOn } from "../../../src/studies/_shared/runStudy.testkit.ts";
import { weightsCompareStudy } from "../../../src/studies/weights-compare/index.ts";
import type { PanelPeer } from "../../shell/types.ts";
import { weightsComparePanel } from "./index.ts";

const file = (name: string) => ({ uri: `file:///samples/two-seeds/${name}`, name });
const SEEDS = ["seed-0.weights.safetensors", "seed-1.weights.safetensors"];
let mounted: Disposable | null = null;
beforeEach(() => document.body.replaceChildren());
afterEach(() => {
  mounted?.dispose();
  mounted = null;
});

/** The panel over the real study: only the editor between them is played. */
function fixture(names: readonly string[]) {
  const listeners: ((frame: unknown) => void)[] = [];
  const end = (mine: number, other: number) => ({
    send: (frame: Frame) => queueMicrotask(() => listeners[other]?.(frame)),
    onFrame: (listener: (frame: unknown) => void) => {
      listeners[mine] = listener;
    },
    close() {},
  });
  const failures: unknown[] = [];
  const runs: Promise<unknown>[] = [];
  let state: unknown;
  const editor = new Peer<Record<string, never>, EngineEvents>(end(1, 0), {
    "engine/info": () => ({ workers: 1, cache: "", analyses: [], studies: [weightsCompareStudy.manifest] }),
    "files/choose": () => ({ files: [file(SEEDS[1]!)] }),
    "study/start": ({ files }: { files: readonly { role: string; uri: string }[] }) => {
      const paths = files.map(({ role, uri }) => ({ role, path: uri.slice("file:///".length) }));
      runs.push(runStudyOn(weightsCompareStudy, paths).then(({ result }) => result));
      return { run: String(runs.length - 1) };
    },
    "study/snapshot": async ({ run }: { run: string }) => ({
      run,
      revision: 1,
      fraction: 1,
      state: "finished",
      error: null,
      result: await runs[Number(run)],
    }),
    "study/cancel": () => null,
  });
  const element = document.body.appendChild(document.createElement("main"));
  mounted = weightsComparePanel.mount(element, {
    peer: new Peer(end(0, 1)) as PanelPeer,
    context: {
      panel: "weights-compare",
      uri: file(names[0]!).uri,
      files: names.map(file),
      target: null,
      section: null,
      settings: { exactSpectrumLimit: 1024, significantDigits: 4 },
    },
    state: {
      get: () => state,
      set: (value) => {
        state = value;
      },
    },
    theme: { kind: "dark", color: (_, fallback) => fallback ?? "#888", onChange: () => ({ dispose() {} }) },
    fail: (error) => failures.push(error),
  });
  const changed = (uri: string) =>
    editor.emit("checkpoint/changed", { checkpoint: "", uri, change: "modified" as const });
  return { element, failures, changed, asked: () => runs.length, state: () => state };
}

async function until(ready: () => boolean): Promise<void> {
  for (let turn = 0; turn < 600 && !ready(); turn++) await new Promise((done) => setTimeout(done, 5));
  expect(ready()).toBe(true);
}

test("two seeds: every weight, the spectra of a chosen one, and matched units beside chance", async () => {
  const { element, failures } = fixture(SEEDS);
  await until(() => element.textContent?.includes("shuffled weights reach 0.28") === true);
  expect(failures).toEqual([]);
  expect(element.querySelector("h1")?.textContent).toBe(`${SEEDS[0]} → ${SEEDS[1]}`);
  const rows = element.querySelectorAll("section:first-of-type tbody tr");
  expect(rows).toHaveLength(6);
  const [change, spectra] = element.querySelectorAll("canvas");
  expect(spectra!.getAttribute("aria-label")).toContain("0.weight: leading singular values");
  change!.dispatchEvent(new KeyboardEvent("keydown", { key: "Home" }));
  change!.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
  change!.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  expect(spectra!.getAttribute("aria-label")).toContain("2.weight: leading singular values");
  expect(element.querySelector("tr.ms-selected th")?.textContent?.trim()).toBe("2.weight");
  element.querySelector<HTMLElement>("[data-field=matching]")!.click();
  expect(document.querySelector("dialog.ms-card")?.textContent).toContain("Ainsworth");
});

test("of one checkpoint alone the other is asked for, and remembered", async () => {
  const { element, state } = fixture(SEEDS.slice(0, 1));
  element.querySelector<HTMLElement>(".ms-weights-status button")!.click();
  await until(() => element.querySelectorAll("tbody tr").length > 0);
  expect(state()).toEqual({ second: file(SEEDS[1]!) });
});

test("when the second file changes on disk that is said, and read again when the person asks", async () => {
  const { element, changed, asked } = fixture(SEEDS);
  await until(() => element.querySelectorAll("tbody tr").length > 0);
  const banner = () => element.querySelector(".ms-file-banner")?.textContent ?? "";
  changed("file:///samples/two-seeds/seed-7.safetensors");
  changed(file(SEEDS[1]!).uri);
  await until(() => banner() !== "");
  expect(banner()).toContain(`${SEEDS[1]} changed on disk`);
  expect(asked()).toBe(1);
  element.querySelector<HTMLElement>(".ms-file-banner vscode-button")!.click();
  await until(() => asked() === 2);
  expect(banner()).toBe("");
});
