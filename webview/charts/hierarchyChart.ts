import { type Disposable, DisposableStore } from "../../src/base/disposable.ts";
import { make } from "./dom.ts";
import { type SimilarityMatrix, similarityMatrix } from "./similarityMatrix.ts";
import type { ChartTheme } from "./theme.ts";
import { type Branch, floorOf, leavesBelow, type TreeNodeData, treeLayout } from "./treeLayout.ts";

export interface HierarchyChartData {
  /** Leaves are the lines, −1 − line, in their order. */
  readonly nodes: readonly TreeNodeData[];
  readonly names: readonly string[];
  /** Whether a line is a branch that is cut off. */
  readonly cut: readonly boolean[];
  /** lines × lines, row-major; null: no picture beside the tree. */
  readonly similarity: ArrayLike<number> | null;
  /** What stands on a node ("2", "3–4"); "" for none. */
  readonly marks: readonly string[];
  /** Nodes whose items are relatives. */
  readonly close: readonly boolean[];
  /** One sentence for each node: its modes and what they separate. */
  readonly sentences: readonly string[];
}

export interface HierarchyChartEvents {
  onNode(node: number): void;
  onRow(row: number): void;
  onPair(row: number, column: number): void;
  /** A node or a cut line was opened (double click, or Shift and Enter). */
  onOpen(child: number): void;
}

export interface Highlight {
  readonly nodes: readonly number[];
  /** Nodes above the chosen item. */
  readonly path: readonly number[];
  readonly row: number | null;
  /** Typicality of each line, −1 … 1; null for none. */
  readonly weights: ArrayLike<number> | null;
}

export interface HierarchyChart extends Disposable {
  select(highlight: Highlight): void;
  /** Brings a line into view and puts the keyboard there. */
  reveal(row: number): void;
}

const SVG = "http://www.w3.org/2000/svg";
/** Of the room there is; names and similarities want theirs. */
const TREE_SHARE = 0.4;
const LEAST_TREE = 130;
const MOST_TREE = 320;
const PAD = 18;

/** A dendrogram with its items, and beside it the matrix of their similarities in the same lines. */
export function hierarchyChart(
  parent: HTMLElement,
  theme: ChartTheme,
  data: HierarchyChartData,
  events: HierarchyChartEvents,
): HierarchyChart {
  const store = new DisposableStore();
  const items = data.names.length;
  const rowHeight = items <= 64 ? 18 : 12;
  const height = items * rowHeight;
  const width = Math.round(Math.min(MOST_TREE, Math.max(LEAST_TREE, TREE_SHARE * parent.clientWidth)));
  const root = make("div", "ms-hierarchy");
  root.style.setProperty("--ms-row", `${rowHeight}px`);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "ms-tree");
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  svg.setAttribute("role", "group");
  svg.setAttribute("aria-label", "Tree of items: one button for each split");
  const x = (value: number) => PAD + value * (width - 2 * PAD);
  const y = (value: number) => (value + 0.5) * rowHeight;
  const branches = treeLayout(
    data.nodes,
    data.names.map((_, at) => at),
  );
  const lines = branches.map((branch) => lineOf(branch, x, y));
  const buttons = branches.map((branch) => nodeButton(branch, data, { x, y }, events, (to) => moveTo(to)));
  svg.append(...lines, ...buttons);
  const floor = floorOf(data.nodes);
  if (floor > 0) {
    const note = document.createElementNS(SVG, "title");
    note.textContent = `Distances from ${(data.nodes[0]?.height ?? 0).toPrecision(3)} at the left to ${floor.toPrecision(3)} at the right: the axis does not begin at 0`;
    svg.prepend(note);
  }
  const list = namesList(data, events);
  root.append(svg, list.element);
  let picture: SimilarityMatrix | null = null;
  if (data.similarity !== null) {
    picture = store.add(
      similarityMatrix(theme, { names: data.names, values: data.similarity, rowHeight }, events.onPair),
    );
    root.append(picture.element);
  }
  parent.append(root);

  function moveTo(node: number): void {
    for (const other of buttons) other.setAttribute("tabindex", other.dataset.node === String(node) ? "0" : "-1");
    buttons.find((other) => other.dataset.node === String(node))?.focus();
  }

  return {
    select({ nodes, path, row, weights }) {
      const below = new Set(nodes.flatMap((node) => leavesBelow(data.nodes, node)));
      for (const [at, { node }] of branches.entries()) {
        buttons[at]!.setAttribute("aria-pressed", String(nodes.includes(node)));
        lines[at]!.classList.toggle("ms-on-path", path.includes(node));
      }
      list.select(below, row, weights);
      picture?.select(
        nodes.map((node) => {
          const leaves = leavesBelow(data.nodes, node);
          return [Math.min(...leaves), Math.max(...leaves) + 1];
        }),
        row,
      );
    },
    reveal: (row) => list.reveal(row),
    dispose() {
      store.dispose();
      root.remove();
    },
  };
}

