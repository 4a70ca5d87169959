import { html, nothing } from "lit";
import type { ModelSummary } from "../../../src/lint/types.ts";
import type { CodePlan } from "../../../src/protocol/contract.ts";

/** Lines of a change that are shown before the rest is folded away. */
const MOST_SHOWN = 12;

/** Which network of the source, and which of its layers. */
export function networkChoice(
  networks: readonly ModelSummary[],
  chosen: ModelSummary | null,
  layer: number | null,
  choose: (key: string) => void,
  chooseLayer: (layer: number | null) => void,
) {
  const known = networks.filter(({ point }) => point !== null);
  const picked = (event: Event) => choose((event.target as HTMLSelectElement).value);
  const pickedLayer = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    chooseLayer(value === "" ? null : Number(value));
  };
  return html`<div class="ms-signal-row">
    ${
      known.length > 1 || (chosen === null && known.length > 0)
        ? html`<label class="ms-selector"><span>Network</span><select data-choice="network" @change=${picked}>
            ${chosen === null ? html`<option value="" selected disabled>choose</option>` : nothing}
            ${known.map((one) => html`<option value=${one.key} ?selected=${one.key === chosen?.key}>${namedNetwork(one)}: ${one.point?.phase}</option>`)}
          </select></label>`
        : nothing
    }
    ${
      chosen === null || chosen.layers.length < 2
        ? nothing
        : html`<label class="ms-selector"><span>Move</span><select data-choice="layers" @change=${pickedLayer}>
            <option value="" ?selected=${layer === null}>all ${chosen.layers.length} layers</option>
            ${chosen.layers.map(({ name, index }) => html`<option value=${index} ?selected=${index === layer}>${name}</option>`)}
          </select></label>`
    }</div>`;
}

export function namedNetwork({ name, instance }: Pick<ModelSummary, "name" | "instance">): string {
  return instance === null ? name : `${name}, ${instance}`;
}

/** What would be written, what moves along, and what cannot be written. */
export function planTemplate({ lines, also, refusals }: CodePlan) {
  const rows = lines.flatMap(({ place, before, after }) => {
    const kept = after.filter((line) => before.includes(line));
    const changed = [...before, ...after].filter((line) => !kept.includes(line) && line.trim() !== "");
    // Indentation that all of them have says nothing here, and there is little room.
    const margin = Math.min(...changed.map((line) => line.length - line.trimStart().length));
    const shown = (text: string) => text.slice(margin);
    return [
      { place, mark: "", text: "" },
      ...before.filter((line) => !kept.includes(line)).map((text) => ({ place: "", mark: "−", text: shown(text) })),
      ...after.filter((line) => !kept.includes(line)).map((text) => ({ place: "", mark: "+", text: shown(text) })),
    ];
  });
  const list = (some: typeof rows) =>
    some.map(({ place, mark, text }) =>
      place === ""
        ? html`<div class=${mark === "+" ? "ms-diff-new" : "ms-diff-old"}><span aria-label=${mark === "+" ? "new" : "old"}>${mark}</span><code>${text}</code></div>`
        : html`<div class="ms-quiet">${place}</div>`,
    );
  return html`
    ${
      rows.length === 0
        ? nothing
        : html`<div class="ms-diff" role="group" aria-label="What would be written" tabindex="0">${list(rows.slice(0, MOST_SHOWN))}</div>
          ${rows.length > MOST_SHOWN ? html`<details class="ms-as-table"><summary>${rows.length - MOST_SHOWN} more lines</summary><div class="ms-diff">${list(rows.slice(MOST_SHOWN))}</div></details>` : nothing}`
    }
    ${also.length === 0 ? nothing : html`<p class="ms-note" data-plan="also">Moves along: ${also.join("; ")}.</p>`}
    ${
      refusals.length === 0
        ? nothing
        : html`<ul class="ms-refusals" data-plan="refusals" aria-label="What cannot be written">${grouped(refusals).map(
            ([reason, layers]) => html`<li><strong>${layers}</strong>: ${reason}.</li>`,
          )}</ul>`
    }`;
}

/** The same reason once, with all that it holds for. */
function grouped(refusals: CodePlan["refusals"]): readonly (readonly [string, string])[] {
  const reasons = new Map<string, string[]>();
  for (const { layer, part, reason } of refusals)
    reasons.set(reason, [...(reasons.get(reason) ?? []), `${layer} (${part})`]);
  return [...reasons].map(([reason, layers]) => {
    const shown = layers.slice(0, 4).join(", ");
    return [reason, layers.length > 4 ? `${shown} and ${layers.length - 4} more` : shown] as const;
  });
}
