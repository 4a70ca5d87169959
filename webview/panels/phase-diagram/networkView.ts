import { html, nothing, render } from "lit";
import type { Disposable } from "../../../src/base/disposable.ts";
import type { MeasuredBlocks, NetworkPart } from "../../../src/studies/phase-diagram/types.ts";
import { type CourseChart, courseChart } from "../../charts/courseChart.ts";
import type { CourseData, CourseLine } from "../../charts/courseData.ts";
import { make } from "../../charts/dom.ts";
import { headingCard } from "../../parts/signal/facts.ts";
import type { SignalTools } from "../../parts/signal/signalPanel.ts";
import { biasText, networkWords, numberText } from "./readings.ts";

export interface NetworkView extends Disposable {
  show(network: NetworkPart | null): void;
}

/** What is said of the network, its growth of gradients by depth, and its layers as a table. */
export function networkView(notes: HTMLElement, below: HTMLElement, tools: SignalTools): NetworkView {
  const [picture, table] = [make("div"), make("div")];
  below.append(picture, table);
  let chart: CourseChart | null = null;
  return {
    show(network) {
      render(network === null ? nothing : notesTemplate(network, tools), notes);
      render(network === null ? nothing : tableTemplate(network, tools), table);
      const data = network === null ? null : growthData(network);
      if (data === null) {
        chart?.dispose();
        chart = null;
      } else if (chart === null) chart = courseChart(picture, tools.host.theme, data);
      else chart.show(data);
    },
    dispose: () => chart?.dispose(),
  };
}

function notesTemplate(network: NetworkPart, { digits }: SignalTools) {
  return html`<div class=${network.refusal === null ? "ms-quiet" : "ms-signal-note"} role=${network.refusal === null ? nothing : "note"}>
    ${networkWords(network, digits).map((text) => html`<p>${text}</p>`)}</div>`;
}

/** χ by layer where the plane holds; else what was measured value by value, or ln‖∇‖² by block as names and σ̂_w² have it. */
function growthData(network: NetworkPart): CourseData | null {
  if (network.measured !== null && network.measured.blocks.length > 0) return measuredData(network.measured);
  if (network.blocks !== null && network.blocks.length > 0) {
    const { blocks } = network;
    const x = blocks.map((_, k) => k + 1);
    return {
      title: "Gradients back through the blocks",
      xTitle: "block",
      xWhole: true,
      yTitle: "squared gradient",
      yLog: true,
      lines: [
        {
          label: "∏(1 + χ_f), back from the output of so many blocks",
          series: 0,
          x,
          y: blocks.map(({ logGradient }) => Math.exp(Math.min(700, logGradient))),
          form: "line",
        },
      ],
      verticals: [],
      levels: [],
      stops: x,
      read: (stop) =>
        `${blocks[stop]!.name}: ×${numberText(blocks[stop]!.factor)}, in all ×${numberText(Math.exp(blocks[stop]!.logGradient))}`,
      summary: `Growth of squared gradients over ${blocks.length} blocks.`,
    };
  }
  const rows = network.layers.flatMap(({ chiOne, growth, tensor }, k) =>
    chiOne === null && growth === null ? [] : [{ depth: k + 1, chiOne, growth, tensor }],
  );
  if (rows.length === 0) return null;
  const lines: CourseLine[] = [];
  const line = (pick: "chiOne" | "growth", label: string, series: number, form: CourseLine["form"]) => {
    const there = rows.filter((row) => row[pick] !== null);
    if (there.length > 0)
      lines.push({ label, series, x: there.map(({ depth }) => depth), y: there.map((row) => row[pick]!), form });
  };
  line("growth", "χ̂ measured on these weights", 0, "marks");
  line("chiOne", "χ₁ predicted from σ̂_w², σ̂_b²", 1, "line");
  return {
    title: "What each layer does to gradients",
    xTitle: "layer",
    xWhole: true,
    yTitle: "factor of the squared gradient",
    lines,
    verticals: [],
    levels: [{ y: 1, label: "1" }],
    stops: rows.map(({ depth }) => depth),
    read: (stop) => {
      const { tensor, growth, chiOne } = rows[stop]!;
      return `${tensor}: measured ${numberText(growth)}, predicted ${numberText(chiOne)}`;
    },
    summary: "Factor of the squared gradient by layer, measured and predicted.",
  };
}

const TEN = Math.LN10;

