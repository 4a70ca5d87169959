import { madd64, sum64 } from "./lanes";
import { gemv, gemvTransposed, symv } from "./vector";
import { edgeTile, packedA, packedB } from "./workspace";

// Small vectors of one sweep lie where a product would pack its operands.
const SECOND: usize = 65536;

/**
 * Bulge chasing on `work`; ../plain/band.ts explains sweeps and storage: element (i, j) lies at work + 8·(i·(2b − 1) + j + 2b − 1).
 * The two updates of a bulge, from the right and from the left, are one rank-2 update here: B − tau·u·vᵀ − tau′·v′·zᵀ.
 */
export function chase(work: usize, n: i32, b: i32): void {
  const row = <usize>(2 * b - 1) * 8;
  const origin = work + row;
  let v: usize = packedA();
  let next: usize = packedA() + SECOND;
  for (let j: i32 = 0; j + 2 < n; j++) {
    let top = j + 1;
    let height = min(b, n - top);
    let tau = reflector(v, origin + <usize>top * row + <usize>j * 8, row, height);
    while (true) {
      if (tau !== 0) rotateDiagonalBlock(origin + <usize>top * row + <usize>top * 8, row, height, v, tau);
      const below = top + height;
      const rows = min(b, n - below);
      if (rows === 0) break;
      tau = moveBulge(origin + <usize>below * row + <usize>top * 8, row, rows, height, v, tau, next);
      const spare = v;
      v = next;
      next = spare;
      top = below;
      height = rows;
    }
  }
}

/** H = I − tau·v·vᵀ with v₀ = 1 maps the column at `at` onto its first axis; the column becomes the result. Returns tau. */
function reflector(v: usize, at: usize, row: usize, length: i32): f64 {
  let tail: f64 = 0;
  for (let i: i32 = 1; i < length; i++) {
    const value = load<f64>(at + <usize>i * row);
    tail += value * value;
  }
  store<f64>(v, 1);
  if (tail === 0) {
    memory.fill(v + 8, 0, <usize>(length - 1) * 8);
    return 0;
  }
  const head = load<f64>(at);
  const norm = sqrt(head * head + tail);
  const beta = head > 0 ? -norm : norm;
  const inverse = 1 / (head - beta);
  for (let i: i32 = 1; i < length; i++) {
    const entry = at + <usize>i * row;
    store<f64>(v + <usize>i * 8, load<f64>(entry) * inverse);
    store<f64>(entry, 0);
  }
  store<f64>(at, beta);
  return (beta - head) / beta;
}

export function dot(x: usize, y: usize, n: i32): f64 {
  let sum = f64x2.splat(0);
  let i: i32 = 0;
  for (; i + 1 < n; i += 2) sum = madd64(v128.load(x + <usize>i * 8), v128.load(y + <usize>i * 8), sum);
  const rest = i < n ? load<f64>(x + <usize>i * 8) * load<f64>(y + <usize>i * 8) : 0;
  return sum64(sum) + rest;
}

/** Lower triangle of D := H·D·H = D − v·wᵀ − w·vᵀ. */
function rotateDiagonalBlock(d: usize, row: usize, n: i32, v: usize, tau: f64): void {
  const u = packedB();
  symv(n, u, d, row, v);
  const half = 0.5 * tau * dot(u, v, n);
  for (let i: i32 = 0; i < n; i++) {
    const at = <usize>i * 8;
    store<f64>(u + at, tau * (load<f64>(u + at) - half * load<f64>(v + at)));
  }
  for (let i: i32 = 0; i < n; i++) {
    subtractRow(d, i + 1, load<f64>(v + <usize>i * 8), u, load<f64>(u + <usize>i * 8), v);
    d += row;
  }
}

/** row := row − f·x − g·y. */
function subtractRow(at: usize, n: i32, f: f64, x: usize, g: f64, y: usize): void {
  const minusF = f64x2.splat(-f);
  const minusG = f64x2.splat(-g);
  let j: i32 = 0;
  for (; j + 1 < n; j += 2) {
    v128.store(at, madd64(v128.load(y), minusG, madd64(v128.load(x), minusF, v128.load(at))));
    at += 16;
    x += 16;
    y += 16;
  }
  if (j < n) store<f64>(at, load<f64>(at) - f * load<f64>(x) - g * load<f64>(y));
}

/** B := H′·B·H, where H′ (into `next`, its tau returned) clears the first column of B·H below its first element. */
function moveBulge(block: usize, row: usize, rows: i32, columns: i32, v: usize, tau: f64, next: usize): f64 {
  const u = packedB();
  const z = u + SECOND;
  // u = tau·B·v; the first column of B·H is that of B less u, as v₀ = 1.
  gemv<f64>(rows, columns, tau, block, row, v, 0, u);
  for (let i: i32 = 0; i < rows; i++) {
    const at = edgeTile() + <usize>i * 8;
    store<f64>(at, load<f64>(block + <usize>i * row) - load<f64>(u + <usize>i * 8));
  }
  const nextTau = reflector(next, edgeTile(), 8, rows);
  // z = tau′·(B·H)ᵀ·v′ = tau′·Bᵀ·v′ − tau′·(u·v′)·v.
  gemvTransposed<f64>(rows, columns, nextTau, block, row, next, 0, z);
  const inner = nextTau * dot(u, next, rows);
  for (let j: i32 = 0; j < columns; j++) {
    const at = <usize>j * 8;
    store<f64>(z + at, load<f64>(z + at) - inner * load<f64>(v + at));
  }
  for (let i: i32 = 0; i < rows; i++) {
    const at = block + <usize>i * row;
    subtractRow(at, columns, load<f64>(u + <usize>i * 8), v, load<f64>(next + <usize>i * 8), z);
    store<f64>(at, load<f64>(edgeTile() + <usize>i * 8));
  }
  return nextTau;
}
