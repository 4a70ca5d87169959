import { html, nothing, render } from "lit";
import type { QuantityDefinition } from "../../../../src/analysis/types.ts";
import { type Disposable, DisposableStore } from "../../../../src/base/disposable.ts";
import type { ItemHierarchy, LayerPlace, SimilarityResult } from "../../../../src/studies/similarity/types.ts";
import { make } from "../../../charts/dom.ts";
import { itemMap } from "../../../charts/itemMap.ts";
import type { Choosing } from "../../../charts/pictureInput.ts";
import { rdmGrid } from "../../../charts/rdmGrid.ts";
import { rowsOfPart } from "../../../charts/rdmParts.ts";
import { type SaveFile, type ScenePicture, scenePicture } from "../../../charts/scenePicture.ts";
import { inTurns } from "../../../charts/slices.ts";
import { type HierarchyView, hierarchyView } from "../../../parts/hierarchy/hierarchyView.ts";
import { LinkedItems } from "../../../parts/selection/linkedItems.ts";
import { openCard } from "../../../shell/card.ts";
import { formatNumber } from "../../../shell/format.ts";
import type { Theme } from "../../../shell/types.ts";
import { itemsBarTemplate, pairTemplate } from "./itemsBar.ts";
import { type ItemPlaneData, type ItemsModel, itemMapData, itemsModel, rdmData } from "./model.ts";
import { orderChoices } from "./order.ts";
import { stimulusStrip } from "./strip.ts";

export interface ItemsChoice {
  /** A word of `orderChoices`. */
  readonly order: string;
  /** Label of the representation whose plane and hierarchy are shown; "" for the first. */
  readonly layer: string;
  /** Numbers of the chosen items in the file. */
  readonly chosen: readonly number[];
}

export interface ItemsOptions {
  readonly theme: Theme;
  readonly save: SaveFile;
  readonly digits: number;
  readonly choice: ItemsChoice;
  keep(part: Partial<ItemsChoice>): void;
  /** Null where nothing new can be computed. */
  readonly askHierarchy: ((layer: LayerPlace, signal: AbortSignal) => Promise<ItemHierarchy | null>) | null;
  quantity(field: string): QuantityDefinition | null;
  hierarchyQuantity(field: string): QuantityDefinition | null;
}

export interface ItemsSection extends Disposable {
  readonly element: HTMLElement;
  /** `waiting`: more items are on the way. */
  show(result: SimilarityResult, waiting: boolean): void;
}

/** Items whose pictures are all drawn at once; of more each picture has a turn of its own. */
const MOST_TOGETHER = 200;
const CHOOSE =
  "click or Enter chooses, Ctrl+click or Space adds, Shift extends, a drag takes all inside, Escape clears.";

