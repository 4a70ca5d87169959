// The demonstrations of docs/initialization.md: their acceptance numbers, and that the page says what they say.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { demonstrations } from "./demos/index.ts";
import { renderPage, renderPicture } from "./demos/render.ts";
import type { Demo } from "./demos/types.ts";

const trained = JSON.parse(readFileSync(new URL("../fixtures/theory/trained-depth.json", import.meta.url), "utf8"));
const demos = new Map<string, Demo>(demonstrations(trained).map((demo) => [demo.id, demo]));
const rows = (id: string) => demos.get(id)!.rows as readonly (readonly number[])[];
const row = (id: string, first: number | string) =>
  demos.get(id)!.rows.find((one) => one[0] === first)! as readonly number[];

/** Relative. */
function near(value: number, wanted: number, tolerance: number): void {
  expect(Math.abs(value / wanted - 1), `${value} for ${wanted}`).toBeLessThan(tolerance);
}

test("Poole: q* .607047, 4.079124, 12.604150; c* 1, .122104, .029696", () => {
  const wanted = [
    [0.607047, 1],
    [4.079124, 0.122104],
    [12.60415, 0.029696],
  ];
  for (const [k, [q, c]] of wanted.entries()) {
    near(rows("transient-chaos")[k]![1]!, q!, 1e-6);
    near(rows("transient-chaos")[k]![2]!, c!, 2e-5);
  }
});

test("Poole: metric and curvature by the recursion, and a drawn network within a fifth of it", () => {
  const wanted = [
    [4.079124, 0.245150682],
    [6.466328, 1.582507611],
    [10.250584, 2.426146291],
    [16.249479, 2.958334974],
  ];
  for (const [k, [metric, curvature]] of wanted.entries()) {
    const [, theory, drawn, bend, drawnBend] = rows("curvature")[k]!;
    near(theory!, metric!, 1e-6);
    near(bend!, curvature!, 1e-6);
    near(drawn!, metric!, 0.2);
    near(drawnBend!, curvature!, 0.2);
  }
});

test("Schoenholz: networks in reach of 6ξ_c were trained, those far beyond were not, and gradients changed as χ₁^(L−2) within their errors and the drift of the first layers", () => {
  expect(demos.get("trainability")!.words[0]).toContain("σ_w² = 1.760955");
  for (const [depth, weight, reach, predicted, measured, error, accuracy] of demos.get("trainability")!
    .rows as readonly (readonly [number, number, number | string, number, number, number, number])[]) {
    const within = reach === "∞" || depth <= Number(reach);
    // In the ordered phase, where nothing explodes, the rule of thumb decides as it should.
    if (weight < 1.7 && within) expect(accuracy, `${depth} ${weight}`).toBeGreaterThan(0.9);
    if (weight < 1.7 && depth > 2 * Number(reach)) expect(accuracy, `${depth} ${weight}`).toBeLessThan(0.5);
    // Three standard errors, and e^1.5 for the activity of layers that have not settled.
    expect(Math.abs(Math.log(measured / predicted)), `${depth} ${weight}`).toBeLessThan(3 * error + 1.5);
  }
});

test("Hayou: l²(1 − c) tends to 44.413 for ReLU, l(1 − c) to 6.1711 for tanh", () => {
  const last = row("critical-decay", 10000);
  near(last[1]!, 44.41322, 0.005);
  near(last[2]!, 6.171126, 0.005);
  near(row("critical-decay", 1000)[1]!, 43.12973253850494, 1e-7);
});

