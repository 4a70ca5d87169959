/**
 * Classical multidimensional scaling: points in few dimensions whose distances come closest to those given.
 * Definition: eigenvectors of −½·H·D²·H by their largest eigenvalues, times the root of these. Source: Torgerson 1952; Gower 1966.
 * Special cases: negative eigenvalues mean that the distances are no Euclidean ones; their share is returned, and such axes are left at zero. Signs: the
 * entry of largest size is positive. Error: a few n·ε. Cost: 14/3·n³ flops.
 */
import { SingularValueDecomposition, Matrix as Small } from "ml-matrix";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { dense } from "../eigen/block.ts";
import { symmetricEigen, symmetricEigenBytes } from "../eigen/symmetricEigen.ts";
import { loadKernels } from "../kernels/load.ts";
import type { Matrix64, Watched } from "./matrix.ts";

export interface Scaling {
  /** n × dimensions. */
  readonly points: Matrix64;
  /** Of −½·H·D²·H, descending. */
  readonly eigenvalues: Float64Array<ArrayBuffer>;
  /** Σ|negative eigenvalues| / Σ|eigenvalues|. */
  readonly negativeShare: number;
}

export function classicalScaling({ rows: n, data }: Matrix64, dimensions: number, options: Watched = {}): Scaling {
  const { cancel = NEVER_CANCELLED, kernels = loadKernels() } = options;
  const b = Float64Array.from(data, (d) => -0.5 * d * d);
  const mean = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) mean[i]! += b[i * n + j]! / n;
  const all = mean.reduce((total, value) => total + value / n, 0);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) b[i * n + j]! += all - mean[i]! - mean[j]!;
  return kernels.memory.scope(16 * n * n + symmetricEigenBytes(n), () => {
    const [a, vectors] = [kernels.memory.float64(n * n), kernels.memory.float64(n * n)];
    a.set(b);
    const values = symmetricEigen(kernels, dense(a, n, n), dense(vectors, n, n), { cancel, progress() {} });
    const order = Array.from(values.keys()).sort((x, y) => values[y]! - values[x]!);
    const points = new Float64Array(n * dimensions);
    for (let k = 0; k < Math.min(dimensions, n); k++) {
      const from = order[k]!;
      const vector = vectors.subarray(from * n, (from + 1) * n);
      const top = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
      const size = Math.sqrt(Math.max(0, values[from]!)) * Math.sign(top || 1);
      for (let i = 0; i < n; i++) points[i * dimensions + k] = size * vector[i]!;
    }
    let [negative, total] = [0, 0];
    for (const value of values) {
      if (value < 0) negative -= value;
      total += Math.abs(value);
    }
    return {
      points: { rows: n, columns: dimensions, data: points },
      eigenvalues: Float64Array.from(order, (from) => values[from]!),
      negativeShare: total > 0 ? negative / total : 0,
    };
  });
}

/** `points` shifted, turned and mirrored (never stretched) onto `target` as well as it goes: bootstrap draws of one map are shown in one frame. */
export function alignedTo(target: Matrix64, points: Matrix64): Matrix64 {
  const { rows: n, columns: k } = target;
  const centre = ({ data }: Matrix64) => {
    const mean = new Float64Array(k);
    for (let at = 0; at < data.length; at++) mean[at % k]! += data[at]! / n;
    return { mean, matrix: matrixOf(data, mean, n, k) };
  };
  const [to, from] = [centre(target), centre(points)];
  const svd = new SingularValueDecomposition(from.matrix.transpose().mmul(to.matrix));
  const turned = from.matrix.mmul(svd.leftSingularVectors.mmul(svd.rightSingularVectors.transpose()));
  const data = Float64Array.from(
    { length: n * k },
    (_, at) => turned.get(Math.floor(at / k), at % k) + to.mean[at % k]!,
  );
  return { rows: n, columns: k, data };
}

function matrixOf(data: Float64Array<ArrayBuffer>, mean: Float64Array<ArrayBuffer>, n: number, k: number): Small {
  const out = new Small(n, k);
  for (let i = 0; i < n; i++) for (let j = 0; j < k; j++) out.set(i, j, data[i * k + j]! - mean[j]!);
  return out;
}
