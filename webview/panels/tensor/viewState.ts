import { isRecord } from "../../../src/protocol/guards.ts";
import type { ColourScale } from "../../charts/colourBar.ts";
import type { HeatmapOrder } from "../../charts/heatmap.ts";
import { isSpectrumScale, type SpectrumScale } from "../../charts/spectrumData.ts";
import { DRAWS, type HierarchyChoice } from "./hierarchySection.ts";

export type SectionId = "spectrum" | "null" | "change" | "distribution" | "heatmap" | "modes" | "hierarchy";

/** What a person has set on this panel; survives reload and tab moves. */
export interface ViewState {
  readonly part: number | null;
  readonly tap: readonly number[] | null;
  readonly closed: readonly SectionId[];
  /** Of the sections that are closed until asked for. */
  readonly opened: readonly SectionId[];
  /** Null until chosen: which side is items depends on the file. */
  readonly hierarchy: HierarchyChoice | null;
  readonly spectrumScale: SpectrumScale;
  readonly changeScale: SpectrumScale;
  readonly colourScale: ColourScale;
  readonly order: HeatmapOrder;
  readonly mode: number;
}

const SECTIONS: readonly SectionId[] = ["spectrum", "null", "change", "distribution", "heatmap", "modes", "hierarchy"];

/** Reads what was saved, by this version or another: what does not fit takes its default. */
export function readViewState(
  saved: unknown,
  asked: { readonly part: number | null; readonly tap: readonly number[] | null },
): ViewState {
  const from = isRecord(saved) ? saved : {};
  const index = (value: unknown): value is number =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  return {
    part: index(from.part) ? from.part : asked.part,
    tap: Array.isArray(from.tap) && from.tap.every(index) ? from.tap : from.tap === null ? null : asked.tap,
    closed: sectionsOf(from.closed),
    opened: sectionsOf(from.opened),
    hierarchy: hierarchyOf(from.hierarchy),
    spectrumScale: isSpectrumScale(from.spectrumScale) ? from.spectrumScale : "linear",
    changeScale: isSpectrumScale(from.changeScale) ? from.changeScale : "linear",
    colourScale: from.colourScale === "full" ? "full" : "robust",
    order: from.order === "mode" ? "mode" : "file",
    mode: index(from.mode) ? from.mode : 0,
  };
}

function sectionsOf(saved: unknown): readonly SectionId[] {
  return Array.isArray(saved) ? SECTIONS.filter((id) => saved.includes(id)) : [];
}

function hierarchyOf(saved: unknown): HierarchyChoice | null {
  if (!isRecord(saved)) return null;
  return {
    items: saved.items === "rows" || saved.items === "columns" ? saved.items : null,
    geometry: saved.geometry === "behaviour" || saved.geometry === "direction" ? saved.geometry : "hidden",
    centre: saved.centre === true,
    draws: DRAWS.find((draws) => draws === saved.draws) ?? DRAWS[0],
  };
}
