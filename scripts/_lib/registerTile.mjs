// Writes the innermost loop of the matrix products in AssemblyScript: a register tile of `rows` × `vectors` vectors of 16 bytes, depth unrolled.
// As text and not by hand, because each of its accumulators must be a local variable of its own to stay in a register.

const LANES = {
  f64: { count: 2, load: "v128.load64_splat", madd: "madd64" },
  f32: { count: 4, load: "v128.load32_splat", madd: "madd32" },
};
const UNROLL = 4;

const range = (length) => Array.from({ length }, (_, index) => index);

/** One step of depth: a column of the panel of A times a row of the panel of B. */
function step(type, rows, vectors, at) {
  const { load, madd } = LANES[type];
  const size = type === "f64" ? 8 : 4;
  const lines = range(vectors).map((j) => `b${j} = v128.load(b, ${(at * vectors + j) * 16});`);
  for (const i of range(rows)) {
    lines.push(`a0 = ${load}(a, ${(at * rows + i) * size});`);
    for (const j of range(vectors)) lines.push(`c${i}${j} = ${madd}(a0, b${j}, c${i}${j});`);
  }
  return lines;
}

function tile(type, rows, vectors) {
  const { count, madd } = LANES[type];
  const size = 16 / count;
  const shape = `${type}x${count}`;
  const steps = (from) => range(from).flatMap((at) => step(type, rows, vectors, at));
  const advance = (by) => [`a += ${by * rows * size};`, `b += ${by * vectors * 16};`];
  const each = (write) => range(rows).flatMap((i) => [...range(vectors).map((j) => write(i, j)), "c += row;"]);
  return [
    `export function tile${size * 8}(depth: i32, a: usize, b: usize, c: usize, row: usize, alpha: ${type}, beta: ${type}): void {`,
    ...range(rows).flatMap((i) => range(vectors).map((j) => `let c${i}${j} = ${shape}.splat(0);`)),
    ...range(vectors).map((j) => `let b${j} = ${shape}.splat(0);`),
    `let a0 = ${shape}.splat(0);`,
    `for (let p = depth >> ${Math.log2(UNROLL)}; p > 0; p--) {`,
    ...steps(UNROLL),
    ...advance(UNROLL),
    "}",
    `for (let p = depth & ${UNROLL - 1}; p > 0; p--) {`,
    ...steps(1),
    ...advance(1),
    "}",
    `const scale = ${shape}.splat(alpha);`,
    "if (beta === 0) {",
    ...each((i, j) => `v128.store(c, ${shape}.mul(scale, c${i}${j}), ${j * 16});`),
    "} else {",
    `const keep = ${shape}.splat(beta);`,
    ...each(
      (i, j) => `v128.store(c, ${madd}(scale, c${i}${j}, ${shape}.mul(keep, v128.load(c, ${j * 16}))), ${j * 16});`,
    ),
    "}",
    "}",
  ];
}

/** Panels of `../assembly/panels.ts`: 24 rows a panel, 8 columns of X. */
const PANEL = 24;
const WIDTH = 8;
const PANEL_KINDS = {
  32: { type: "f32", size: 4, splat: (offset) => `v128.load32_splat(a, ${offset})` },
  64: { type: "f64", size: 8, splat: (offset) => `v128.load64_splat(a, ${offset})` },
};

/**
 * out[i] += Σₚ a(i, p)·x[p] for a tile of `rows` × `vectors` vectors: `forward` walks along the columns of a panel (a·X), `backward` along its rows (aᵀ·X).
 */
