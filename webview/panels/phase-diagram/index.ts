import { html, nothing, render } from "lit";
import { isCancelled } from "../../../src/base/errors.ts";
import type { ModelSummary } from "../../../src/lint/types.ts";
import { isRecord } from "../../../src/protocol/guards.ts";
import { PANEL_TITLES } from "../../../src/protocol/panelTitles.ts";
import type { PhaseDiagramResult, PointReading } from "../../../src/studies/phase-diagram/types.ts";
import { make } from "../../charts/dom.ts";
import { type PhasePlane, phasePlane } from "../../charts/phasePlane.ts";
import { type SignalTools, type SignalView, signalPanel } from "../../parts/signal/signalPanel.ts";
import type { Panel } from "../../shell/types.ts";
import { type CodeModel, probeCode, readCodeModel, stateOfCode } from "./codeModel.ts";
import { type CodePart, codePart } from "./codePart.ts";
import { networkView } from "./networkView.ts";
import { namedNetwork } from "./planView.ts";
import { pointView } from "./pointView.ts";
import { nearestCritical, onLine, planeOf, pointSentence } from "./readings.ts";

/** Order and chaos in the plane of initializations, this network's layers in it, and a probe that can be moved. */
export const phaseDiagramPanel: Panel = {
  id: "phase-diagram",
  title: PANEL_TITLES["phase-diagram"],
  ...signalPanel<PhaseDiagramResult>({
    id: "phase-diagram",
    takesInputs: false,
    stage: ({ network }) => network?.stage ?? null,
    begin: stateOfCode,
    view: (parent, tools) => new View(parent, tools),
  }),
};

class View implements SignalView<PhaseDiagramResult> {
  readonly #title = make("h1");
  readonly #notes = make("div");
  readonly #planeBox = make("div");
  readonly #remarks = make("div");
  readonly #sliders = make("div");
  readonly #words = make("p");
  readonly #point: ReturnType<typeof pointView>;
  readonly #network: ReturnType<typeof networkView>;
  readonly #top = make("div", "ms-signal-grid");
  readonly #mapsBox = make("div", "ms-signal-pair");
  #plane: PhasePlane | null = null;
  #result: PhaseDiagramResult | null = null;
  #probe = { x: 1, y: 0 };
  #asking: AbortController | null = null;
  #code: CodeModel | null;
  /** The activation that the code had when it was read last. */
  #activation: string | null = null;
  /** The person moved the probe: it no longer follows the code. */
  #aimed = false;
  readonly #part: CodePart | null;