test("Saxe: s_max² from 4 to 273.186, and draws of width 100 around it; gain 1 is between order and chaos", () => {
  for (const [depth, edge] of [
    [1, 4],
    [2, 6.75],
    [5, 14.92992],
    [10, 28.53116706],
    [50, 137.2709895],
    [100, 273.1861968],
  ] as const) {
    near(row("product-spectra", depth)[1]!, edge, 1e-8);
    expect(Math.abs(Math.log(row("product-spectra", depth)[2]! / edge))).toBeLessThan(0.2 + 4 * Math.sqrt(depth / 100));
  }
  const [below, at, above] = rows("orthogonal-tanh");
  expect(below![2]!).toBeLessThan(1e-3);
  expect(at![2]!).toBeGreaterThan(0.01);
  expect(at![1]!).toBeLessThan(1.01);
  expect(above![1]! / above![3]!).toBeGreaterThan(10 * (at![1]! / at![3]!));
});

test("Pennington: .342 a layer for orthogonal tanh against 1 for orthogonal ReLU, 1.342 and 2 for Gaussian; draws within a fifth", () => {
  const wanted = [1.342256078, 0.342256078, 2, 1];
  for (const [k, theory] of wanted.entries()) {
    const [, , value, drawn] = demos.get("isometry")!.rows[k]! as unknown as [string, string, number, number];
    near(value, theory, 1e-8);
    near(drawn, theory, 0.25);
  }
});

test("Xiao: λ = .8047 a layer for equal taps, 1 for the middle tap alone", () => {
  near(row("space", 1)[1]!, 0.8047378541, 1e-9);
  for (const [layer, theory, drawn, , delta] of rows("space")) {
    near(drawn!, theory!, 0.1 + 0.05 * layer!);
    near(delta!, 1, 0.25);
  }
});

test("Yang: 1.2112 a layer of the norm, and a drawn batch-norm network near it; Yang and Schoenholz: 1.0638√L", () => {
  const [theory, drawn, rms] = demos.get("norm-explodes")!.rows as unknown as readonly (readonly [
    string,
    number,
    number,
  ])[];
  near(theory![1], 1.211173896, 1e-8);
  near(theory![2], 1.466942207, 1e-8);
  near(drawn![1], 1.2117, 0.03);
  near(rms![2], 1, 1e-12);
  near(row("residual-growth", 10000)[3]!, 1.077, 1e-3);
  expect(demos.get("residual-growth")!.words[0]).toContain("1.063846");
});

test("PyTorch's default through 20 ReLU layers leaves 2.7e-16; the audit of GPT-2", () => {
  near(row("defaults", "relu")[3]!, 2.735111e-16, 1e-6);
  near(row("defaults", "relu")[2]!, 1 / 6, 1e-12);
  const values = demos.get("gpt-2")!.rows.map(([, value]) => value as number);
  const wanted = [
    0.3072, 0.09437184, 0.0040824829, 0.005452011159870836, 0.0039321600000000005, 3.84e-6, 0.06627021391845002, 1.5721,
  ];
  for (const [k, value] of wanted.entries()) near(values[k]!, value, k === 7 ? 5e-3 : 1e-7);
});

/** A number in the page, or the words between two. */
const PARTS = /(\d+(?:\.\d+)?(?:e[-+]?\d+)?)/;

/** The same words, and numbers that differ by two percent at most: sums of draws differ in their last digits from one processor to another. */
function same(written: string, computed: string): void {
  // The formatter lines up the columns of tables.
  const words = (text: string) => text.replace(/ +/g, " ").replace(/-{3,}/g, "---").split(PARTS);
  const [page, now] = [words(written), words(computed)];
  expect(page).toHaveLength(now.length);
  for (const [k, part] of now.entries()) {
    if (k % 2 === 1 && Number(part) !== 0) near(Number(page[k]), Number(part), 0.02);
    else expect(page[k]).toBe(part);
  }
}

const docs = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

test("docs/initialization.md and its pictures say what the demonstrations say (`npm run initialization` writes them)", () => {
  same(docs("initialization.md"), renderPage([...demos.values()]));
  const drawn = [...demos.values()].filter(({ picture }) => picture !== undefined);
  expect(drawn.length).toBeGreaterThan(3);
  for (const { id, picture } of drawn) same(docs(`images/initialization/${id}.svg`), renderPicture(picture!));
});