function panelTile(direction, kind, rows, vectors) {
  const { type, size, splat } = PANEL_KINDS[kind];
  const { count, madd } = LANES[type];
  const shape = `${type}x${count}`;
  const forward = direction === "forward";
  const [across, along] = forward ? [size, PANEL * size] : [PANEL * size, size];
  const row = WIDTH * (16 / count);
  const steps = (from) =>
    range(from).flatMap((at) => [
      ...range(vectors).map((j) => `b${j} = v128.load(x, ${at * row + j * 16});`),
      ...range(rows).flatMap((i) => [
        `a0 = ${splat(i * across + at * along)};`,
        ...range(vectors).map((j) => `c${i}${j} = ${madd}(a0, b${j}, c${i}${j});`),
      ]),
    ]);
  const loop = (count, body) => [
    `for (let p = ${count}; p > 0; p--) {`,
    ...steps(body),
    `a += ${body * along};`,
    `x += ${body * row};`,
    "}",
  ];
  return [
    `export function ${direction}${kind}(depth: i32, a: usize, x: usize, out: usize): void {`,
    ...range(rows).flatMap((i) => range(vectors).map((j) => `let c${i}${j} = ${shape}.splat(0);`)),
    ...range(vectors).map((j) => `let b${j} = ${shape}.splat(0);`),
    `let a0 = ${shape}.splat(0);`,
    // Depths are multiples of 4: the driver pads the columns to 12, a panel has 24 rows.
    ...loop("depth >> 2", UNROLL),
    // All loads of a row before its stores: with a store between them an engine could not join neighbours.
    ...range(rows).flatMap((i) => [
      ...range(vectors).map((j) => `b${j} = ${shape}.add(v128.load(out, ${i * row + j * 16}), c${i}${j});`),
      ...range(vectors).map((j) => `v128.store(out, b${j}, ${i * row + j * 16});`),
    ]),
    "}",
  ];
}

/**
 * Σ over `count` places of the products of three matrices with three others, lane by lane: nine sums in order at `out`. From one place to the next is `step` bytes.
 */
function pairTile(type, vectors) {
  const { madd } = LANES[type];
  const shape = `${type}x${LANES[type].count}`;
  const three = range(3);
  const loads = (name, from) => range(vectors).map((v) => `${name}${v} = v128.load(${from}, ${v * 16});`);
  return [
    `export function pairs${type.slice(1)}(count: i32, step: usize, ${three.map((i) => `a${i}: usize, `).join("")}${three.map((j) => `b${j}: usize, `).join("")}out: usize): void {`,
    ...three.flatMap((i) => three.flatMap((j) => range(vectors).map((v) => `let c${i}${j}${v} = ${shape}.splat(0);`))),
    ...range(vectors).flatMap((v) => ["x", "y0", "y1", "y2"].map((name) => `let ${name}${v} = ${shape}.splat(0);`)),
    "for (; count > 0; count--) {",
    ...three.flatMap((j) => loads(`y${j}`, `b${j}`)),
    ...three.flatMap((i) => [
      ...loads("x", `a${i}`),
      ...three.flatMap((j) => range(vectors).map((v) => `c${i}${j}${v} = ${madd}(x${v}, y${j}${v}, c${i}${j}${v});`)),
    ]),
    ...three.flatMap((i) => [`a${i} += step;`, `b${i} += step;`]),
    "}",
    ...three.flatMap((i) =>
      three.flatMap((j) =>
        range(vectors).map((v) => `v128.store(out, c${i}${j}${v}, ${((i * 3 + j) * vectors + v) * 16});`),
      ),
    ),
    "}",
  ];
}

/** The module `./tile` that `assembly/` imports: c := alpha·(panel of A)·(panel of B) + beta·c, steps in bytes; with beta 0 c is not read. */
export function registerTiles({ rows, vectors, panel, pair }) {
  return [
    'import { madd32, madd64 } from "./lanes";',
    `export const ROWS: i32 = ${rows};`,
    `export const COLUMNS64: i32 = ${vectors * 2};`,
    `export const COLUMNS32: i32 = ${vectors * 4};`,
    ...tile("f64", rows, vectors),
    ...tile("f32", rows, vectors),
    `export const PANEL_TILE: i32 = ${panel.rows};`,
    `export const PASSES: i32 = ${4 / panel.vectors};`,
    `export const PAIR_VECTORS: i32 = ${pair.vectors};`,
    ...pairTile("f64", pair.vectors),
    ...pairTile("f32", pair.vectors),
    ...["forward", "backward"].flatMap((direction) => [
      ...panelTile(direction, "32", panel.rows, 2),
      ...panelTile(direction, "64", panel.rows, panel.vectors),
    ]),
  ].join("\n");
}
