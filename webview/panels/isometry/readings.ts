import type { GraphReading, IsometryResult, LinkReading } from "../../../src/studies/isometry/types.ts";
import type { CourseData, CourseLine } from "../../charts/courseData.ts";
import { formatNumber } from "../../shell/format.ts";

const text = (value: number, digits = 4) => formatNumber(value, digits).text;
export const LAW_WORDS = { gaussian: "Gaussian weights, theory", orthogonal: "orthogonal weights, theory" } as const;

/** Measured bars as a staircase, theory as curves: density per unit of ln s, over s. */
export function densityData({ measured, theory }: IsometryResult): CourseData | null {
  if (measured === null) return null;
  const { edges, shares } = measured;
  const [x, y]: [number[], number[]] = [[], []];
  const heights = shares.map((share, k) => share / (edges[k + 1]! - edges[k]!));
  for (const [k, height] of heights.entries()) {
    x.push(Math.exp(edges[k]!), Math.exp(edges[k + 1]!));
    y.push(height, height);
  }
  const low = Math.exp(edges[0]!) / 20;
  const lines: CourseLine[] = [
    {
      label: `loaded weights (${measured.method === "exact" ? `all ${measured.count} values` : "by random directions"}, ${measured.inputs} inputs)`,
      series: 0,
      x,
      y,
      form: "line",
    },
  ];
  for (const { law, density } of theory ?? []) {
    if (density === null) continue;
    const there = density.logs
      .map((log, k) => ({ s: Math.exp(log), value: density.density[k]! }))
      .filter(({ s }) => s > low);
    lines.push({
      label: LAW_WORDS[law],
      series: law === "gaussian" ? 1 : 2,
      x: there.map(({ s }) => s),
      y: there.map(({ value }) => value),
      form: law === "gaussian" ? "dashed" : "dotted",
    });
  }
  const middles = edges.slice(1).map((edge, k) => Math.exp((edge + edges[k]!) / 2));
  return {
    title: "Density of the Jacobian's singular values",
    xTitle: "singular value s",
    yTitle: "density of ln s",
    xLog: true,
    lines,
    verticals: [{ x: 1, label: "isometry" }],
    levels: [],
    stops: middles,
    read: (stop) =>
      `s from ${text(Math.exp(edges[stop]!))} to ${text(Math.exp(edges[stop + 1]!))}: ${(100 * shares[stop]!).toFixed(1)} % of the values`,
    summary: `Density of the Jacobian's singular values, from ${text(Math.exp(edges[0]!))} to ${text(Math.exp(edges[edges.length - 1]!))}.`,
  };
}

/** ⟨s²⟩ of each link, measured and predicted. */
export function linksData(links: readonly LinkReading[], from: number): CourseData {
  const x = links.map((_, k) => from + k + 2);
  const theory = links.flatMap(({ predicted }, k) => (predicted === null ? [] : [{ x: x[k]!, y: predicted }]));
  return {
    title: "Mean squared singular value, link by link",
    xTitle: "layer",
    xWhole: true,
    yTitle: "⟨s²⟩ of the link into it",
    lines: [
      { label: "measured", series: 0, x, y: links.map(({ mean }) => mean.value), form: "marks" },
      ...(theory.length === 0
        ? []
        : [
            {
              label: "χ₁ predicted",
              series: 1,
              x: theory.map((one) => one.x),
              y: theory.map((one) => one.y),
              form: "line" as const,
            },
          ]),
    ],
    verticals: [],
    levels: [{ y: 1, label: "1" }],
    stops: x,
    read: (stop) =>
      `${links[stop]!.tensor}: ⟨s²⟩ ${text(links[stop]!.mean.value)}, spread ${text(links[stop]!.relativeVariance.value)}`,
    summary: `Mean squared singular value of ${links.length} links.`,
  };
}

/** log₁₀ of the averaged partial Jacobian norm by value: it may leave the range of numbers. */
export function growthData({ blocks }: GraphReading): CourseData | null {
  const there = blocks.flatMap(({ label, logJacobian }, k) =>
    logJacobian === null
      ? []
      : [{ x: k + 1, label, y: logJacobian.value / Math.LN10, error: logJacobian.standardError / Math.LN10 }],
  );
  if (there.length === 0) return null;
  const x = there.map((one) => one.x);
  return {
    title: "Averaged partial Jacobian norm (APJN), value by value",
    xTitle: "value",
    xWhole: true,
    yTitle: "log₁₀ APJN",
    lines: [
      { label: "measured", series: 0, x, y: there.map(({ y }) => y), form: "marks" },
      { label: "a standard error above", series: 0, x, y: there.map(({ y, error }) => y + error), form: "dotted" },
      { label: "and below", series: 0, x, y: there.map(({ y, error }) => y - error), form: "dotted" },
    ],
    verticals: [],
    levels: [{ y: 0, label: "1" }],
    stops: x,
    read: (stop) => {
      const { label, y, error } = there[stop]!;
      return `${label}: ${powerOfTen(y)}, standard error ${(100 * error * Math.LN10).toFixed(0)} %`;
    },
    summary: `Averaged partial Jacobian norm of ${there.length} values, ${powerOfTen(there.at(-1)!.y)} at the last.`,
  };
}

/** A number by its logarithm, however large. */
export function powerOfTen(log: number): string {
  if (Math.abs(log) < 5) return text(10 ** log);
  const exponent = Math.floor(log);
  return `${text(10 ** (log - exponent), 3)}·10^${exponent}`;
}

export function spanWords({
  layers,
  from,
  to,
  measured,
  inputs,
  start,
  noTheory,
  q,
  graph,
}: IsometryResult): readonly string[] {
  const words = [
    graph !== null
      ? `Jacobian from ${layers[from]} to ${layers[to]}: ${to - from} ${to - from === 1 ? "link" : "links"} between values that all ways go through; ${inputs}. Exact derivatives in ${graph.precision}.`
      : `Jacobian from the pre-activations of ${layers[from]} to those of ${layers[to]}: ${to - from} ${to - from === 1 ? "link" : "links"}; ${inputs}${inputs === "Gaussian vectors" ? ` of second moment ${text(start)}` : ""}.`,
  ];
  if (noTheory !== null) words.push(noTheory);
  else words.push(`Theory at the span's mean q = ${text(q)} and the geometric mean of its σ̂_w².`);
  if (measured !== null && measured.zero > 0.005)
    words.push(
      `${(100 * measured.zero).toFixed(1)} % of the values are 0 or more than ${measured.decades} decades below the largest; they are not drawn.`,
    );
  if (graph !== null && graph.thinned > 0)
    words.push(`${graph.thinned} more values could be chosen; they are left out of the list evenly.`);
  if (measured?.method === "directions")
    words.push("Random directions see some of the values: s_min is the smallest that they found, an upper bound.");
  return words;
}
