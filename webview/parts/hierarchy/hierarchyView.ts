import { render } from "lit";
import type { ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";
import type { QuantityDefinition } from "../../../src/analysis/types.ts";
import type { Disposable } from "../../../src/base/disposable.ts";
import { make } from "../../charts/dom.ts";
import { type HierarchyChart, hierarchyChart } from "../../charts/hierarchyChart.ts";
import { modeSpectrum } from "../../charts/modeSpectrum.ts";
import type { Theme } from "../../shell/types.ts";
import { numbersTemplate, structuresTemplate } from "./factsTemplate.ts";
import { groupsOf, type HierarchyNames, isClose, modeSentence, nodeMark, nodeSentence } from "./hierarchyReadings.ts";
import { leadOf, type Selection, trailText, wordsTemplate } from "./hierarchyWords.ts";
import { modeLoadings } from "./loadings.ts";
import { modesTable } from "./modesTable.ts";
import { revived } from "./revive.ts";
import { endWeights, itemsOfEnds, rowName } from "./rows.ts";
import { treeToolbar } from "./toolbar.ts";
import { endsBelow, joinOf, pathTo, rowSimilarity, type VisibleTree, visibleTree } from "./visible.ts";
import "../../charts/hierarchy.css";

export interface HierarchyViewOptions {
  readonly result: ModeHierarchyResult;
  readonly names: HierarchyNames;
  /** The mode that is marked at first; left out: the strongest that makes a split. */
  readonly chosen?: number;
  /** Told of every choice of a mode here, so that other views of the same modes can follow. */
  onChoose?(mode: number): void;
  /** Told which items stand below every split and line that is chosen here. */
  onItems?(items: readonly number[]): void;
  /** Asks for these items alone, one by one; left out: what lies inside an end cannot be looked into. */
  onInside?(items: readonly number[]): void;
  /** False where the same modes have their spectrum beside this view already. */
  readonly spectrum?: boolean;
  readonly digits: number;
  readonly theme: Theme;
  quantity(field: string): QuantityDefinition | null;
}

export interface HierarchyView extends Disposable {
  /** Marks a mode that was chosen elsewhere. */
  choose(mode: number): void;
  /** Marks the line or the split of items that were chosen elsewhere; what is neither changes nothing. */
  chooseItems(items: readonly number[]): void;
}

/** Lines at first; more can be asked for. */
const LINES = 64;
const MOST_STEMS = 40;

/** Tree, similarities, spectrum and table of modes about one selection: choosing in one marks it in all. */
export function hierarchyView(parent: HTMLElement, given: HierarchyViewOptions): HierarchyView {
  const options = { ...given, result: revived(given.result) };
  const { result, names, digits, theme } = options;
  const root = make("div", "ms-hierarchy-view");
  const numbers = make("div", "ms-numbers");
  const words = make("div", "ms-hierarchy-words");
  words.setAttribute("role", "status");
  const [table, structures, tree] = [make("div"), make("div"), make("div")];
  root.append(...leadOf(result, names), numbers);
  parent.append(root);
  if (result.modes.length === 0) return { choose() {}, chooseItems() {}, dispose: () => root.remove() };
  render(numbersTemplate(options), numbers);
  render(structuresTemplate(options), structures);

  const ends = result.order.length;
  let lines = Math.min(ends, LINES);
  let shown: VisibleTree = visibleTree(result.nodes, 0, lines);
  let chart: HierarchyChart | null = null;
  let selection: Selection = {
    kind: "mode",
    mode: options.chosen ?? result.modes.find(({ nodes }) => nodes.some((node) => node >= 0))?.index ?? 0,
  };

  const toolbar =
    result.nodes.length === 0
      ? null
      : treeToolbar(root, {
          items: result.items,
          name: names.item,
          ends,
          lines,
          onFind: find,
          onLines(wanted) {
            lines = wanted;
            zoom(shown.root);
          },
          onZoomIn: () => {
            const node = zoomTarget();
            if (node !== null) zoom(node);
          },
          onZoomOut: () => zoom(result.nodes[shown.root]?.parent ?? 0),
          onInside: () => options.onInside?.(insideItems()),
        });
  root.append(tree);
  const first = result.modes.slice(0, MOST_STEMS);
  const stems =
    options.spectrum === false
      ? null
      : modeSpectrum(
          root,
          {
            values: result.modes.map(({ singularValue }) => singularValue),
            choosable: first.length,
            groupOf: first.map(({ group, index }) => group[0] ?? index),
            learned: null,
            sentences: first.map((mode) => modeSentence(mode, names)),
          },
          (mode) => choose(mode),
        );
  const loadings = modeLoadings(result, names);
  root.append(words, loadings.element, table, structures);

  function choose(mode: number): void {
    const group = result.modes[mode]?.group[0];
    if (group === undefined) return;
    select({ kind: "mode", mode: group });
    options.onChoose?.(group);
  }

  function select(next: Selection): void {
    selection = next;
    const modes = modesOf(next);
    const mode = modes.length === 0 ? undefined : result.modes[modes[0]!];
    const marked =
      next.kind === "node"
        ? [next.node, ...modes.flatMap((one) => (result.modes[one]!.group.length > 1 ? result.modes[one]!.nodes : []))]
        : (mode?.nodes ?? []);
    const row = next.kind === "row" ? (shown.rowOf.get(next.ends[0] ?? -1) ?? null) : null;
    const path = next.kind === "row" && next.ends[0] !== undefined ? pathTo(result.nodes, next.ends[0]) : [];
    // Inside a degenerate group a single vector is arbitrary: the splits are marked, no item is weighed.
    const weights =
      mode === undefined || mode.group.length > 1 || next.kind === "row" ? null : endWeights(result, mode.index);
    chart?.select({
      nodes: visibleNodes(marked),
      path: visibleNodes(path),
      row,
      weights: weights === null ? null : shown.rows.map((one) => meanOf(weights, one.ends)),
    });
    stems?.select(modes[0] ?? -1);
    loadings.show(mode === undefined || mode.group.length > 1 ? null : mode.index);
    const item = next.kind === "row" ? next.item : null;
    render(wordsTemplate(result, names, next, mode), words);
    const named = item === null ? null : { index: item, name: names.item(item) };
    render(
      modesTable(
        result,
        digits,
        modes.map((one) => result.modes[one]!.group[0]!),
        named,
        choose,
      ),
      table,
    );
    // Without a tree there is nothing to look into.
    if (toolbar === null) return;
    const inside = insideItems();
    toolbar.show({
      trail: trailText(result, shown),
      canZoomIn: zoomTarget() !== null,
      canZoomOut: shown.root !== 0,
      inside: result.leaves === null || options.onInside === undefined ? null : `${inside.length} items, one by one`,
    });
  }

  /** Modes that go with the selection: its own, or those of the split. */
  function modesOf(of: Selection): readonly number[] {
    if (of.kind === "mode") return [of.mode];
    if (of.kind === "node") return groupsOf(result, of.node).map(({ index }) => index);
    return [];
  }

  function visibleNodes(nodes: readonly number[]): readonly number[] {
    return nodes.map((node) => shown.source.indexOf(node)).filter((at) => at >= 0);
  }

  /** Draws the tree from a node down. */
  function zoom(node: number): void {
    shown = visibleTree(result.nodes, node, lines);
    draw();
    select(selection);
  }

  function draw(): void {
    chart?.dispose();
    if (result.nodes.length === 0) return;
    chart = hierarchyChart(
      tree,
      theme,
      {
        nodes: shown.nodes,
        names: shown.rows.map(({ ends: of }) => rowName(result, of, names)),
        cut: shown.rows.map(({ node }) => node !== null),
        similarity:
          result.similarity === null
            ? null
            : rowSimilarity(shown.rows, result.similarity, ends, result.leaves?.sizes ?? null),
        marks: shown.source.map((node) => nodeMark(result, node)),
        close: shown.source.map((node) => isClose(result, node)),
        sentences: shown.source.map((node) => nodeSentence(result, node, names)),
      },
      {
        onNode(node) {
          const source = shown.source[node]!;
          select({ kind: "node", node: source });
          tellItems();
          const [mode] = groupsOf(result, source);
          if (mode !== undefined) options.onChoose?.(mode.index);
        },
        onRow: (row) => chooseRow(row),
        onPair(row, column) {
          const [one, other] = [shown.rows[row]!.ends[0]!, shown.rows[column]!.ends[0]!];
          const node = row === column ? null : joinOf(result.nodes, one, other);
          if (node === null) return chooseRow(row);
          select({ kind: "node", node });
          tellItems();
        },
        onOpen(child) {
          const node = child < 0 ? shown.rows[-1 - child]!.node : shown.source[child]!;
          if (node !== null) zoom(node);
        },
      },
    );
  }

  function chooseRow(row: number): void {
    const { ends: of } = shown.rows[row]!;
    const items = of.length === 1 ? itemsOfEnds(result, of) : [];
    select({ kind: "row", ends: of, item: items.length === 1 ? items[0]! : null });
    tellItems();
  }

  /** A choice by hand, of a split or a line. */
  function tellItems(): void {
    if (selection.kind === "mode") return;
    const below = selection.kind === "row" ? selection.ends : endsBelow(result.nodes, selection.node);
    options.onItems?.(itemsOfEnds(result, below));
  }

  function chooseItems(items: readonly number[]): void {
    const [first] = items;
    if (first === undefined || result.nodes.length === 0) return;
    const end = result.leaves?.of[first] ?? first;
    if (items.length === 1 && shown.rowOf.has(end)) {
      select({ kind: "row", ends: [end], item: first });
      return;
    }
    const wanted = new Set(items);
    const node = result.nodes.findIndex(
      ({ size }, at) =>
        size === wanted.size && itemsOfEnds(result, endsBelow(result.nodes, at)).every((item) => wanted.has(item)),
    );
    if (node >= 0) select({ kind: "node", node });
  }

  /** Opens what hides the item's end, and chooses it. */
  function find(item: number): void {
    const end = result.leaves?.of[item] ?? item;
    if (!shown.rowOf.has(end)) shown = visibleTree(result.nodes, 0, lines);
    for (;;) {
      const line = shown.rows[shown.rowOf.get(end) ?? 0]!;
      if (line.node === null) break;
      shown = visibleTree(result.nodes, line.node, lines);
    }
    draw();
    select({ kind: "row", ends: [end], item });
    tellItems();
    chart?.reveal(shown.rowOf.get(end) ?? 0);
  }

  function zoomTarget(): number | null {
    const node =
      selection.kind === "node"
        ? selection.node
        : selection.kind === "mode"
          ? (result.modes[selection.mode]?.nodes.find((one) => one >= 0) ?? null)
          : (shown.rows[shown.rowOf.get(selection.ends[0] ?? -1) ?? -1]?.node ?? null);
    return node === shown.root ? null : node;
  }

  function insideItems(): readonly number[] {
    const below =
      selection.kind === "row"
        ? selection.ends
        : endsBelow(result.nodes, selection.kind === "node" ? selection.node : (zoomTarget() ?? shown.root));
    return itemsOfEnds(result, below);
  }

  draw();
  select(selection);
  return {
    choose: (mode) => select({ kind: "mode", mode: result.modes[mode]?.group[0] ?? mode }),
    chooseItems,
    dispose() {
      chart?.dispose();
      loadings.dispose();
      root.remove();
    },
  };
}

function meanOf(weights: ArrayLike<number>, ends: readonly number[]): number {
  return ends.reduce((sum, end) => sum + weights[end]! / ends.length, 0);
}
