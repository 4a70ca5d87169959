import { html, nothing, render } from "lit";
import type { Disposable } from "../../../src/base/disposable.ts";
import { isCancelled } from "../../../src/base/errors.ts";
import type { ModelSummary } from "../../../src/lint/types.ts";
import type { CodeNetwork, CodePlan } from "../../../src/protocol/contract.ts";
import { make } from "../../charts/dom.ts";
import type { PanelHost } from "../../shell/types.ts";
import { networkChoice, planTemplate } from "./planView.ts";

/** After the last move of a slider: long enough not to plan each step of a drag. */
const PAUSE_MILLISECONDS = 250;

interface Probe {
  readonly x: number;
  readonly y: number;
}

export interface CodePart extends Disposable {
  /** The person moved the probe: what would have to be written for that? */
  follow(probe: Probe): void;
}

/**
 * The network in the code: which of its instances and layers are meant, the lines that would change for the probe's place, and the button that has them
 * changed. Follows the document: edits there move the points here.
 */
export function codePart(
  parent: HTMLElement,
  host: PanelHost,
  shown: (network: ModelSummary | null, change: "chosen" | "edited") => void,
): CodePart {
  const part = new Part(parent, host, shown);
  void part.read();
  return part;
}

class Part implements CodePart {
  readonly #box = make("section", "ms-code-part");
  readonly #listening: Disposable;
  #code: CodeNetwork | null = null;
  #key: string | null = null;
  #layer: number | null = null;
  #probe: Probe | null = null;
  #plan: CodePlan | null = null;
  #words = "";
  #asking = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    parent: HTMLElement,
    private readonly host: PanelHost,
    private readonly shown: (network: ModelSummary | null, change: "chosen" | "edited") => void,
  ) {
    this.#box.setAttribute("aria-label", "The network in the code");
    parent.append(this.#box);
    this.#listening = host.peer.on("network/changed", () => void this.read());
  }

  follow(probe: Probe): void {
    this.#probe = probe;
    this.#planSoon();
  }

  dispose(): void {
    this.#asking.abort();
    clearTimeout(this.#timer);
    this.#listening.dispose();
    this.#box.remove();
  }

  async read(): Promise<void> {
    try {
      const code = await this.host.peer.request("network/get", {});
      const first = this.#code === null;
      const unchanged = code !== null && code.state === this.#code?.state && code.version === this.#code.version;
      if (code === null || unchanged) return;
      this.#code = code;
      this.#key ??= code.opened;
      // What was planned was planned for another text.
      this.#plan = null;
      const network = this.#network();
      if (this.#layer !== null && network?.layers.some(({ index }) => index === this.#layer) === false)
        this.#layer = null;
      if (code.state === "open") this.shown(network, first ? "chosen" : "edited");
      if (this.#probe !== null) this.#planSoon();
      this.#show();
    } catch (error) {
      if (!isCancelled(error)) this.host.fail(error);
    }
  }

  #network(): ModelSummary | null {
    return this.#code?.networks.find(({ key }) => key === this.#key) ?? null;
  }

  #planSoon(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    clearTimeout(this.#timer);
    this.#plan = null;
    if (this.#probe === null || this.#network() === null || this.#code?.state !== "open") {
      this.#show();
      return;
    }
    this.#words = "Looking for what to write…";
    this.#show();
    this.#timer = setTimeout(() => void this.#ask(this.#asking.signal), PAUSE_MILLISECONDS);
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { peer } = this.host;
    const [code, probe, model] = [this.#code, this.#probe, this.#network()];
    if (code === null || probe === null || model === null) return;
    const layers = this.#layer === null ? null : [this.#layer];
    try {
      const question = { model: model.key, version: code.version, sigmaW: probe.x, sigmaB: probe.y, layers };
      const plan = await peer.request("network/plan", question, signal);
      if (signal.aborted) return;
      this.#plan = plan;
      this.#words = "";
    } catch (error) {
      if (signal.aborted || isCancelled(error)) return;
      // The text went on meanwhile: its news are on their way.
      this.#words = error instanceof Error ? error.message : String(error);
    }
    this.#show();
  }

  async #apply(): Promise<void> {
    const plan = this.#plan;
    if (plan === null) return;
    this.#words = "Waiting for your word…";
    this.#show();
    try {
      const { applied, problem } = await this.host.peer.request("network/apply", { plan: plan.plan });
      this.#words = problem ?? (applied ? "Applied. Undo in the editor takes it back in one step." : "Not applied.");
      // A plan that was offered once is gone; what it would be now is asked anew.
      this.#plan = null;
      if (applied) this.#probe = null;
    } catch (error) {
      this.#words = error instanceof Error ? error.message : String(error);
    }
    this.#show();
  }

  #open(): void {
    this.host.peer.request("network/show", {}).catch((error: unknown) => {
      this.#words = error instanceof Error ? error.message : String(error);
      this.#show();
    });
  }

  #choose(key: string): void {
    this.#key = key;
    this.#layer = null;
    this.#probe = null;
    this.#plan = null;
    this.#words = "";
    this.shown(this.#network(), "chosen");
    this.#show();
  }

  #show(): void {
    const code = this.#code;
    if (code === null) {
      render(nothing, this.#box);
      return;
    }
    const network = this.#network();
    const file = html`<button class="ms-link" type="button" title=${`Go to ${code.file}`} @click=${() => this.#open()}>${code.file}</button>`;
    const ready = code.state === "open" && network !== null;
    const plan = ready ? this.#plan : null;
    const why =
      plan === null
        ? this.#words === ""
          ? "Move the sliders or the probe, and see here what would be written."
          : this.#words
        : reasonAgainst(plan);
    render(
      html`<h2>In the code</h2>
      ${
        code.state === "closed"
          ? html`<p class="ms-signal-note" role="note">${file} is closed: the points are those that it had. Open it to move them.</p>`
          : network === null
            ? html`<p class="ms-signal-note" role="note">${this.#key} is no longer in ${file}.</p>`
            : html`<p class="ms-quiet">${file}</p>`
      }
      ${
        code.state === "open"
          ? networkChoice(
              code.networks,
              network,
              this.#layer,
              (key) => this.#choose(key),
              (layer) => {
                this.#layer = layer;
                this.#planSoon();
              },
            )
          : nothing
      }
      ${plan === null ? nothing : planTemplate(plan)}
      <div class="ms-signal-row">
        <vscode-button ?disabled=${plan === null || plan.edits.length === 0} title=${why === "" ? "The editor asks once more, then changes these lines in one step" : why}
          @click=${() => void this.#apply()}>Apply to Code…</vscode-button>
        <span class="ms-quiet" role="status">${why}</span>
      </div>`,
      this.#box,
    );
  }
}

/** Why the button does nothing; "" where it does something. */
function reasonAgainst({ edits, refusals }: CodePlan): string {
  if (edits.length > 0) return "";
  return refusals.length > 0 ? "Nothing of this can be written." : "The layers stand there already.";
}
