import { type Disposable, DisposableStore } from "../../src/base/disposable.ts";
import { cssColour, divergingColour } from "./colourMap.ts";
import { make } from "./dom.ts";
import type { ChartTheme } from "./theme.ts";
import { type Branch, leavesBelow, type TreeNodeData, treeLayout } from "./treeLayout.ts";

export interface HierarchyChartData {
  readonly nodes: readonly TreeNodeData[];
  /** Leaves in the order of rows. */
  readonly order: ArrayLike<number>;
  readonly names: readonly string[];
  /** items × items, row-major, in the table's own order; null: no picture beside the tree. */
  readonly similarity: ArrayLike<number> | null;
  /** What stands on a node ("2", "3–4"); "" for none. */
  readonly marks: readonly string[];
  /** One sentence for each node: its modes and what they separate. */
  readonly sentences: readonly string[];
}

export interface HierarchyChart extends Disposable {
  /** Marks these nodes, and weighs each item (its typicality, −1 … 1) by colour; null clears. */
  select(nodes: readonly number[], weights: ArrayLike<number> | null): void;
}

const SVG = "http://www.w3.org/2000/svg";
/** Of the room there is; names and similarities want theirs. */
const TREE_SHARE = 0.4;
const LEAST_TREE = 130;
const MOST_TREE = 320;
const PAD = 18;

/** A dendrogram with its items, and beside it the matrix of their similarities in the same rows. */
export function hierarchyChart(
  parent: HTMLElement,
  theme: ChartTheme,
  data: HierarchyChartData,
  onNode: (node: number) => void,
): HierarchyChart {
  const store = new DisposableStore();
  const items = data.order.length;
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
  const branches = treeLayout(data.nodes, data.order);
  for (const branch of branches) svg.append(lineOf(branch, x, y));
  const buttons = branches.map((branch) => nodeButton(branch, x, y));
  svg.append(...buttons);

  const list = make("ol", "ms-tree-items");
  const rows = Array.from({ length: items }, (_, at) => {
    const row = make("li", "", data.names[data.order[at]!] ?? "");
    row.title = row.textContent ?? "";
    list.append(row);
    return row;
  });
  root.append(svg, list);
  const picture = data.similarity === null ? null : similarityPicture(data, data.similarity, items, rowHeight);
  if (picture !== null) {
    root.append(picture.element);
    picture.draw(theme);
    store.add(theme.onChange(() => picture.draw(theme)));
  }
  parent.append(root);

  function nodeButton({ node, x: bx, y: by }: Branch, px: (v: number) => number, py: (v: number) => number) {
    const group = document.createElementNS(SVG, "g");
    group.setAttribute("class", "ms-tree-node");
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
    const size = mark === "" ? { width: 6, height: 6 } : { width: Math.max(16, 6 * mark.length + 8), height: 16 };
    disc.setAttribute("x", String(px(bx) - size.width / 2));
    disc.setAttribute("y", String(py(by) - size.height / 2));
    disc.setAttribute("width", String(size.width));
    disc.setAttribute("height", String(size.height));
    disc.setAttribute("rx", String(size.height / 2));
    const text = document.createElementNS(SVG, "text");
    text.setAttribute("x", String(px(bx)));
    text.setAttribute("y", String(py(by)));
    text.textContent = mark;
    group.append(title, disc, text);
    group.addEventListener("click", () => onNode(node));
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        onNode(node);
        return;
      }
      const next = neighbour(data.nodes, node, event.key);
      if (next === null) return;
      event.preventDefault();
      for (const other of buttons) other.setAttribute("tabindex", other.dataset.node === String(next) ? "0" : "-1");
      buttons.find((other) => other.dataset.node === String(next))?.focus();
    });
    return group;
  }

  return {
    select(chosen, weights) {
      const below = new Set(chosen.flatMap((node) => (node < 0 ? [] : leavesBelow(data.nodes, node))));
      for (const button of buttons) {
        const on = chosen.includes(Number(button.dataset.node));
        button.setAttribute("aria-pressed", String(on));
      }
      for (const [at, row] of rows.entries()) {
        const item = data.order[at]!;
        const weight = weights?.[item] ?? 0;
        row.classList.toggle("ms-below", below.has(item));
        row.style.setProperty("--ms-weight", String(Math.min(1, Math.abs(weight))));
        row.dataset.pole = weight > 1e-6 ? "positive" : weight < -1e-6 ? "negative" : "";
      }
    },
    dispose() {
      store.dispose();
      root.remove();
    },
  };
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

/** A square picture, one cell an item pair, as high as the rows. Largest value: full colour; zero: the map's centre. */
function similarityPicture(data: HierarchyChartData, values: ArrayLike<number>, items: number, rowHeight: number) {
  const element = make("canvas", "ms-similarity");
  element.setAttribute("role", "img");
  element.setAttribute(
    "aria-label",
    `Similarity of the ${items} items in the order of the tree: inner products of their points.`,
  );
  element.width = items;
  element.height = items;
  element.style.width = `${items * rowHeight}px`;
  element.style.height = `${items * rowHeight}px`;
  let largest = 0;
  for (let at = 0; at < values.length; at++) largest = Math.max(largest, Math.abs(values[at]!));
  element.addEventListener("mousemove", (event) => {
    const column = Math.min(items - 1, Math.floor(event.offsetX / rowHeight));
    const row = Math.min(items - 1, Math.floor(event.offsetY / rowHeight));
    const [i, j] = [data.order[row] ?? 0, data.order[column] ?? 0];
    element.title = `${data.names[i]} · ${data.names[j]}: ${(values[i * items + j] ?? 0).toPrecision(4)}`;
  });
  return {
    element,
    draw(theme: ChartTheme) {
      const context = element.getContext("2d");
      if (context === null) return;
      for (let row = 0; row < items; row++)
        for (let column = 0; column < items; column++) {
          const value = values[data.order[row]! * items + data.order[column]!]!;
          context.fillStyle = cssColour(divergingColour(theme.kind, largest === 0 ? 0 : value / largest));
          context.fillRect(column, row, 1, 1);
        }
    },
  };
}
