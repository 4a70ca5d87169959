import { html, nothing, render } from "lit";
import type { Mode, ModesResult } from "../../../src/analysis/modes/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import type { ImageShape } from "../../../src/base/imageShape.ts";
import type { SideLabels } from "../../../src/base/labels.ts";
import { make } from "../../charts/dom.ts";
import { modeBars } from "../../charts/modeBars.ts";
import { modePicture } from "../../charts/modePicture.ts";
import type { ChartTheme } from "../../charts/theme.ts";
import { formatNumber } from "../../shell/format.ts";
import { degenerateNotice, gaussianIpr, modeRow } from "./modeReadings.ts";

export interface ModesViewOptions {
  readonly result: ModesResult;
  readonly digits: number;
  readonly chosen: number;
  readonly theme: ChartTheme;
  /** Names of outputs and inputs, and how inputs are a picture, where either is known. */
  readonly labels: SideLabels;
  readonly picture: ImageShape | null;
  onChoose(mode: number): void;
}

/** The list of leading modes, and the loadings of the chosen one on both poles of both vectors. */
export function modesView(parent: HTMLElement, options: ModesViewOptions): Disposable {
  const { result, digits, chosen, onChoose, labels, picture } = options;
  const list = make("div", "ms-mode-list");
  const detail = make("div", "ms-mode-detail");
  const root = make("div", "ms-modes");
  root.append(list, detail);
  parent.append(root);
  let bars = new DisposableStore();
  let selected = result.modes.some((mode) => mode.index === chosen) ? chosen : (result.modes[0]?.index ?? 0);

  const choose = (index: number) => {
    selected = index;
    onChoose(index);
    show();
  };
  const show = () => {
    render(listTemplate(result, digits, selected, choose), list);
    bars.dispose();
    bars = new DisposableStore();
    const mode = result.modes.find(({ index }) => index === selected);
    detail.replaceChildren();
    if (mode === undefined) return;
    detail.append(...headingOf(mode, result));
    const pair = make("div", "ms-mode-pair");
    detail.append(pair);
    for (const side of [
      { title: `Outputs: left vector u${mode.index + 1}`, vector: mode.left, unitName: "output", names: labels.rows },
      {
        title: `Inputs: right vector v${mode.index + 1}`,
        vector: mode.right,
        unitName: "input",
        names: labels.columns,
      },
    ]) {
      const box = make("div", "ms-mode-side");
      pair.append(box);
      if (side.unitName === "input" && picture !== null) {
        const title = `v${mode.index + 1}`;
        bars.add(modePicture(box, options.theme, { vector: mode.right, shape: picture, title }));
      }
      bars.add(modeBars(box, side));
    }
  };
  show();
  return {
    dispose() {
      bars.dispose();
      root.remove();
    },
  };
}

function headingOf(mode: Mode, result: ModesResult): readonly HTMLElement[] {
  const heading = make("h3", "", `Mode ${mode.index + 1}`);
  const iprText = (letter: string, value: number, n: number) =>
    `Σ${letter}⁴ = ${formatNumber(value, 3).text} against ${formatNumber(gaussianIpr(n), 3).text} for Gaussian entries`;
  const facts = make(
    "p",
    "ms-quiet",
    `${iprText("u", mode.leftIpr, result.rows)}; ${iprText("v", mode.rightIpr, result.columns)}; residual ${formatNumber(mode.residual, 2).text}. The signs of u and v are fixed together; flipping both changes nothing.`,
  );
  const notice = degenerateNotice(mode);
  return notice === null ? [heading, facts] : [heading, make("p", "ms-degenerate", notice), facts];
}

function listTemplate(result: ModesResult, digits: number, selected: number, choose: (index: number) => void) {
  if (result.modes.length === 0) return html`<p>No mode: every element is zero.</p>`;
  const move = (event: KeyboardEvent, at: number) => {
    const to = event.key === "ArrowDown" ? at + 1 : event.key === "ArrowUp" ? at - 1 : null;
    const mode = to === null ? undefined : result.modes[to];
    if (mode === undefined) return;
    event.preventDefault();
    const buttons = (event.currentTarget as HTMLElement).closest("table")?.querySelectorAll<HTMLElement>("button");
    choose(mode.index);
    buttons?.[to ?? 0]?.focus();
  };
  return html`
    <table class="ms-mode-table">
      <caption class="ms-quiet">Leading modes. IPR with its multiple of the Gaussian null 3/(n+2): 1× is as spread as noise.</caption>
      <thead>
        <tr><th scope="col">Mode</th><th scope="col">σ</th><th scope="col">Share of Σσ²</th><th scope="col">IPR u</th><th scope="col">IPR v</th></tr>
      </thead>
      <tbody>
        ${result.modes.map((mode, at) => {
          const row = modeRow(mode, result, digits);
          const current = mode.index === selected;
          return html`
            <tr class=${current ? "ms-selected" : ""}>
              <th scope="row">
                <button class="ms-mode-choice" type="button" aria-pressed=${String(current)} tabindex=${current ? 0 : -1}
                  aria-label=${`Mode ${row.rank}, σ ${row.sigma}`}
                  @click=${() => choose(mode.index)} @keydown=${(event: KeyboardEvent) => move(event, at)}>${row.rank}</button>
                ${row.degenerate ? html`<span title="shares its singular value with others: the subspace counts">≈</span>` : nothing}
              </th>
              <td>${row.sigma}</td><td>${row.share}</td><td>${row.left}</td><td>${row.right}</td>
            </tr>
          `;
        })}
      </tbody>
    </table>
  `;
}
