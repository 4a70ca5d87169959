import { formatCount } from "../../shell/format.ts";
import type { Cell, Column } from "./cells.ts";
import { findingsCell, SEVERITY_ICONS } from "./lintColumns.ts";
import type { Row } from "./tree.ts";

const SVG = "http://www.w3.org/2000/svg";
const SPARK_WIDTH = 84;
const SPARK_HEIGHT = 16;
const INDENT = 14;

/** Fills one cell's element. Cells are recycled, so each call sets all that it may have changed. */
export function fillCell(element: HTMLElement, cell: Cell, hasCard: boolean): void {
  element.title = cell.kind === "waiting" ? "not computed yet" : cell.title;
  switch (cell.kind) {
    case "text":
      if (hasCard) element.replaceChildren(numberButton(cell.text));
      else element.textContent = cell.text;
      return;
    case "waiting":
      element.replaceChildren(span("ms-waiting", "·"));
      return;
    case "failed":
      element.replaceChildren(icon("warning", cell.title));
      return;
    case "none":
      element.replaceChildren();
      return;
    case "findings":
      element.replaceChildren(findingMark(cell), String(cell.count));
      return;
    case "sparkline":
      element.replaceChildren(sparkline(cell.points, cell.edge, cell.title));
  }
}

/** The quantity's card is one click away from its number. The grid has the focus, so the button is no tab stop. */
function numberButton(text: string): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = -1;
  button.className = "ms-number";
  button.dataset.action = "card";
  button.textContent = text;
  return button;
}

export function fillName(element: HTMLElement, row: Row): void {
  const expandable = row.kind === "group" || row.expandable;
  const twisty = document.createElement("button");
  twisty.type = "button";
  twisty.tabIndex = -1;
  twisty.className = "ms-twisty";
  if (expandable) {
    twisty.dataset.action = "toggle";
    twisty.setAttribute("aria-label", row.expanded ? "Collapse" : "Expand");
    twisty.setAttribute("aria-expanded", String(row.expanded));
    twisty.append(icon(row.expanded ? "chevron-down" : "chevron-right"));
  } else {
    twisty.setAttribute("aria-hidden", "true");
  }
  const label = document.createElement("button");
  label.type = "button";
  label.tabIndex = -1;
  label.className = row.kind === "group" ? "ms-name ms-name-group" : "ms-name";
  label.dataset.action = row.kind === "group" ? "toggle" : "open";
  // The separator that ends a group's key says nothing that the indentation does not.
  label.textContent = row.kind === "group" ? row.label.replace(/[./]+$/, "") || row.label : row.label;
  element.style.paddingInlineStart = `${row.depth * INDENT}px`;
  element.replaceChildren(twisty, label);
  if (row.kind === "group") {
    element.title = row.key;
    element.append(span("ms-quiet ms-name-count", formatCount(row.tensors).text));
    const inside = findingsCell(row);
    // What is open shows its own marks.
    if (inside.kind === "findings" && !row.expanded) element.append(findingMark(inside));
    return;
  }
  const { tensor, part } = row.item;
  element.title = [
    part === null ? tensor.name : `${tensor.name} · ${part.label} (axis ${part.axis}, from ${part.start})`,
    tensor.evidence,
    tensor.sharesStorageWith === undefined ? "" : `shares its storage with ${tensor.sharesStorageWith}`,
  ]
    .filter((line) => line !== "")
    .join("\n");
  if (row.expandable) element.append(span("ms-quiet ms-name-count", `${row.item.children.length} parts`));
  const found = row.item.lint === null ? null : findingsCell(row.item.lint);
  if (found?.kind === "findings") {
    element.append(findingMark(found));
    element.title += `\n${found.title}`;
  }
}

/** The worst finding's icon, with what it means in words. */
function findingMark({ worst, count, title }: Extract<Cell, { kind: "findings" }>): HTMLElement {
  const mark = icon(SEVERITY_ICONS[worst], `${count === 1 ? "1 finding" : `${count} findings`}: ${title}`);
  mark.classList.add("ms-severity", `ms-severity-${worst}`);
  return mark;
}

/** What a group's line shows beside its name. */
export function groupCell(row: Row & { kind: "group" }, column: Column): Cell {
  if (column.id === "findings") return findingsCell(row);
  if (column.id === "parameters") {
    return { kind: "text", ...formatCount(row.parameters, `elements in ${row.tensors} tensors`) };
  }
  return { kind: "none", title: "" };
}

function span(className: string, text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

export function icon(name: string, label = ""): HTMLElement {
  const element = span(`codicon codicon-${name}`, "");
  if (label === "") element.setAttribute("aria-hidden", "true");
  else {
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", label);
  }
  return element;
}

/** Path of σᵢ/σ₁ over rank in a box of the given size; one point draws as a level line. */
export function sparklinePath(points: ArrayLike<number>, width: number, height: number): string {
  const last = points.length - 1;
  if (last < 0) return "";
  const y = (value: number) => (height - Math.max(0, Math.min(1, value)) * height).toFixed(1);
  if (last === 0) return `M0 ${y(points[0] ?? 0)}H${width}`;
  let path = "";
  for (let index = 0; index <= last; index++) {
    const value = points[index] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    path += `${path === "" ? "M" : "L"}${((index / last) * width).toFixed(1)} ${y(value)}`;
  }
  return path;
}

function sparkline(points: ArrayLike<number>, edge: number | null, label: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "ms-sparkline");
  svg.setAttribute("width", String(SPARK_WIDTH));
  svg.setAttribute("height", String(SPARK_HEIGHT + 2));
  svg.setAttribute("viewBox", `0 -1 ${SPARK_WIDTH} ${SPARK_HEIGHT + 2}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", sparklinePath(points, SPARK_WIDTH, SPARK_HEIGHT));
  svg.append(path);
  if (edge !== null) {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("class", "ms-sparkline-edge");
    line.setAttribute("d", `M0 ${((1 - edge) * SPARK_HEIGHT).toFixed(1)}H${SPARK_WIDTH}`);
    svg.append(line);
  }
  return svg;
}
