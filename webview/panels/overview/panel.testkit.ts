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
import type { CheckpointLintResult } from "../../../src/studies/checkpoint-lint/types.ts";
import { boot } from "../../shell/boot.ts";
import type { PanelPeer } from "../../shell/types.ts";
import { overviewPanel } from "./index.ts";
import { done, gates, statistics, summary, tensor } from "./overview.testkit.ts";

const TENSORS = [tensor("enc.w", [2, 3]), tensor("enc.b", [2]), tensor("lstm", [8, 2], { parts: gates(2) })];

/** An extension side in the same page: runs stay open until `finish`. */
class FakeExtension {
  readonly calls: { method: string; params: unknown }[] = [];
  state: unknown;
  openFails = false;
  reference: Reference | null = null;
  lintOff = false;
  readonly lints: { anew: boolean; state: RunState; result: CheckpointLintResult | null; fraction: number }[] = [];
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
      "lint/start": ({ anew }) => {
        this.lints.push({ anew, state: "running", result: null, fraction: 0 });
        return { run: this.lintOff ? null : `lint-${this.lints.length - 1}` };
      },
      "study/snapshot": ({ run, since }) => {
        const at = Number(String(run).slice(5));
        const { state, result, fraction } = this.lints[at]!;
        const revision = result === null ? 1 : 2;
        return { run, revision, state, fraction, error: null, ...(result !== null && since < 2 ? { result } : {}) };
      },
      "study/cancel": ({ run }) => {
        this.lintIs(Number(String(run).slice(5)), "cancelled", null);
        return null;
      },
      "reference/get": () => this.reference,
    };
  }

  lintIs(at: number, state: RunState, result: CheckpointLintResult | null, fraction = 1): void {
    Object.assign(this.lints[at]!, { state, result, fraction });
    this.host.emit("study/changed", { run: `lint-${at}`, revision: result === null ? 1 : 2, state, fraction });
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

/** Of the page at hand. */
export let extension: FakeExtension;

export function start(setUp: (fake: FakeExtension) => void = () => {}): HTMLElement {
  const root = document.createElement("div");
  document.body.replaceChildren(root);
  extension = new FakeExtension(root);
  setUp(extension);
  return root;
}

export function unmount(): void {
  extension.client.dispose();
  extension.host.dispose();
}

export async function until<T>(what: () => T | null | undefined | false): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const value = what();
    if (value !== null && value !== undefined && value !== false) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never: ${what}`);
}

export function button(root: HTMLElement, text: string): HTMLElement | undefined {
  return [...root.querySelectorAll<HTMLElement>("vscode-button")].find(
    ({ textContent }) => textContent.trim() === text,
  );
}

/** What the first run says of every tensor. */
export const ALL = [
  done("enc.w", statistics()),
  done("enc.b", statistics()),
  ...[0, 1, 2, 3].map((part) => done("lstm", statistics(), part)),
];
