import { expect } from "vitest";
import type { Disposable } from "../../src/base/disposable.ts";
import { serializeError } from "../../src/base/errors.ts";
import type { EngineEvents, PanelContext, PanelEvents } from "../../src/protocol/contract.ts";
import type { Frame } from "../../src/protocol/frames.ts";
import { Peer } from "../../src/protocol/peer.ts";
import type { Panel, PanelPeer } from "./types.ts";

export interface StudyQuestion {
  readonly study: string;
  readonly files: readonly { readonly role: string; readonly uri: string }[];
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface PlayedPanel extends Disposable {
  readonly element: HTMLElement;
  /** What it asked studies, in order. */
  readonly asked: StudyQuestion[];
  readonly failures: unknown[];
  readonly copied: string[];
  readonly saved: { readonly suggestedName: string; readonly text: string; readonly base64?: string }[];
  /** What it would find after a reload. */
  state(): unknown;
  text(selector: string): string;
  /** A file is another now. */
  changed(uri: string, change?: "modified" | "deleted"): void;
  /** The code that it was opened from was read anew. */
  codeChanged(): void;
  /** Another event of the host. */
  emit<Event extends keyof (EngineEvents & PanelEvents)>(event: Event, data: (EngineEvents & PanelEvents)[Event]): void;
}

export interface PlayOptions {
  readonly context?: Partial<PanelContext>;
  readonly state?: unknown;
  /** What the engine says of studies and analyses. */
  readonly studies?: readonly unknown[];
  readonly analyses?: readonly unknown[];
  /** Runs a study as a worker would. */
  answer(question: StudyQuestion): Promise<unknown>;
  /** Answers of the host beside those that every panel gets. */
  readonly host?: Readonly<Record<string, (params: never) => unknown>>;
}

/** A panel over answers that the test gives: only the editor between them is played, its messages one after the other as windows send them. */
export function playPanel(panel: Panel, options: PlayOptions): PlayedPanel {
  const listeners: ((frame: unknown) => void)[] = [];
  const end = (mine: number, other: number) => ({
    send: (frame: Frame) => queueMicrotask(() => listeners[other]?.(frame)),
    onFrame: (listener: (frame: unknown) => void) => {
      listeners[mine] = listener;
    },
    close() {},
  });
  const asked: StudyQuestion[] = [];
  const failures: unknown[] = [];
  const copied: string[] = [];
  const saved: PlayedPanel["saved"] = [];
  const runs = new Map<string, Promise<unknown>>();
  let state = options.state;
  const { studies = [], analyses = [] } = options;
  const host = new Peer<Record<string, never>, EngineEvents & PanelEvents>(end(1, 0), {
    "engine/info": () => ({ workers: 1, cache: "", analyses, studies }),
    "labels/find": () => ({ lists: [], source: null, problem: null }),
    "files/choose": () => ({ files: [] }),
    "file/save": (params: PlayedPanel["saved"][number]) => {
      saved.push(params);
      return { saved: true };
    },
    "clipboard/write": ({ text }: { text: string }) => {
      copied.push(text);
      return null;
    },
    "study/start": (question: StudyQuestion) => {
      asked.push(question);
      const run = `r${asked.length}`;
      runs.set(run, options.answer(question));
      return { run };
    },
    "study/snapshot": async ({ run }: { run: string }) => {
      const base = { run, revision: 1, fraction: 1 };
      return runs.get(run)!.then(
        (result) => ({ ...base, state: "finished", result, error: null }),
        (error: unknown) => ({ ...base, state: "failed", error: serializeError(error) }),
      );
    },
    "study/cancel": () => null,
    ...options.host,
  });
  const element = document.body.appendChild(document.createElement("main"));
  const mounted = panel.mount(element, {
    peer: new Peer(end(0, 1)) as PanelPeer,
    context: {
      panel: panel.id,
      uri: "file:///subject",
      files: [],
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
    saved,
    state: () => state,
    text: (selector) => element.querySelector(selector)?.textContent?.replace(/\s+/g, " ").trim() ?? "",
    changed: (uri, change = "modified") => host.emit("checkpoint/changed", { checkpoint: "", uri, change }),
    codeChanged: () => host.emit("network/changed", {}),
    emit: (event, data) => host.emit(event, data),
    dispose() {
      mounted.dispose();
      element.remove();
    },
  };
}

/** Waits for what a panel does in its own time. */
export async function until(ready: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2000 && !ready(); turn++) await new Promise((done) => setTimeout(done, 5));
  expect(ready()).toBe(true);
}

/** Keys at a picture, one after the other; "Control+a" with the key held. */
export function press(element: Element, ...keys: readonly string[]): void {
  for (const one of keys) {
    const parts = one.split("+");
    element.dispatchEvent(
      new KeyboardEvent("keydown", {
        key: parts[parts.length - 1]!,
        ctrlKey: parts.includes("Control"),
        shiftKey: parts.includes("Shift"),
        bubbles: true,
      }),
    );
  }
}
