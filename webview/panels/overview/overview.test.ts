// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { ModeScopeError } from "../../../src/base/errors.ts";
import type {
  EngineMethods,
  PanelMethods,
  Reference,
  RunState,
  TargetOutcome,
} from "../../../src/protocol/contract.ts";
import type { Frame, Transport } from "../../../src/protocol/frames.ts";
import { type Handlers, Peer } from "../../../src/protocol/peer.ts";
import { boot } from "../../shell/boot.ts";
import type { PanelPeer } from "../../shell/types.ts";
import { overviewPanel } from "./index.ts";
import { done, gates, spectrum, statistics, summary, tensor } from "./overview.testkit.ts";

const TENSORS = [tensor("enc.w", [2, 3]), tensor("enc.b", [2]), tensor("lstm", [8, 2], { parts: gates(2) })];

/** An extension side in the same page: runs stay open until `finish`. */
class FakeExtension {
  readonly calls: { method: string; params: unknown }[] = [];
  state: unknown;
  openFails = false;
  reference: Reference | null = null;
  readonly runs: { id: string; analysis: string; targets: unknown; outcomes: TargetOutcome[]; state: RunState }[] = [];
  readonly host: Peer<Record<never, never>, Record<never, never>>;
  readonly client: PanelPeer;

  constructor(root: HTMLElement) {
    const toHost: ((frame: unknown) => void)[] = [];
    const transport: Transport = {
      send: (frame) => window.dispatchEvent(new MessageEvent("message", { data: frame })),
      onFrame: (listener) => void toHost.push(listener),
      close() {},
    };
    this.host = new Peer(transport, this.#handlers());
    this.client = boot(
      root,
      {
        postMessage: (frame) => {
          const { kind, method, params } = frame as Frame & { method: string; params: unknown };
          if (kind === "req") this.calls.push({ method, params });
          for (const listener of toHost) listener(frame);
        },
        getState: () => this.state,
        setState: (state) => {
          this.state = state;
        },
      },
      [overviewPanel],
    );
  }

  #handlers(): Partial<Handlers<EngineMethods & PanelMethods>> {
    const settings = { exactSpectrumLimit: 512, significantDigits: 3 };
    return {
      "panel/context": () => ({
        panel: "overview",
        uri: "file:///w/model.pt",
        files: [],
        target: null,
        section: null,
        settings,
      }),
      "checkpoint/open": () => {
        if (this.openFails) {
          const remedy = "Copy it again.";
          throw new ModeScopeError("bad-format", "The header is cut.", { field: "header", offset: 8, remedy });
        }
        return summary({
          totals: { tensors: 3, parameters: 24, storedBytes: 96, dtypes: [] },
          findings: [
            { kind: "warning", message: "odd order" },
            { kind: "security", message: "asks for os.system" },
          ],
          skipped: [{ name: "z", reason: "complex" }],
        });
      },
      "checkpoint/tensors": ({ from, count }) => ({ tensors: TENSORS.slice(from, from + count) }),
      "checkpoint/close": () => null,
      "engine/info": () => ({ workers: 1, analyses: [], studies: [], cache: "" }),
      "run/start": ({ analysis, targets }) => {
        const id = `r${this.runs.length}`;
        this.runs.push({ id, analysis, targets, outcomes: [], state: "running" });
        return { run: id, total: targets === "all" ? 6 : targets.length };
      },
      "run/snapshot": ({ run, since }) => {
        const found = this.runs.find(({ id }) => id === run);
        if (found === undefined) throw new ModeScopeError("bad-request", "no such run");
        const total = found.targets === "all" ? 6 : (found.targets as unknown[]).length;
        const { outcomes, state } = found;
        return { run, revision: outcomes.length, state, done: outcomes.length, total, outcomes: outcomes.slice(since) };
      },
      "run/prioritize": () => null,
      "run/cancel": ({ run }) => {
        this.advance(run, [], "cancelled");
        return null;
      },
      "panel/open": () => null,
      "reference/get": () => this.reference,
    };
  }

  advance(run: string, outcomes: readonly TargetOutcome[], state: RunState): void {
    const found = this.runs.find(({ id }) => id === run);
    if (found === undefined) throw new Error(`no run ${run}`);
    found.outcomes.push(...outcomes);
    found.state = state;
    this.host.emit("run/changed", {
      run,
      revision: found.outcomes.length,
      state,
      done: found.outcomes.length,
      total: 6,
    });
  }
}

let extension: FakeExtension;

function start(setUp: (fake: FakeExtension) => void = () => {}): HTMLElement {
  const root = document.createElement("div");
  document.body.replaceChildren(root);
  extension = new FakeExtension(root);
  setUp(extension);
  return root;
}