function nodeButton(
  { node, x, y }: Branch,
  data: HierarchyChartData,
  px: { x(value: number): number; y(value: number): number },
  events: HierarchyChartEvents,
  moveTo: (node: number) => void,
): SVGGElement {
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", data.close[node] === true ? "ms-tree-node ms-close" : "ms-tree-node");
  group.setAttribute("role", "button");
  group.setAttribute("aria-pressed", "false");
  group.setAttribute("aria-label", data.sentences[node] ?? "");
  // One stop for the tab key; the arrows go on from there.
  group.setAttribute("tabindex", node === 0 ? "0" : "-1");
  group.dataset.node = String(node);
  const title = document.createElementNS(SVG, "title");
  title.textContent = data.sentences[node] ?? "";
  const mark = data.marks[node] ?? "";
  const disc = document.createElementNS(SVG, "rect");
  const size = mark === "" ? { width: 7, height: 7 } : { width: Math.max(16, 6 * mark.length + 8), height: 16 };
  disc.setAttribute("x", String(px.x(x) - size.width / 2));
  disc.setAttribute("y", String(px.y(y) - size.height / 2));
  disc.setAttribute("width", String(size.width));
  disc.setAttribute("height", String(size.height));
  disc.setAttribute("rx", String(size.height / 2));
  const text = document.createElementNS(SVG, "text");
  text.setAttribute("x", String(px.x(x)));
  text.setAttribute("y", String(px.y(y)));
  text.textContent = mark;
  group.append(title, disc, text);
  group.addEventListener("click", () => events.onNode(node));
  group.addEventListener("dblclick", () => events.onOpen(node));
  group.addEventListener("keydown", (event) => {
    const next = neighbour(data.nodes, node, event.key);
    if (event.key === "Enter" && event.shiftKey) events.onOpen(node);
    else if (event.key === "Enter" || event.key === " ") events.onNode(node);
    else if (next !== null) moveTo(next);
    else return;
    event.preventDefault();
  });
  return group;
}

/** From a node to its parent (left), first child (right), or the sibling above or below. */
function neighbour(nodes: readonly TreeNodeData[], node: number, key: string): number | null {
  const parent = nodes.findIndex(({ children }) => children.includes(node));
  const inner = (children: readonly number[]) => children.filter((child) => child >= 0);
  if (key === "ArrowLeft") return parent < 0 ? null : parent;
  if (key === "ArrowRight") return inner(nodes[node]?.children ?? [])[0] ?? null;
  if (parent < 0 || (key !== "ArrowUp" && key !== "ArrowDown")) return null;
  const siblings = inner(nodes[parent]!.children);
  return siblings[siblings.indexOf(node) + (key === "ArrowDown" ? 1 : -1)] ?? null;
}

function lineOf(branch: Branch, x: (v: number) => number, y: (v: number) => number): SVGPathElement {
  const path = document.createElementNS(SVG, "path");
  const rows = branch.children.map((child) => child.y);
  const stem = `M${x(branch.x)} ${y(Math.min(...rows))}V${y(Math.max(...rows))}`;
  const arms = branch.children.map((child) => `M${x(branch.x)} ${y(child.y)}H${x(child.x)}`);
  path.setAttribute("class", "ms-tree-line");
  path.setAttribute("d", [stem, ...arms].join(""));
  return path;
}

/** The items' names as a list of which one can be chosen. */
function namesList(data: HierarchyChartData, events: HierarchyChartEvents) {
  const element = make("ol", "ms-tree-items");
  element.setAttribute("role", "listbox");
  element.setAttribute("aria-label", "Items in the order of the tree");
  const rows = data.names.map((name, at) => {
    const row = make("li", data.cut[at] === true ? "ms-cut" : "", name);
    row.title = name;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    row.tabIndex = at === 0 ? 0 : -1;
    row.addEventListener("click", () => events.onRow(at));
    row.addEventListener("dblclick", () => events.onOpen(-1 - at));
    row.addEventListener("keydown", (event) => {
      const to = event.key === "ArrowDown" ? at + 1 : event.key === "ArrowUp" ? at - 1 : null;
      if (event.key === "Enter" && event.shiftKey) events.onOpen(-1 - at);
      else if (event.key === "Enter" || event.key === " ") events.onRow(at);
      else if (to !== null && rows[to] !== undefined) focus(to);
      else return;
      event.preventDefault();
    });
    element.append(row);
    return row;
  });
  const focus = (to: number) => {
    for (const [at, row] of rows.entries()) row.tabIndex = at === to ? 0 : -1;
    rows[to]?.focus();
  };
  return {
    element,
    reveal(row: number) {
      focus(row);
      rows[row]?.scrollIntoView?.({ block: "nearest" });
    },
    select(below: ReadonlySet<number>, chosen: number | null, weights: ArrayLike<number> | null) {
      for (const [at, row] of rows.entries()) {
        const weight = weights?.[at] ?? 0;
        row.classList.toggle("ms-below", below.has(at));
        row.setAttribute("aria-selected", String(at === chosen));
        row.style.setProperty("--ms-weight", String(Math.min(1, Math.abs(weight))));
        row.dataset.pole = weight > 1e-6 ? "positive" : weight < -1e-6 ? "negative" : "";
      }
    },
  };
}
