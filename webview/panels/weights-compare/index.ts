import { html, nothing, render } from "lit";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import { counted } from "../../../src/base/counted.ts";
import type { Disposable } from "../../../src/base/disposable.ts";
import { isCancelled } from "../../../src/base/errors.ts";
import type { NamedFile } from "../../../src/protocol/contract.ts";
import { isRecord } from "../../../src/protocol/guards.ts";
import { PANEL_TITLES } from "../../../src/protocol/panelTitles.ts";
import type { ComparedTensor, WeightsCompareResult } from "../../../src/studies/weights-compare/types.ts";
import { bandPoints } from "../../charts/bandPoints.ts";
import { make } from "../../charts/dom.ts";
import { csvOf } from "../../charts/pictureFiles.ts";
import { type SaveFile, type ScenePicture, scenePicture } from "../../charts/scenePicture.ts";
import { openCard } from "../../shell/card.ts";
import { type FileBanner, fileBanner } from "../../shell/fileBanner.ts";
import { formatNumber } from "../../shell/format.ts";
import { followStudy } from "../../shell/study.ts";
import type { Panel, PanelHost } from "../../shell/types.ts";
import { changeData, nameOf, overlap, spectraData } from "./data.ts";
import "../../charts/charts.css";
import "./weightsCompare.css";

const STUDY = "weights-compare";

/** Two checkpoints of one architecture: what moved in every weight, and which hidden unit is which. */
export const weightsComparePanel: Panel = {
  id: "weights-compare",
  title: PANEL_TITLES["weights-compare"],
  mount: (element, host) => new WeightsPanel(element, host),
};

class WeightsPanel implements Disposable {
  readonly #head = make("header");
  readonly #status = make("div", "ms-weights-status");
  readonly #pictures = make("div");
  readonly #table = make("section");
  readonly #matching = make("section");
  readonly #banner: FileBanner;
  #abort = new AbortController();
  #files: readonly NamedFile[];
  #quantities: Readonly<Record<string, QuantityDefinition>> = {};
  #result: WeightsCompareResult | null = null;
  #chosen = 0;
  #drawn: readonly ScenePicture[] = [];

