/**
 * Symmetric band → tridiagonal by bulge chasing, in plain TypeScript; the interface in ../types.ts states layout and sources.
 *
 * Sweep j makes column j tridiagonal with a reflector on rows j + 1 … j + b. From the right it fills the block below it; only the first column of
 * that bulge is cleared at once, by the next reflector, which moves on b rows; the rest waits for the next sweep. At most 2b − 1 subdiagonals
 * are ever in use, so the matrix is held as n rows of 2b: then element (i, j) lies at i·(2b − 1) + j + (2b − 1), an ordinary dense block.
 * Cost about 6·n²·b flops. Backward stable: |Δλ| of a few ε·‖A‖. Squares of the entries must neither overflow nor underflow.
 */
export function bandToTridiagonal64(
  diagonal: Float64Array,
  subdiagonal: Float64Array,
  band: Float64Array,
  bandwidth: number,
): void {
  const n = diagonal.length;
  const width = bandwidth + 1;
  if (bandwidth > 1) chase(band, n, bandwidth);
  for (let i = 0; i < n; i++) {
    diagonal[i] = band[i * width] as number;
    if (i > 0) subdiagonal[i - 1] = bandwidth > 0 ? (band[i * width + 1] as number) : 0;
  }
}

function chase(band: Float64Array, n: number, b: number): void {
  const stride = 2 * b - 1;
  const work = new Float64Array(n * 2 * b);
  for (let i = 0; i < n; i++) {
    for (let d = 0; d <= Math.min(b, i); d++) work[i * stride + i - d + stride] = band[i * (b + 1) + d] as number;
  }
  const v = new Float64Array(b);
  const next = new Float64Array(b);
  const scratch = new Float64Array(b);
  for (let j = 0; j + 2 < n; j++) {
    let top = j + 1;
    let height = Math.min(b, n - top);
    let tau = reflector(v, work, stride + top * stride + j, stride, height);
    for (;;) {
      rotateDiagonalBlock(work, stride + top * stride + top, stride, height, v, tau, scratch);
      const below = top + height;
      const rows = Math.min(b, n - below);
      if (rows === 0) break;
      tau = moveBulge(work, stride + below * stride + top, stride, rows, height, v, tau, next);
      v.set(next.subarray(0, rows));
      top = below;
      height = rows;
    }
  }
  for (let i = 0; i < n; i++) {
    band[i * (b + 1)] = work[i * stride + i + stride] as number;
    if (i > 0) band[i * (b + 1) + 1] = work[i * stride + i - 1 + stride] as number;
  }
}

/** H = I − tau·v·vᵀ, v₀ = 1, maps the column at `at` onto its first axis; the column is overwritten by the result. Returns tau. */
function reflector(v: Float64Array, data: Float64Array, at: number, stride: number, length: number): number {
  let tail = 0;
  for (let i = 1; i < length; i++) tail += (data[at + i * stride] as number) ** 2;
  v.fill(0, 0, length);
  v[0] = 1;
  if (tail === 0) return 0;
  const head = data[at] as number;
  const norm = Math.sqrt(head * head + tail);
  const beta = head > 0 ? -norm : norm;
  for (let i = 1; i < length; i++) {
    v[i] = (data[at + i * stride] as number) / (head - beta);
    data[at + i * stride] = 0;
  }
  data[at] = beta;
  return (beta - head) / beta;
}

/** D := H·D·H for the symmetric diagonal block whose lower triangle starts at `at`: D − v·wᵀ − w·vᵀ. */
function rotateDiagonalBlock(
  data: Float64Array,
  at: number,
  stride: number,
  n: number,
  v: Float64Array,
  tau: number,
  w: Float64Array,
): void {
  if (tau === 0) return;
  w.fill(0, 0, n);
  for (let i = 0; i < n; i++) {
    const row = at + i * stride;
    const vi = v[i] as number;
    let sum = 0;
    for (let j = 0; j < i; j++) {
      const value = data[row + j] as number;
      sum += value * (v[j] as number);
      w[j] = (w[j] as number) + value * vi;
    }
    w[i] = sum + (data[row + i] as number) * vi;
  }
  let inner = 0;
  for (let i = 0; i < n; i++) inner += (w[i] as number) * (v[i] as number);
  for (let i = 0; i < n; i++) w[i] = tau * ((w[i] as number) - 0.5 * tau * inner * (v[i] as number));
  for (let i = 0; i < n; i++) {
    const row = at + i * stride;
    const vi = v[i] as number;
    const wi = w[i] as number;
    for (let j = 0; j <= i; j++)
      data[row + j] = (data[row + j] as number) - vi * (w[j] as number) - wi * (v[j] as number);
  }
}

/** B := H′·B·H, where H′ (returned as `next` and its tau) clears the first column of B·H below its first element. */
function moveBulge(
  data: Float64Array,
  at: number,
  stride: number,
  rows: number,
  columns: number,
  v: Float64Array,
  tau: number,
  next: Float64Array,
): number {
  for (let i = 0; i < rows && tau !== 0; i++) {
    const row = at + i * stride;
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += (data[row + j] as number) * (v[j] as number);
    sum *= tau;
    for (let j = 0; j < columns; j++) data[row + j] = (data[row + j] as number) - sum * (v[j] as number);
  }
  const nextTau = reflector(next, data, at, stride, rows);
  for (let j = 1; j < columns && nextTau !== 0; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += (data[at + i * stride + j] as number) * (next[i] as number);
    sum *= nextTau;
    for (let i = 0; i < rows; i++) {
      data[at + i * stride + j] = (data[at + i * stride + j] as number) - sum * (next[i] as number);
    }
  }
  return nextTau;
}