function measuredData({ blocks }: MeasuredBlocks): CourseData | null {
  const there = blocks.flatMap(({ label, logJacobian }, k) =>
    logJacobian === null ? [] : [{ label, x: k + 1, y: logJacobian.value / TEN, error: logJacobian.standardError }],
  );
  if (there.length === 0) return null;
  const x = there.map((one) => one.x);
  return {
    title: "Averaged partial Jacobian norm (APJN), value by value",
    xTitle: "value",
    xWhole: true,
    yTitle: "log₁₀ APJN",
    lines: [
      {
        label: "measured on these weights, from the input on",
        series: 0,
        x,
        y: there.map(({ y }) => y),
        form: "marks",
      },
    ],
    verticals: [],
    levels: [{ y: 0, label: "1" }],
    stops: x,
    read: (stop) =>
      `${there[stop]!.label}: 10^${numberText(there[stop]!.y, 3)}, standard error ${(100 * there[stop]!.error).toFixed(0)} %`,
    summary: `Averaged partial Jacobian norm of ${there.length} values.`,
  };
}

function measuredTemplate(
  { blocks, inputs, refusal }: MeasuredBlocks,
  heading: (field: string, text: string) => unknown,
) {
  if (refusal !== null) return html`<p class="ms-signal-note" role="note">${refusal}</p>`;
  return html`<div class="ms-table-scroll" tabindex="0" role="region" aria-label="Measured value by value"><table class="ms-data-table ms-signal-table">
    <caption>${heading("partialJacobian", "Averaged partial Jacobian norm, measured")}: ${inputs}</caption>
    <thead><tr><th scope="col">Value</th><th scope="col">Made by</th><th scope="col">log₁₀ APJN</th><th scope="col">standard error</th><th scope="col">factor of this step</th></tr></thead>
    <tbody>${blocks.map(({ label, op, logJacobian }, k) => {
      const before = k === 0 ? null : (blocks[k - 1]?.logJacobian ?? null);
      return html`<tr><th scope="row">${label}</th><td>${op}</td><td>${numberText(logJacobian === null ? null : logJacobian.value / TEN)}</td>
        <td>${logJacobian === null ? "–" : `${(100 * logJacobian.standardError).toFixed(0)} %`}</td>
        <td>${numberText(logJacobian === null || before === null ? null : Math.exp(logJacobian.value - before.value))}</td></tr>`;
    })}</tbody></table></div>`;
}

function tableTemplate(network: NetworkPart, { quantity, digits }: SignalTools) {
  const heading = (field: string, text: string) => headingCard(quantity, field, text);
  return html`
    ${network.measured === null ? nothing : measuredTemplate(network.measured, heading)}
    ${
      network.norms === null
        ? nothing
        : html`<table class="ms-data-table ms-signal-table"><caption>${heading("norms", "Growth of gradients a layer, for chains with norms")}</caption>
            <thead><tr><th scope="col">Norm</th><th scope="col">‖∇‖² a layer</th><th scope="col">‖∇‖ a layer</th></tr></thead>
            <tbody>${network.norms.map(({ where, squared, norm }) => html`<tr><th scope="row">${where}</th><td>${numberText(squared, 6)}</td><td>${numberText(norm, 6)}</td></tr>`)}</tbody></table>`
    }
    ${
      network.blocks === null || network.blocks.length === 0
        ? nothing
        : html`<table class="ms-data-table ms-signal-table"><caption>${heading("blocks", "Growth of gradients a block")}</caption>
            <thead><tr><th scope="col">Block</th><th scope="col">Layers</th><th scope="col">‖∇‖²</th><th scope="col">ln in all</th></tr></thead>
            <tbody>${network.blocks.map(({ name, layers, factor, logGradient }) => html`<tr><th scope="row">${name}</th><td>${layers}</td><td>${numberText(factor, digits)}</td><td>${numberText(logGradient, digits)}</td></tr>`)}</tbody></table>`
    }
    <div class="ms-table-scroll" tabindex="0" role="region" aria-label="Layers"><table class="ms-data-table ms-signal-table">
      <caption>Layers, from the input to the output</caption>
      <thead><tr><th scope="col">Layer</th><th scope="col">fan_in → fan_out</th><th scope="col">${heading("sigmaW2", "σ̂_w²")}</th><th scope="col">${heading("sigmaB2", "σ̂_b²")}</th>
        <th scope="col">${heading("q", "q")}</th><th scope="col">${heading("chiOne", "χ₁")}</th><th scope="col">${heading("growth", "χ̂")}</th></tr></thead>
      <tbody>${network.layers.map(
        (layer) => html`<tr><th scope="row">${layer.tensor}</th><td>${layer.fanIn} → ${layer.fanOut}</td>
          <td title=${layer.sampled ? "from 4 Mi of its entries" : "from all entries"}>${numberText(layer.sigmaW2, digits)} ± ${numberText(layer.sigmaW2Error, 2)}</td>
          <td>${biasText(layer, digits)}</td><td>${numberText(layer.q, digits)}</td><td>${numberText(layer.chiOne, digits)}</td>
          <td>${layer.growth === null ? "–" : html`${numberText(layer.growth, digits)} × e^±${numberText(layer.growthError, 2)}`}</td></tr>`,
      )}</tbody></table></div>`;
}