/** Dissimilarities, a plane, a strip and the tree of the same items: choosing in one chooses in all. */
export function itemsSection(options: ItemsOptions): ItemsSection {
  const { theme, save, digits } = options;
  const store = new DisposableStore();
  const element = make("section", "ms-sim-section ms-sim-items");
  const bar = make("div", "ms-items-bar");
  const [tools, pair, tree] = [make("div", "ms-items-tools"), make("div"), make("div", "ms-items-tree")];
  const matrices = make("div", "ms-sim-rdms");
  const beside = make("div", "ms-items-beside");
  const [plane, list, note] = [make("div", "ms-sim-plane"), make("div", "ms-sim-strip"), make("p", "ms-quiet")];
  const linked = new LinkedItems(options.choice.chosen);
  const strip = store.add(stimulusStrip(linked));
  element.append(make("h2", "", "Items"), tools, bar, matrices, pair, beside, tree);
  plane.append(make("h3", "", "Items in a plane"), note);
  list.append(make("h3", "", "All items in this order"), strip.element);
  beside.append(plane, list);

  let { order, layer } = options.choice;
  let result: SimilarityResult | null = null;
  let model: ItemsModel | null = null;
  let hierarchy: ItemHierarchy | null = null;
  let problem = "";
  let waiting = false;
  let asking: AbortController | null = null;
  let drawing: Disposable = { dispose() {} };
  let [grid, map]: [ScenePicture | null, ScenePicture | null] = [null, null];
  let view: { readonly of: ItemHierarchy; readonly shown: HierarchyView } | null = null;
  store.add({ dispose: () => asking?.abort() });

  const layerAt = () => Math.max(0, result?.layers.findIndex(({ label }) => label === layer) ?? 0);
  const placeOf = (at: number): LayerPlace => ({ file: result!.layers[at]!.file, tensor: result!.layers[at]!.tensor });
  const fits = (found: ItemHierarchy | null, place: LayerPlace) =>
    found !== null && found.layer.file === place.file && found.layer.tensor === place.tensor;

  const ownOf = (place: LayerPlace): ItemHierarchy | null =>
    [hierarchy, ...(result?.hierarchies ?? [])].find((one) => fits(one, place)) ?? null;

  const choose = (rows: readonly number[], how: Choosing) => {
    if (model === null) return;
    const { ids } = model;
    linked.choose(
      rows.map((row) => ids[row]!),
      how,
      ids,
    );
  };
  const pictureOptions = (rowsOf: (part: number) => readonly number[]) => ({
    theme,
    save,
    onHover: (part: number | null) => linked.point(part === null ? [] : rowsOf(part).map((row) => model!.ids[row]!)),
    onChoose: (part: number, how: Choosing) => choose(rowsOf(part), how),
    onArea: (parts: readonly number[], more: boolean) =>
      parts.length === 0 ? void linked.clear() : choose([...new Set(parts.flatMap(rowsOf))], more ? "extend" : "only"),
    onAll: () => model !== null && linked.all(model.ids),
    onNone: () => linked.clear(),
  });

  /** What a choice changes, and nothing else: it follows the pointer. */
  const mark = () => {
    if (model === null) return;
    // Room for pictures is kept, or everything below would jump under the pointer.
    bar.classList.toggle("ms-items-with-stimuli", model.result.stimuli !== null);
    render(itemsBarTemplate(model, linked), bar);
    render(pairTemplate(model, linked), pair);
    grid?.refreshOver();
    map?.refreshOver();
  };
  let kept = linked.chosen.join();
  store.add(
    linked.onChange(() => {
      mark();
      if (linked.chosen.join() === kept) return;
      kept = linked.chosen.join();
      options.keep({ chosen: linked.chosen });
      if (view !== null && model !== null) view.shown.chooseItems(endsOf(model, linked.chosen));
    }),
  );

  const setOrder = (next: string) => {
    order = next;
    options.keep({ order });
    update();
  };
  const setLayer = (next: string) => {
    layer = next;
    options.keep({ layer });
    update();
  };

  /** Asks for the hierarchy that the order needs, once. */
  const ask = () => {
    const place = placeOf(layerAt());
    if (order !== "hierarchy" || options.askHierarchy === null || ownOf(place) !== null) return;
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    problem = "";
    options.askHierarchy(place, signal).then(
      (found) => {
        if (signal.aborted) return;
        hierarchy = found;
        draw();
      },
      (error) => {
        if (signal.aborted) return;
        problem = error instanceof Error ? error.message : String(error);
        draw();
      },
    );
  };

  const draw = () => {
    if (result === null) return;
    const at = layerAt();
    const own = ownOf(placeOf(at));
    model = itemsModel(result, order, own);
    render(toolsTemplate(result, order, at), tools);
    const now = model;
    const steps = [
      () => drawMatrices(),
      () => drawPlane(at),
      () => strip.show(now),
      () => showTree(order === "hierarchy" ? own : null),
      mark,
    ];
    drawing.dispose();
    drawing = inTurns(steps, now.names.length <= MOST_TOGETHER);
  };

  const drawMatrices = () => {
    grid ??= store.add(
      scenePicture(
        matrices,
        rdmGrid(
          () => rdmData(model!, linked),
          () => theme.kind,
        ),
        { ...pictureOptions((part) => rowsOfPart(rdmData(model!, linked), part)), hint: `Two items: ${CHOOSE}` },
      ),
    );
    grid.refresh();
  };

  const drawPlane = (at: number) => {
    if (model === null) return;
    const data = itemMapData(model, at, linked);
    plane.hidden = data === null;
    if (data !== null) {
      map ??= store.add(
        scenePicture(
          plane,
          itemMap(() => itemMapData(model!, layerAt(), linked) ?? data),
          { ...pictureOptions((part) => [part]), hint: `An item: ${CHOOSE}` },
        ),
      );
      map.refresh();
      render(stressTemplate(data, options), note);
    }
  };

  const update = () => {
    ask();
    draw();
  };

  /** The hierarchy itself, with purities and nulls, below what is ordered by it. */
  const showTree = (shown: ItemHierarchy | null) => {
    if (view?.of === shown) return;
    view?.shown.dispose();
    view = null;
    tree.replaceChildren();
    if (shown === null || model === null || result === null) return;
    const used = [...result.shownItems].sort((a, b) => a - b);
    const { items } = result;
    tree.append(make("h3", "", `Mode hierarchy of ${result.layers[layerAt()]!.label}`));
    const ids = used.map((item) => items.rows?.[item] ?? item);
    view = {
      of: shown,
      shown: hierarchyView(tree, {
        result: shown.tree,
        names: {
          item: (end) => items.names?.[used[end]!] ?? `item ${used[end]}`,
          property: (index) => `dimension ${index}`,
        },
        digits,
        theme,
        quantity: options.hierarchyQuantity,
        onItems: (ends) =>
          linked.choose(
            ends.map((end) => ids[end]!),
            "only",
            ids,
          ),
      }),
    };
  };

  const toolsTemplate = (shown: SimilarityResult, chosen: string, at: number) => {
    const choices = orderChoices(shown, options.askHierarchy !== null || ownOf(placeOf(at)) !== null);
    const one = choices.find(({ id }) => id === chosen)?.id ?? "tree";
    return html`
      <label class="ms-selector"><span>Order</span>
        <select class="ms-select" data-choice="order" .value=${one} @change=${(event: Event) => setOrder((event.target as HTMLSelectElement).value)}>
          ${choices.map(({ id, label }) => html`<option value=${id} ?selected=${id === one}>${label}</option>`)}
        </select></label>
      <label class="ms-selector"><span>Representation</span>
        <select class="ms-select" data-choice="representation" .value=${shown.layers[at]?.label ?? ""} @change=${(event: Event) => setLayer((event.target as HTMLSelectElement).value)}>
          ${shown.layers.map(({ label }, k) => html`<option value=${label} ?selected=${k === at}>${label}</option>`)}
        </select></label>
      <p class="ms-quiet ms-items-order" role="status">${waiting ? "Computing the dissimilarities of more items… " : ""}${model?.order.sentence}</p>
      ${problem === "" || chosen !== "hierarchy" ? nothing : html`<p class="ms-degenerate">${problem}</p>`}`;
  };

  return {
    element,
    show(next, more) {
      waiting = more;
      // Other items or other values: the tree is of those before.
      if (result !== null && result.shownItems.join() !== next.shownItems.join()) hierarchy = null;
      hierarchy = next.hierarchy ?? hierarchy;
      result = next;
      update();
    },
    dispose() {
      drawing.dispose();
      view?.shown.dispose();
      store.dispose();
      element.remove();
    },
  };
}

function stressTemplate({ layer, stress }: ItemPlaneData, { quantity }: ItemsOptions) {
  const definition = quantity("stress");
  const text = formatNumber(stress, 2).text;
  return html`${layer}; stress ${
    definition === null
      ? text
      : html`<button class="ms-value" type="button" data-field="stress"
          @click=${(event: Event) => openCard(event.currentTarget as HTMLElement, definition, { text })}>${text}</button>`
  }`;
}

/** Chosen items as the tree counts them: among those on show, ascending. */
function endsOf({ result }: ItemsModel, chosen: readonly number[]): readonly number[] {
  const ids = result.shownItems.map((item) => result.items.rows?.[item] ?? item).sort((a, b) => a - b);
  return chosen.map((item) => ids.indexOf(item)).filter((end) => end >= 0);
}