  constructor(
    parent: HTMLElement,
    private readonly tools: SignalTools,
  ) {
    this.#code = readCodeModel(tools.host.context.begin);
    const side = make("div");
    const cards = make("div", "ms-signal-cards");
    const below = make("div");
    this.#words.setAttribute("role", "status");
    const code = make("div");
    side.append(make("h2", "", "Probe"), this.#sliders, this.#words, code, cards);
    const left = make("div");
    left.append(this.#planeBox, this.#remarks);
    this.#top.append(left, side);
    parent.append(this.#title, this.#notes, this.#top, this.#mapsBox, below);
    this.#point = pointView(cards, this.#mapsBox, tools);
    this.#network = networkView(this.#notes, below, tools);
    const { begin } = tools.host.context;
    const ofCode = isRecord(begin) && isRecord(begin.source) && !tools.recorded;
    this.#part = ofCode ? codePart(code, tools.host, (network, change) => this.#follow(network, change)) : null;
  }

  show(result: PhaseDiagramResult): void {
    this.#result = result;
    this.#title.textContent = titleOf(result, this.#code);
    this.#network.show(result.network);
    // The plane says nothing about networks it does not hold for; what does is in the notes and below.
    const refused = result.network !== null && result.network.refusal !== null;
    this.#top.hidden = refused;
    this.#mapsBox.hidden = refused;
    if (refused) return;
    if (result.point !== null) this.#showPoint(result.point);
    this.#showPlane("Click or drag in the plane, or use the arrow keys, to move the probe.");
    render(
      html`${result.plane?.remarks.map((text) => html`<p class="ms-note">${text}</p>`) ?? nothing}`,
      this.#remarks,
    );
    this.#showSliders();
  }

  dispose(): void {
    this.#asking?.abort();
    this.#part?.dispose();
    this.#plane?.dispose();
    this.#point.dispose();
    this.#network.dispose();
  }

  #showPlane(words: string | null): void {
    if (this.#result === null) return;
    const data = planeOf(this.#result, this.#probe, this.#code?.layers ?? [], this.#aimed && this.#part !== null);
    if (data === null) return;
    if (this.#plane === null)
      this.#plane = phasePlane(this.#planeBox, this.tools.host.theme, data, (probe) => this.#aim(probe));
    else this.#plane.show(data);
    if (words !== null) this.#plane.setProbe(this.#probe, words);
  }

  /** The code was read, or another of its networks was chosen: its layers are the points. */
  #follow(network: ModelSummary | null, change: "chosen" | "edited"): void {
    const point = network?.point ?? null;
    if (network === null || point === null) {
      this.#code = this.#code === null ? null : { ...this.#code, layers: [] };
      this.#showPlane(null);
      return;
    }
    this.#code = { name: namedNetwork(network), layers: network.layers };
    if (change === "chosen") this.#aimed = false;
    const place = { x: Math.sqrt(point.weight), y: Math.sqrt(point.bias) };
    const other = this.#activation !== null && this.#activation !== point.activation;
    this.#activation = point.activation;
    if (this.#result !== null) {
      this.#title.textContent = titleOf(this.#result, this.#code);
      this.#showPlane(null);
    }
    // What was aimed at is reached: from here on the probe goes with the layers again.
    if (near(place, this.#probe)) this.#aimed = false;
    if (other) this.tools.choose(point.activation);
    else if (!this.#aimed && !near(place, this.#probe)) {
      const { plane } = this.#result ?? { plane: null };
      // Beyond the plane's edge there has to be another plane.
      if (plane !== null && (place.x > plane.sigmaW[1] || place.y > plane.sigmaB[1]))
        this.tools.change({ sigmaW: place.x, sigmaB: place.y });
      else this.#move(place);
    }
  }

  /** By the person. */
  #aim(probe: { readonly x: number; readonly y: number }): void {
    this.#aimed = true;
    this.#move(probe);
    if (this.#part !== null) this.#showPlane(null);
    this.#part?.follow(this.#probe);
  }

  /** σ_w of the critical line at the probe's σ_b; the one critical point where there is no line. */
  #toCritical(): void {
    const point = nearestCritical(this.#result?.plane?.critical ?? [], this.#probe);
    if (point !== null) this.#aim(point);
  }

  #showPoint(computed: PointReading): void {
    const point = onLine(computed);
    this.#probe = { x: point.sigmaW, y: point.sigmaB };
    this.#words.textContent = pointSentence(point, this.tools.digits);
    this.#point.show(point);
    this.#plane?.setProbe(this.#probe, pointSentence(point, this.tools.digits));
    this.#showSliders();
  }

  #move(probe: { readonly x: number; readonly y: number }): void {
    this.#probe = { x: probe.x, y: probe.y };
    this.#showSliders();
    if (this.tools.recorded) return;
    void this.#askPoint();
  }

  /** One question at a time, always the newest: dragging asks many. */
  async #askPoint(): Promise<void> {
    this.#asking?.abort();
    const abort = new AbortController();
    this.#asking = abort;
    const { x, y } = this.#probe;
    this.tools.keep({ sigmaW: x, sigmaB: y });
    try {
      const answer = await this.tools.ask({ sigmaW: x, sigmaB: y, parts: ["point"] }, abort.signal);
      const { point } = answer as PhaseDiagramResult;
      if (abort.signal.aborted || point === null) return;
      this.#showPoint(point);
    } catch (error) {
      if (!abort.signal.aborted && !isCancelled(error)) this.tools.host.fail(error);
    }
  }

  #copy(): void {
    this.tools.host.peer.request("clipboard/write", { text: probeCode(this.#probe.x, this.#probe.y) }).then(() => {
      this.#words.textContent = "Copied. Paste it behind the place where the model is made.";
    }, this.tools.host.fail);
  }

  #showSliders(): void {
    const plane = this.#result?.plane;
    if (plane === null || plane === undefined) return;
    const slider = (label: string, axis: "x" | "y", [low, high]: readonly [number, number]) => {
      const take = (event: Event) => {
        const value = Number((event.target as HTMLInputElement).value);
        if (Number.isFinite(value) && value >= 0) this.#aim({ ...this.#probe, [axis]: value });
      };
      const value = String(Number(this.#probe[axis].toPrecision(6)));
      return html`<div class="ms-probe-slider"><span>${label}</span>
        <input type="range" min=${low} max=${high} step="any" .value=${value} aria-label=${`${label} of the probe`} ?disabled=${this.tools.recorded} @input=${take}>
        <input class="ms-number-field" type="number" min="0" max=${high} step="any" .value=${value} aria-label=${`${label} of the probe, as a number`} ?disabled=${this.tools.recorded} @change=${take}></div>`;
    };
    render(
      html`${slider("σ_w", "x", plane.sigmaW)}${slider("σ_b", "y", plane.sigmaB)}
      ${
        this.tools.recorded
          ? nothing
          : html`<div class="ms-signal-row">${
              plane.critical.length === 0
                ? nothing
                : html`<button class="ms-link" type="button" title="To the critical σ_w for this σ_b, or to the one critical point" @click=${() => this.#toCritical()}>To the critical line</button>
            `
            }<button class="ms-link" type="button" title="An initialization with the probe's σ_w and σ_b for every linear layer" @click=${() => this.#copy()}>Copy as PyTorch code</button></div>`
      }`,
      this.#sliders,
    );
  }
}

function titleOf(result: PhaseDiagramResult, code: CodeModel | null): string {
  const about = result.network?.name ?? code?.name ?? null;
  return `${about === null ? "I" : `${about}: i`}nitializations of ${result.activation.name}`;
}

/** As far as a slider's digits tell. */
function near(a: { readonly x: number; readonly y: number }, b: { readonly x: number; readonly y: number }): boolean {
  return Math.abs(a.x - b.x) < 1e-4 && Math.abs(a.y - b.y) < 1e-4;
}