afterEach(() => {
  extension.client.dispose();
  extension.host.dispose();
});

async function until<T>(what: () => T | null | undefined | false): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const value = what();
    if (value !== null && value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never: ${what}`);
}

function button(root: HTMLElement, text: string): HTMLElement | undefined {
  return [...root.querySelectorAll<HTMLElement>("vscode-button")].find(
    ({ textContent }) => textContent.trim() === text,
  );
}

test("a skeleton at once, then header, security finding first, reasons; statistics, then spectrum", async () => {
  const root = start();
  expect(root.querySelector(".ms-skeleton")).not.toBeNull();
  await until(() => extension.runs[0]);
  expect(extension.runs[0]).toMatchObject({ analysis: "statistics", targets: "all" });
  expect(root.querySelector("h1")?.textContent).toBe("model.pt");
  const findings = [...root.querySelectorAll(".ms-finding")].map(({ className }) => className);
  expect(findings[0]).toContain("security");
  expect(findings[1]).toContain("warning");
  expect(root.querySelector(".ms-overview-bottom")?.textContent).toContain("complex");

  const all = [
    done("enc.w", statistics({ mean: 0.125 })),
    done("enc.b", statistics()),
    ...[0, 1, 2, 3].map((part) => done("lstm", statistics(), part)),
  ];
  extension.advance("r0", all, "finished");
  await until(() => extension.runs[1]);
  expect(extension.runs[1]).toMatchObject({ analysis: "spectrum", targets: "all" });
  extension.advance("r1", [done("enc.w", spectrum(2))], "running");
  await until(() => root.querySelector(".ms-progress")?.textContent?.includes("1 of 6"));
});

test("cancel stops; resume asks only for what is left", async () => {
  const root = start();
  await until(() => extension.runs[0]);
  extension.advance("r0", [done("enc.w", statistics())], "running");
  await until(() => root.querySelector(".ms-progress")?.textContent?.includes("1 of 6"));
  button(root, "Cancel")?.click();
  (await until(() => button(root, "Resume"))).click();
  await until(() => extension.runs[1]);
  const resumed = extension.runs[1];
  expect(resumed?.analysis).toBe("statistics");
  expect(resumed?.targets).toHaveLength(5);
  expect(resumed?.targets).not.toContainEqual({ tensor: "enc.w", part: null, tap: null });
});

test("a file changed on disk is said, and Refresh opens it again", async () => {
  const root = start();
  await until(() => extension.runs[0]);
  extension.host.emit("checkpoint/changed", { checkpoint: "c1", uri: "file:///w/model.pt", change: "modified" });
  expect(root.querySelector(".ms-banner")?.textContent).toContain("changed on disk");
  button(root, "Refresh")?.click();
  await until(() => extension.runs[1]);
  const methods = extension.calls.map(({ method }) => method);
  expect(methods.filter((method) => method === "checkpoint/open")).toHaveLength(2);
  expect(methods).toContain("checkpoint/close");
  expect(methods).toContain("run/cancel");
});

test("what cannot be opened says what, where, what to do; Retry tries again", async () => {
  const root = start((fake) => {
    fake.openFails = true;
  });
  const view = await until(() => root.querySelector(".ms-error"));
  for (const part of ["The header is cut.", "header", "8", "Copy it again."]) expect(view.textContent).toContain(part);
  extension.openFails = false;
  button(root, "Retry")?.click();
  await until(() => extension.runs[0]);
  expect(root.querySelector(".ms-error")).toBeNull();
});

test("state is kept for the panel and for the extension's serializer", async () => {
  const root = start();
  await until(() => extension.runs[0]);
  root.querySelector<HTMLElement>("[aria-label='Show as flat list']")?.click();
  await until(() => JSON.stringify(extension.state).includes('"mode":"flat"'));
  expect(extension.state).toMatchObject({
    context: { panel: "overview", uri: "file:///w/model.pt", files: [], target: null },
  });
});

test("a checkpoint of a run leads to the run's learning dynamics; one that stands alone does not", async () => {
  const alone = start();
  await until(() => alone.querySelector(".ms-against"));
  expect(alone.querySelector(".ms-show-dynamics")).toBeNull();
  extension.client.dispose();
  extension.host.dispose();
  const root = start((fake) => {
    fake.reference = { uri: "file:///w/model-0.pt", name: "model-0.pt", firstOfRun: true };
  });
  (await until(() => root.querySelector<HTMLElement>(".ms-show-dynamics"))).click();
  await until(() => extension.calls.some(({ method }) => method === "panel/open"));
  expect(extension.calls.find(({ method }) => method === "panel/open")?.params).toEqual({
    panel: "dynamics",
    uri: "file:///w/model.pt",
    target: null,
  });
});