  constructor(
    element: HTMLElement,
    private readonly host: PanelHost,
  ) {
    const { files, uri } = host.context;
    const saved = host.state.get();
    const second = isRecord(saved) && isRecord(saved.second) ? saved.second : null;
    const given = files.length > 0 ? files : [{ uri, name: decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1)) }];
    const kept = typeof second?.uri === "string" ? [{ uri: second.uri, name: String(second.name) }] : [];
    this.#files = given.length > 1 ? given.slice(0, 2) : [...given, ...kept];
    this.#status.setAttribute("role", "status");
    this.#banner = fileBanner(
      host.peer,
      (change) => this.#files.find((file) => file.uri === change.uri)?.name ?? null,
      () => void this.#ask(),
    );
    element.append(this.#banner.element, this.#head, this.#status, this.#pictures, this.#table, this.#matching);
    void this.#ask();
  }

  dispose(): void {
    this.#abort.abort();
    this.#banner.dispose();
    for (const picture of this.#drawn) picture.dispose();
  }

  async #ask(): Promise<void> {
    if (this.#files.length < 2) {
      const choose = make("button", "ms-link", "Choose the other checkpoint…");
      choose.type = "button";
      choose.addEventListener("click", () => void this.#choose().catch((error) => this.host.fail(error)));
      this.#head.replaceChildren(make("h1", "", `Compare the weights of ${this.#files[0]?.name ?? "a checkpoint"}`));
      this.#status.replaceChildren(make("span", "ms-quiet", "With which one?"), choose);
      return;
    }
    const { peer } = this.host;
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#say("Reading…");
    try {
      const info = await peer.request("engine/info", {}, signal);
      this.#quantities = info.studies.find(({ id }) => id === STUDY)?.quantities ?? {};
      const files = this.#files.map(({ uri }) => ({ role: "checkpoint", uri }));
      await followStudy(
        peer,
        { study: STUDY, files, parameters: {} },
        ({ result, finished, fraction }) => {
          this.#result = result as WeightsCompareResult;
          this.#say(
            finished
              ? ""
              : `${this.#result.stage === "units" ? "Matching hidden units" : "Comparing"}… ${Math.round(100 * fraction)} %`,
          );
          this.#show();
        },
        signal,
      );
    } catch (error) {
      if (!signal.aborted && !isCancelled(error)) this.host.fail(error);
    }
  }

  async #choose(): Promise<void> {
    const { files } = await this.host.peer.request("files/choose", {
      title: "The Other Checkpoint",
      extensions: [],
      many: false,
    });
    const [second] = files;
    if (second === undefined) return;
    this.host.state.set({ second });
    this.#files = [...this.#files.slice(0, 1), second];
    await this.#ask();
  }

  #say(text: string): void {
    this.#status.replaceChildren();
    if (text !== "")
      this.#status.append(document.createElement("vscode-progress-ring"), make("span", "ms-quiet", text));
  }

  #show(): void {
    const result = this.#result;
    if (result === null) return;
    const { theme } = this.host;
    render(headTemplate(result), this.#head);
    if (this.#drawn.length === 0 && result.tensors.length > 0) {
      const save = this.#save;
      const chosen = () => this.#result!.tensors[Math.min(this.#chosen, this.#result!.tensors.length - 1)]!;
      this.#drawn = [
        scenePicture(
          this.#pictures,
          bandPoints(() => changeData(this.#result!)),
          {
            theme,
            save,
            hint: "Hover a point; click or Enter shows the spectra of its tensor.",
            onChoose: (part) => this.#select(part % this.#result!.tensors.length),
          },
        ),
        scenePicture(
          this.#pictures,
          bandPoints(() => spectraData(this.#result!, chosen())),
          { theme, save, hint: "Hover a point for its value." },
        ),
      ];
    }
    for (const picture of this.#drawn) picture.refresh();
    render(
      tableTemplate(result, this.#chosen, this.#cards(), (at) => this.#select(at), this.#save),
      this.#table,
    );
    render(matchingTemplate(result, this.#cards(), this.#save), this.#matching);
  }

  readonly #save: SaveFile = (suggestedName, content) => {
    const params =
      "text" in content ? { suggestedName, text: content.text } : { suggestedName, text: "", base64: content.base64 };
    this.host.peer.request("file/save", params).catch((error) => this.host.fail(error));
  };

  #select(at: number): void {
    this.#chosen = at;
    this.#show();
  }

  #cards(): Cards {
    const digits = this.host.context.settings.significantDigits;
    return (field, value) => {
      const definition = this.#quantities[field];
      const { text } = formatNumber(value, digits);
      return definition === undefined
        ? html`${text}`
        : html`<button class="ms-value" type="button" data-field=${field}
            @click=${(event: Event) => openCard(event.currentTarget as HTMLElement, definition, { text })}>${text}</button>`;
    };
  }
}

type Cards = (field: string, value: number) => ReturnType<typeof html>;

function headTemplate({ files, tensors, leftOut }: WeightsCompareResult) {
  return html`<h1>${files[0]} → ${files[1]}</h1>
    <p class="ms-quiet">${tensors.length} weights of the same name and shape</p>
    ${
      leftOut.length === 0
        ? nothing
        : html`<details class="ms-as-table"><summary>${leftOut.length === 1 ? "1 tensor is not compared" : `${leftOut.length} tensors are not compared`}</summary>
            <ul>${leftOut.slice(0, 200).map(({ tensor, reason }) => html`<li>${tensor}: ${reason}</li>`)}</ul></details>`
    }`;
}

function tableTemplate(
  { tensors }: WeightsCompareResult,
  chosen: number,
  card: Cards,
  choose: (at: number) => void,
  save: SaveFile,
) {
  const side = (angles: ArrayLike<number>, random: number) =>
    html`${card("angles", overlap(angles))} (random ${formatNumber(random, 2).text})`;
  const row = (one: ComparedTensor, at: number) => html`<tr class=${at === chosen ? "ms-selected" : ""}>
    <th scope="row"><button class="ms-mode-choice" type="button" aria-pressed=${String(at === chosen)} @click=${() => choose(at)}>${nameOf(one)}</button></th>
    <td>${one.rows} × ${one.columns}</td><td>${card("relativeChange", one.relativeChange)}</td><td>${card("cosine", one.cosine)}</td>
    <td>${card("spectralDistance", one.spectralDistance)}</td><td>${card("change", one.change[0] ?? 0)}</td><td>${formatNumber(one.changeStableRank, 3).text}</td>
    <td>${side(one.outputAngles, one.randomOverlap[0])}</td><td>${side(one.inputAngles, one.randomOverlap[1])}</td></tr>`;
  return html`<h2>Every weight</h2><div class="ms-table-scroll" tabindex="0" role="region" aria-label="Every weight"><table class="ms-mode-table">
    <thead><tr><th scope="col">Tensor</th><th scope="col">Shape</th><th scope="col">‖ΔW‖/‖W‖</th><th scope="col">Cosine</th><th scope="col">Δσ</th>
      <th scope="col">σ₁(ΔW)</th><th scope="col">Stable rank of ΔW</th><th scope="col">Overlap, outputs</th><th scope="col">Overlap, inputs</th></tr></thead>
    <tbody>${tensors.map(row)}</tbody></table></div>${csvButton("weights", weightsCsv(tensors), save)}`;
}

function matchingTemplate({ matching, noMatching, stage }: WeightsCompareResult, card: Cards, save: SaveFile) {
  if (matching === null)
    return html`<h2>Hidden units</h2><p class="ms-quiet">${noMatching ?? (stage === "units" ? "Matching…" : "Not matched yet.")}</p>`;
  const { before, after, chance, layers, notes } = matching;
  return html`<h2>Hidden units</h2>
    <p>Cosine of all weights ${card("matching", before)} as they stand, ${card("matching", after)} with the units of the second put into the order of the
      first; shuffled weights reach ${formatNumber(chance.mean, 3).text} ± ${formatNumber(chance.standardDeviation, 2).text} in ${counted(chance.draws, "draw")}, p ${formatNumber(chance.p, 2).text}${chance.p <= chance.floor ? " (no smaller one is possible)" : ""}.</p>
    ${notes.map((note) => html`<p class="ms-quiet">${note}</p>`)}
    <div class="ms-table-scroll" tabindex="0" role="region" aria-label="Hidden units"><table class="ms-mode-table"><thead><tr><th scope="col">Layer</th><th scope="col">Units</th><th scope="col">Change places</th>
      <th scope="col">Cosine before</th><th scope="col">after</th></tr></thead>
      <tbody>${layers.map(
        (
          one,
        ) => html`<tr><th scope="row">${one.tensor}</th><td>${one.units}</td><td>${one.order === null ? "have names" : one.moved}</td>
          <td>${formatNumber(one.before, 3).text}</td><td>${formatNumber(one.after, 3).text}</td></tr>`,
      )}</tbody></table></div>${csvButton("hidden-units", unitsCsv(layers), save)}`;
}

function csvButton(name: string, table: Parameters<typeof csvOf>[0], save: SaveFile) {
  return html`<button class="ms-link" type="button" title="Save this table" @click=${() => save(`${name}.csv`, { text: csvOf(table) })}>CSV</button>`;
}

function weightsCsv(tensors: WeightsCompareResult["tensors"]) {
  return {
    columns: [
      "tensor",
      "rows",
      "columns",
      "relative change",
      "cosine",
      "spectral distance",
      "largest singular value of the change",
      "stable rank of the change",
      "overlap of outputs",
      "of random ones",
      "overlap of inputs",
      "of random ones",
    ],
    rows: tensors.map((one) => [
      nameOf(one),
      ...[
        one.rows,
        one.columns,
        one.relativeChange,
        one.cosine,
        one.spectralDistance,
        one.change[0] ?? 0,
        one.changeStableRank,
        overlap(one.outputAngles),
        one.randomOverlap[0],
        overlap(one.inputAngles),
        one.randomOverlap[1],
      ].map(String),
    ]),
  };
}

function unitsCsv(layers: NonNullable<WeightsCompareResult["matching"]>["layers"]) {
  return {
    columns: ["layer", "units", "change places", "cosine before", "cosine after"],
    rows: layers.map((one) => [one.tensor, ...[one.units, one.moved, one.before, one.after].map(String)]),
  };
}
