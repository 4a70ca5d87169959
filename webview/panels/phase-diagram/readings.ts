import type {
  Depth,
  LayerPoint,
  NetworkPart,
  PhaseDiagramResult,
  PointReading,
} from "../../../src/studies/phase-diagram/types.ts";
import type { PlaneData } from "../../charts/phasePlane.ts";
import { formatNumber } from "../../shell/format.ts";
import type { CodeModel } from "./codeModel.ts";

export const numberText = (value: number | "infinite" | null, digits = 4): string =>
  value === null ? "–" : value === "infinite" ? "∞" : formatNumber(value, digits).text;

/** Nearer to 1 than this χ₁ is the line's: sliders and code have six digits, and a depth of 10⁴ layers would be one of rounding. */
const LINE_WIDTH = 1e-4;

/** What was computed at a point, with the line as wide as it can be hit: on it nothing fades. */
export function onLine(point: PointReading): PointReading {
  const settled = point.fate !== "dies out" && point.fate !== "runs away";
  if (!settled || Math.abs(point.chiOne - 1) > LINE_WIDTH) return point;
  return { ...point, region: "critical", xiC: "infinite", trainable: "infinite", xiGradient: "infinite" };
}

/** What a point is, in one sentence. */
export function pointSentence(point: PointReading, digits: number): string {
  const where = `σ_w ${numberText(point.sigmaW, digits)}, σ_b ${numberText(point.sigmaB, digits)}`;
  if (point.fate === "dies out")
    return `${where}: the signal dies out; χ₁ ${numberText(point.chiOne, digits)}, ${point.region}.`;
  if (point.fate === "runs away")
    return `${where}: the second moment grows without bound; far out χ₁ is ${numberText(point.chiOne, digits)}.`;
  const end = point.c === 1 ? "inputs become alike" : `correlations end at ${numberText(point.c, 3)}`;
  return `${where}: ${point.region}, ${end}; χ₁ ${numberText(point.chiOne, digits)}, ξ_c ${depthWords(point.xiC)}.`;
}

function depthWords(depth: Depth): string {
  if (depth === null) return "not defined";
  return depth === "infinite" ? "without bound" : `${formatNumber(depth, 3).text} layers`;
}

/** σ ± SE from σ² ± SE. */
function rooted(square: number, error: number): { readonly value: number; readonly error: number } {
  const value = Math.sqrt(square);
  return { value, error: value === 0 ? 0 : error / (2 * value) };
}

export function planeOf(
  result: PhaseDiagramResult,
  probe: { readonly x: number; readonly y: number },
  ofCode: CodeModel["layers"] = [],
  aimed = false,
): PlaneData | null {
  const { plane, network, activation } = result;
  if (plane === null) return null;
  const held = network !== null && network.refusal === null ? network.layers : [];
  // What code says is exact.
  const told = ofCode.map(({ name, weight, bias }) => ({
    name,
    x: Math.sqrt(weight),
    y: Math.sqrt(bias),
    xError: 0,
    yError: 0,
  }));
  const measured = held.map((layer) => {
    const weight = rooted(layer.sigmaW2, layer.sigmaW2Error);
    const bias = rooted(layer.sigmaB2 ?? 0, layer.sigmaB2Error ?? 0);
    return { name: layer.tensor, x: weight.value, y: bias.value, xError: weight.error, yError: bias.error };
  });
  const layers = [...told, ...measured];
  const place = ({ sigmaW, sigmaB }: { readonly sigmaW: number; readonly sigmaB: number }) => ({
    x: sigmaW,
    y: sigmaB,
  });
  return {
    x: plane.sigmaW,
    y: plane.sigmaB,
    columns: plane.columns,
    rows: plane.rows,
    regions: plane.regions,
    critical: plane.critical.map(place),
    contours: plane.contours.map(({ depth, rule, points }) => ({
      label: rule === null ? `ξ ${depth}` : `6ξ = ${rule} layers`,
      points: points.map(place),
    })),
    layers,
    probe,
    aimed,
    summary: `Plane of initializations for ${activation.name}: ${plane.critical.length > 1 ? "a critical line" : plane.critical.length === 1 ? "one critical point" : "no critical line"}, ${layers.length === 1 ? "1 layer" : `${layers.length} layers`}.`,
  };
}

/** What there is to say about a network before any picture. */
export function networkWords(network: NetworkPart, digits: number): readonly string[] {
  const words: string[] = [];
  if (network.refusal !== null) return [network.refusal];
  words.push(
    `${network.depth === 1 ? "1 layer" : `${network.depth} layers`} in ${network.order}. A plain chain is assumed: weights do not show skip connections that bear no telling name.`,
  );
  if (network.stage.stage !== "initial")
    words.push(
      `${network.stage.stage === "trained" ? "These weights are trained" : "Whether these weights are trained is not known"} (${network.stage.evidence}): points show their variances, but no χ₁ is claimed of them, since trained weights are no independent draws. Measured is χ̂.`,
    );
  if (network.claims && network.gradientFactor !== null)
    words.push(
      `From the last layer to the first the squared gradient changes by ×${numberText(network.gradientFactor, digits)}${
        network.bandFactor === null ? "" : `, spread by finite width ×e^±${numberText(Math.log(network.bandFactor), 2)}`
      }.${network.reliable ? "" : ` Σ1/n = ${numberText(network.aspect, 2)} is above 0.2: a spread is predicted, not a number.`}`,
    );
  const shifted = network.layers.filter(({ meanScore }) => Math.abs(meanScore) > 5);
  if (shifted.length > 0)
    words.push(
      `Not centred: ${shifted
        .slice(0, 3)
        .map(({ tensor, meanScore }) => `${tensor} (z = ${numberText(meanScore, 2)})`)
        .join(", ")}${shifted.length > 3 ? ` and ${shifted.length - 3} more` : ""}.`,
    );
  return words;
}

export function biasText({ sigmaB2, sigmaB2Error, biasState }: LayerPoint, digits: number): string {
  if (biasState === "absent") return "none";
  if (biasState === "too few") return "unknown (fewer than 10)";
  return `${numberText(sigmaB2, digits)} ± ${numberText(sigmaB2Error, 2)}`;
}

/** The critical point at the probe's σ_b, between two neighbours of the line; where no line passes there, the nearest of all. */
export function nearestCritical(
  line: readonly { readonly sigmaW: number; readonly sigmaB: number }[],
  probe: { readonly x: number; readonly y: number },
): { readonly x: number; readonly y: number } | null {
  const crossings = line.flatMap((one, k) => {
    const next = line[k + 1];
    if (next === undefined || (one.sigmaB - probe.y) * (next.sigmaB - probe.y) > 0 || one.sigmaB === next.sigmaB)
      return [];
    const share = (probe.y - one.sigmaB) / (next.sigmaB - one.sigmaB);
    return [{ x: one.sigmaW + share * (next.sigmaW - one.sigmaW), y: probe.y }];
  });
  const places = crossings.length > 0 ? crossings : line.map(({ sigmaW, sigmaB }) => ({ x: sigmaW, y: sigmaB }));
  const far = (place: { readonly x: number; readonly y: number }) => Math.hypot(place.x - probe.x, place.y - probe.y);
  return places.reduce<{ readonly x: number; readonly y: number } | null>(
    (best, place) => (best === null || far(place) < far(best) ? place : best),
    null,
  );
}
