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
import type { CheckpointLintResult } from "../../../src/studies/checkpoint-lint/types.ts";
import { boot } from "../../shell/boot.ts";
import type { PanelPeer } from "../../shell/types.ts";
import { overviewPanel } from "./index.ts";
import { done, finding, gates, lintResult, spectrum, statistics, summary, tensor } from "./overview.testkit.ts";

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

const ALL = [
  done("enc.w", statistics()),
  done("enc.b", statistics()),
  ...[0, 1, 2, 3].map((part) => done("lstm", statistics(), part)),
];

test("the lint starts after the statistics; its findings stand above the table and on their lines", async () => {
  const root = start();
  await until(() => extension.runs[0]);
  expect(extension.lints).toEqual([]);
  // Its line is there from the beginning: nothing moves when it comes.
  expect(root.querySelector(".ms-lint-summary")?.textContent).toContain("follows the statistics");
  extension.advance("r0", ALL, "finished");
  await until(() => extension.lints[0]);
  expect(extension.lints[0]?.anew).toBe(false);
  extension.lintIs(0, "running", null, 0.4);
  await until(() => root.querySelector(".ms-lint")?.textContent?.includes("Linting 40 %"));
  extension.lintIs(
    0,
    "finished",
    lintResult({
      findings: [
        finding("enc.w", "MF010", "information"),
        finding("lstm", "MF009", "error", 1),
        finding(null, "MF001", "warning"),
      ],
      skipped: [{ tensor: "enc.b", part: null, reason: "It is a bias." }],
      notes: ["Not compared with a source."],
    }),
  );
  const rows = await until(() => {
    const found = [...root.querySelectorAll<HTMLElement>(".ms-lint-row")];
    return found.length === 3 && found;
  });
  // Worst first; an error opens them by itself.
  expect(root.querySelector<HTMLDetailsElement>(".ms-lint")?.open).toBe(true);
  expect(rows.map((row) => row.querySelector(".ms-lint-tensor")?.textContent)).toEqual([
    "lstm · gate f",
    "the network",
    "enc.w",
  ]);
  const summaryText = root.querySelector(".ms-lint-summary")?.textContent ?? "";
  for (const words of ["1 error", "1 warning", "1 information", "Looks like before training."])
    expect(summaryText).toContain(words);
  expect(root.querySelector(".ms-lint")?.textContent).toContain("1 weight not asked everything: It is a bias.");
  expect(root.querySelector<HTMLAnchorElement>(".ms-lint-rule")?.href).toMatch(/docs\/rules\/MF009\.md$/);
  const marks = await until(() => {
    const found = [...root.querySelectorAll(".ms-table .ms-severity")];
    return found.length > 0 && found.map((mark) => mark.getAttribute("aria-label"));
  });
  expect(marks).toContain("1 finding: information MF010: MF010 says so.");
  expect(marks).toContain("1 finding: error MF009: MF009 says so.");
});

test("findings go by arrows as one tab stop; a click selects the line, Ctrl+Enter opens the tensor, a filter keeps the rest away", async () => {
  const root = start();
  await until(() => extension.runs[0]);
  extension.advance("r0", ALL, "finished");
  await until(() => extension.lints[0]);
  extension.lintIs(
    0,
    "finished",
    lintResult({ findings: [finding("lstm", "MF009", "error", 1), finding("enc.w", "MF010", "warning")] }),
  );
  const [first, second] = await until(() => {
    const found = [...root.querySelectorAll<HTMLElement>(".ms-lint-row")];
    return found.length === 2 && found;
  });
  expect([first?.tabIndex, second?.tabIndex]).toEqual([0, -1]);
  first?.focus();
  first?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true, cancelable: true }));
  expect(document.activeElement).toBe(second);
  expect([first?.tabIndex, second?.tabIndex]).toEqual([-1, 0]);
  second?.click();
  await until(() => root.querySelector("[aria-selected='true'] .ms-name")?.textContent === "w");
  first?.click();
  await until(() => root.querySelector("[aria-selected='true'] .ms-name")?.textContent === "gate f");
  first?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true }));
  await until(() => extension.calls.some(({ method }) => method === "panel/open"));
  expect(extension.calls.find(({ method }) => method === "panel/open")?.params).toMatchObject({
    panel: "tensor",
    target: { tensor: "lstm", part: 1 },
  });
  const filter = [...root.querySelectorAll<HTMLElement>(".ms-lint .ms-link")].find(({ textContent }) =>
    textContent.includes("only tensors with findings"),
  );
  filter?.click();
  await until(() => root.querySelector(".ms-count")?.textContent === "2 of 3");
  expect(filter?.getAttribute("aria-pressed")).toBe("true");
});

test("the lint runs again where ranks waited for spectra, follows a new run, stops and goes on, and is silent where it is off", async () => {
  const root = start();
  await until(() => extension.runs[0]);
  extension.advance("r0", ALL, "finished");
  await until(() => extension.lints[0]);
  extension.lintIs(0, "finished", lintResult({ ranksWaiting: 2 }));
  await until(() => root.querySelector(".ms-lint")?.textContent?.includes("No findings"));
  await until(() => extension.runs[1]);
  extension.advance("r1", [done("enc.w", spectrum(2))], "finished");
  await until(() => extension.lints[1]);
  expect(extension.lints[1]?.anew).toBe(true);
  extension.lintIs(1, "finished", lintResult({ findings: [finding("enc.w", "MF023", "warning")] }));
  await until(() => root.querySelector(".ms-lint")?.textContent?.includes("MF023"));
  // Warnings wait below one line until someone opens them.
  expect(root.querySelector<HTMLDetailsElement>(".ms-lint")?.open).toBe(false);
  extension.host.emit("lint/changed", {});
  await until(() => extension.lints[2]);
  extension.lintIs(2, "running", null, 0.1);
  await until(() => root.querySelector(".ms-lint")?.textContent?.includes("Linting 10 %"));
  const press = (text: string) =>
    [...root.querySelectorAll<HTMLElement>(".ms-lint .ms-link")].find((one) => one.textContent.includes(text))?.click();
  press("Cancel");
  await until(() => root.querySelector(".ms-lint")?.textContent?.includes("Lint stopped"));
  press("Lint again");
  await until(() => extension.lints[3]);
  expect(extension.lints[3]?.anew).toBe(true);

  extension.client.dispose();
  extension.host.dispose();
  const silent = start((fake) => {
    fake.lintOff = true;
  });
  await until(() => extension.runs[0]);
  extension.advance("r0", ALL, "finished");
  await until(() => extension.runs[1]);
  await until(() => silent.querySelector(".ms-lint")?.textContent?.includes("turned off in the settings"));
});
