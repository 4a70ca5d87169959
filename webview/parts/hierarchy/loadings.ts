import type { ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";
import { type Disposable, DisposableStore } from "../../../src/base/disposable.ts";
import { make } from "../../charts/dom.ts";
import { modeBars } from "../../charts/modeBars.ts";
import type { HierarchyNames } from "./hierarchyReadings.ts";

export interface Loadings extends Disposable {
  readonly element: HTMLElement;
  /** Null: none is chosen that has vectors of its own. */
  show(mode: number | null): void;
}

/** Typicality of the items and attribute centrality of the properties in the chosen mode, its two poles; made when it is opened. */
export function modeLoadings(result: ModeHierarchyResult, names: HierarchyNames): Loadings {
  const element = make("details", "ms-as-table ms-loadings");
  const summary = make("summary");
  const pair = make("div", "ms-mode-pair");
  element.append(summary, pair);
  let bars = new DisposableStore();
  let chosen: number | null = null;
  const draw = () => {
    bars.dispose();
    bars = new DisposableStore();
    pair.replaceChildren();
    if (chosen === null || !element.open) return;
    const { items, properties } = result;
    for (const side of [
      {
        title: `Typicality of items: v${chosen + 1}`,
        vector: result.itemVectors.subarray(chosen * items, (chosen + 1) * items),
        unitName: "item",
        names: Array.from({ length: items }, (_, item) => names.item(item)),
      },
      {
        title: `Attribute centrality (prototype): u${chosen + 1}`,
        vector: result.propertyVectors.subarray(chosen * properties, (chosen + 1) * properties),
        unitName: "property",
        names: Array.from({ length: properties }, (_, property) => names.property(property)),
      },
    ]) {
      const box = make("div", "ms-mode-side");
      pair.append(box);
      bars.add(modeBars(box, side));
    }
  };
  element.addEventListener("toggle", draw);
  return {
    element,
    show(mode) {
      chosen = mode;
      element.hidden = mode === null;
      summary.textContent = mode === null ? "" : `Typicality and attribute centrality of mode ${mode + 1}`;
      draw();
    },
    dispose() {
      bars.dispose();
      element.remove();
    },
  };
}
