import { html, render } from "lit";
import type { Disposable } from "../../../src/base/disposable.ts";
import type { PointReading } from "../../../src/studies/phase-diagram/types.ts";
import { type CourseChart, courseChart } from "../../charts/courseChart.ts";
import type { CourseData } from "../../charts/courseData.ts";
import { make } from "../../charts/dom.ts";
import { numberCard } from "../../parts/signal/facts.ts";
import type { SignalTools } from "../../parts/signal/signalPanel.ts";
import { numberText } from "./readings.ts";

export interface PointView extends Disposable {
  show(point: PointReading): void;
}

/** Cards of one point, its two maps with cobwebs, and its basins. */
export function pointView(cards: HTMLElement, maps: HTMLElement, tools: SignalTools): PointView {
  const [left, right] = [make("div"), make("div")];
  maps.append(left, right);
  let charts: { q: CourseChart; c: CourseChart } | null = null;
  const basins = make("div");
  const noMap = make("p", "ms-quiet");
  maps.after(noMap, basins);
  return {
    show(point) {
      render(cardsTemplate(point, tools), cards);
      const { theme } = tools.host;
      const [q, c] = [qMapData(point), cMapData(point)];
      if (charts === null) charts = { q: courseChart(left, theme, q), c: courseChart(right, theme, c) };
      else {
        charts.q.show(q);
        charts.c.show(c);
      }
      noMap.textContent = point.cMap === null ? `There is no map of correlations where the signal ${point.fate}.` : "";
      render(basinsTemplate(point), basins);
    },
    dispose() {
      charts?.q.dispose();
      charts?.c.dispose();
      noMap.remove();
      basins.remove();
    },
  };
}

function cardsTemplate(point: PointReading, { quantity, digits }: SignalTools) {
  const text = (value: number | "infinite" | null) => numberText(value, digits);
  return html`
    ${numberCard(quantity, "q", "q*", text(point.q))}
    ${numberCard(quantity, "chiOne", "χ₁", text(point.chiOne))}
    ${numberCard(quantity, "c", "c*", text(point.c))}
    ${numberCard(quantity, "xiC", "ξ_c", text(point.xiC))}
    ${numberCard(quantity, "trainable", "6ξ_c, rule of thumb", text(point.trainable))}
    ${numberCard(quantity, "xiGradient", "ξ_∇", text(point.xiGradient))}
    ${numberCard(quantity, "xiQ", "ξ_q", text(point.xiQ))}
    ${numberCard(quantity, "chiQ", "χ_q", text(point.chiQ))}
    ${numberCard(quantity, "chiTwo", "χ₂", text(point.chiTwo))}`;
}

/** Steps of a cobweb: up to the map, across to the diagonal. */
function cobweb(steps: readonly number[]): { readonly x: number[]; readonly y: number[] } {
  const [x, y]: [number[], number[]] = [[], []];
  for (let k = 0; k + 1 < steps.length; k++) {
    x.push(steps[k]!, steps[k]!);
    y.push(k === 0 ? 0 : steps[k]!, steps[k + 1]!);
  }
  return { x, y };
}

function qMapData({ qMap, q }: PointReading): CourseData {
  const top = qMap.x[qMap.x.length - 1]!;
  const inside = qMap.steps.filter((step) => step <= top);
  return {
    title: "Second moment q from layer to layer",
    xTitle: "q of a layer",
    yTitle: "q of the next",
    lines: [
      { label: "V(q)", series: 0, x: qMap.x, y: qMap.y, form: "line" },
      { label: "unchanged", series: null, x: [0, top], y: [0, top], form: "dotted" },
      { label: "this input, layer by layer", series: 1, ...cobweb(inside), form: "line" },
    ],
    verticals: [],
    levels: typeof q === "number" ? [{ y: q, label: "q*" }] : [],
    stops: qMap.x,
    read: (stop) => `q = ${numberText(qMap.x[stop]!)} becomes ${numberText(qMap.y[stop]!)}`,
    summary: `Map of second moments with a cobweb; it ends at ${numberText(q)}.`,
  };
}

function cMapData({ cMap, c }: PointReading): CourseData {
  const { x, y, steps } = cMap ?? { x: [], y: [], steps: [] };
  return {
    title: "Correlation of two inputs from layer to layer",
    xTitle: "correlation in a layer",
    yTitle: "in the next",
    lines: [
      { label: "C(c)", series: 0, x, y, form: "line" },
      { label: "unchanged", series: null, x: [0, 1], y: [0, 1], form: "dotted" },
      { label: "from ½, layer by layer", series: 1, ...cobweb(steps), form: "line" },
    ],
    verticals: [],
    levels: c === null ? [] : [{ y: c, label: "c*" }],
    stops: x,
    read: (stop) => `c = ${numberText(x[stop]!)} becomes ${numberText(y[stop]!)}`,
    summary: `Map of correlations with a cobweb; it ends at ${numberText(c)}.`,
  };
}

function basinsTemplate({ basins }: PointReading) {
  const settled = basins.filter(({ stable }) => stable);
  if (settled.length < 2) return html``;
  return html`<div class="ms-signal-note" role="note"><p><strong>Two ends attract.</strong> Which one this input reaches depends on its q⁰.</p>
    <ul>${basins.map(
      ({ q, stable, attracts }) =>
        html`<li>q = ${numberText(q)}: ${stable ? (attracts ? "attracts this input" : "attracts others") : "parts the basins"}</li>`,
    )}</ul></div>`;
}
