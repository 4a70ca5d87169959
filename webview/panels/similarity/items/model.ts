import type { ItemHierarchy, SimilarityResult } from "../../../../src/studies/similarity/types.ts";
import type { ItemMapData, ItemPicture } from "../../../charts/itemMap.ts";
import type { RdmGridData } from "../../../charts/rdmParts.ts";
import type { LinkedItems } from "../../../parts/selection/linkedItems.ts";
import { nameOfItem } from "../data.ts";
import { type ItemOrder, itemOrder, kindsOf } from "./order.ts";

/** The items on show in one order: what all their pictures are drawn from. Items are known by their number in the file, which no draw of items changes. */
export interface ItemsModel {
  readonly result: SimilarityResult;
  readonly order: ItemOrder;
  /** By row. */
  readonly ids: readonly number[];
  readonly names: readonly string[];
  readonly rowOf: ReadonlyMap<number, number>;
  /** Kind of each row, by the order or else by the first grouping that there is. */
  readonly kindOf: readonly number[];
  readonly kinds: readonly string[];
  /** What a row's item looks like, where it was given as pictures. */
  picture(row: number): ItemPicture | null;
  /** What it reads, where it was given as texts. */
  text(row: number): string | null;
}

export function itemsModel(result: SimilarityResult, choice: string, hierarchy: ItemHierarchy | null): ItemsModel {
  const order = itemOrder(result, choice, hierarchy);
  const used = order.positions.map((position) => result.shownItems[position]!);
  const ids = used.map((item) => result.items.rows?.[item] ?? item);
  const labels = kindsOf(result, choice) ?? result.items.categories[0]?.labels ?? null;
  const kinds = labels === null ? [] : [...new Set(used.map((item) => labels[item] ?? ""))];
  const { stimuli } = result;
  return {
    result,
    order,
    ids,
    names: used.map((item) => nameOfItem(result, item)),
    rowOf: new Map(ids.map((id, row) => [id, row])),
    kindOf: labels === null ? [] : used.map((item) => kinds.indexOf(labels[item] ?? "")),
    kinds,
    picture: (row) => (stimuli?.kind === "images" ? imageOf(stimuli, order.positions[row]!) : null),
    text: (row) => (stimuli?.kind === "texts" ? (stimuli.texts[order.positions[row]!] ?? null) : null),
  };
}

type Images = Extract<NonNullable<SimilarityResult["stimuli"]>, { kind: "images" }>;
const images = new WeakMap<Images, Map<number, ItemPicture>>();

/** The same array for the same picture: who draws it keeps what it made of it. */
function imageOf(stimuli: Images, position: number): ItemPicture {
  const known = images.get(stimuli) ?? new Map<number, ItemPicture>();
  images.set(stimuli, known);
  const found = known.get(position);
  if (found !== undefined) return found;
  const { width, height, channels, pixels } = stimuli;
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let k = 0; k < width * height; k++) {
    const from = (position * width * height + k) * channels;
    for (let c = 0; c < 3; c++) rgba[4 * k + c] = pixels[from + Math.min(c, channels - 1)]!;
    rgba[4 * k + 3] = 255;
  }
  const made = { columns: width, rows: height, rgba };
  known.set(position, made);
  return made;
}

const rowsOf = ({ rowOf }: ItemsModel, items: readonly number[]): readonly number[] =>
  items.flatMap((item) => rowOf.get(item) ?? []);

export function rdmData(model: ItemsModel, linked: LinkedItems): RdmGridData {
  const { result, order, names } = model;
  return {
    name: "dissimilarities",
    layers: result.rdms.map(({ layer, triangle, reason, distance }) => ({
      label: result.layers[layer]!.label,
      triangle,
      reason,
      unit: `${distance} distance`,
    })),
    order: order.positions,
    items: names,
    tree: order.tree,
    branchSentence: order.branchSentence,
    groups: order.groups,
    chosen: new Set(rowsOf(model, linked.chosen)),
    pointed: rowsOf(model, linked.pointed),
  };
}

export interface ItemPlaneData extends ItemMapData {
  readonly layer: string;
  readonly stress: number;
}

/** Items in the plane of one layer's dissimilarities; null where it has none. */
export function itemMapData(model: ItemsModel, layer: number, linked: LinkedItems): ItemPlaneData | null {
  const { result, order, names, kinds, kindOf } = model;
  const rdm = result.rdms[layer];
  if (rdm === undefined || rdm.plane === null) return null;
  const { points, stress } = rdm.plane;
  const label = result.layers[rdm.layer]!.label;
  const pictured = model.picture(0) !== null;
  return {
    name: "items-map",
    layer: label,
    stress,
    summary: `${names.length} items in the plane that shows the ${rdm.distance} distances of ${label} best, stress ${Number(stress.toPrecision(2))}.`,
    items: names,
    points: Float64Array.from({ length: points.length }, (_, at) => points[2 * order.positions[at >> 1]! + (at & 1)]!),
    kindOf,
    kinds: pictured ? [] : kinds,
    picture: model.picture,
    chosen: new Set(rowsOf(model, linked.chosen)),
    pointed: rowsOf(model, linked.pointed),
  };
}
