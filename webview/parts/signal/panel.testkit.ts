import { expect } from "vitest";
import type { Disposable } from "../../../src/base/disposable.ts";
import type { EngineEvents, PanelContext, PanelEvents } from "../../../src/protocol/contract.ts";
import type { Frame } from "../../../src/protocol/frames.ts";
import { Peer } from "../../../src/protocol/peer.ts";
import { runStudyOn } from "../../../src/studies/_shared/runStudy.testkit.ts";
import type { Study } from "../../../src/studies/types.ts";
import type { Panel, PanelPeer } from "../../shell/types.ts";

interface Question {
  readonly files: readonly { readonly role: string; readonly uri: string }[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface PlayedPanel extends Disposable {
  readonly element: HTMLElement;
  readonly asked: Question[];
  readonly failures: unknown[];
  readonly copied: string[];
  /** The file is another now. */
  changed(uri: string, change: "modified" | "deleted"): void;
  /** The code was read anew. */
  codeChanged(): void;
  state(): unknown;
  text(selector: string): string;
}

/** A panel over the real study on real files, answers passed through JSON as windows do: only the editor between them is played. */
export function playPanel(
  panel: Panel,
  study: Study,
  path: string | null,
  options: {
    readonly state?: unknown;
    readonly context?: Partial<PanelContext>;
    readonly inputs?: string;
    readonly code?: object;
  } = {},
): PlayedPanel {
  const listeners: ((frame: unknown) => void)[] = [];
  const end = (mine: number, other: number) => ({
    send: (frame: Frame) => queueMicrotask(() => listeners[other]?.(frame)),
    onFrame: (listener: (frame: unknown) => void) => {
      listeners[mine] = listener;
    },
    close() {},
  });
  const asked: Question[] = [];
  const failures: unknown[] = [];
  const copied: string[] = [];
  const runs = new Map<string, Promise<unknown>>();
  let state = options.state;
  const editor = new Peer<Record<string, never>, EngineEvents & PanelEvents>(end(1, 0), {
    "engine/info": () => ({ workers: 1, cache: "", analyses: [], studies: [study.manifest] }),
    "files/choose": () => ({
      files: options.inputs === undefined ? [] : [{ uri: options.inputs, name: options.inputs }],
    }),
    "study/start": (question: Question) => {
      asked.push(question);
      const files = question.files.map(({ role, uri }) => ({ role, path: uri }));
      const run = `r${asked.length}`;
      runs.set(
        run,
        runStudyOn(study, files, question.parameters).then(({ result }) => JSON.parse(JSON.stringify(result))),
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
    ...options.code,
    "clipboard/write": ({ text }: { text: string }) => {
      copied.push(text);
      return null;
    },
  });
  const element = document.body.appendChild(document.createElement("main"));
  const mounted = panel.mount(element, {
    peer: new Peer(end(0, 1)) as PanelPeer,
    context: {
      panel: panel.id,
      uri: path ?? "modescope-none:/x",
      files: path === null ? [] : [{ uri: path, name: path.slice(path.lastIndexOf("/") + 1) }],
      target: null,
      section: null,
      settings: { exactSpectrumLimit: 1024, significantDigits: 4 },
      ...options.context,
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
  return {
    element,
    asked,
    failures,
    copied,
    codeChanged: () => editor.emit("network/changed", {}),
    changed: (uri, change) => editor.emit("checkpoint/changed", { checkpoint: "", uri, change }),
    state: () => state,
    text: (selector) => element.querySelector(selector)?.textContent?.replace(/\s+/g, " ").trim() ?? "",
    dispose() {
      mounted.dispose();
      element.remove();
    },
  };
}

export async function until(ready: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !ready(); turn++) await new Promise((done) => setTimeout(done, 5));
  expect(ready()).toBe(true);
}
