import type { CancelToken } from "../../base/cancel.ts";
import { principalAngles } from "../../numerics/alignment/principalAngles.ts";
import { type DenseMatrix, frobeniusSquare, requireFinite } from "../../numerics/dense.ts";
import type { Matrix64 } from "../../numerics/similarity/matrix.ts";
import { exactSingularValues } from "../../numerics/svd/singularValues.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";
import type { ComparedTensor, WeightsCompareParameters } from "./types.ts";

/** Two matrices of one name and shape. */
export function compareMatrices(
  a: DenseMatrix,
  b: DenseMatrix,
  { modes, directions }: Pick<WeightsCompareParameters, "modes" | "directions">,
  cancel: CancelToken,
): Omit<ComparedTensor, "tensor" | "part"> {
  const { rows, columns } = a;
  requireFinite(a);
  requireFinite(b);
  const data = Float64Array.from(b.data, (value, at) => value - a.data[at]!);
  const change: DenseMatrix = { rows, columns, data };
  let cross = 0;
  for (let at = 0; at < data.length; at++) cross += a.data[at]! * b.data[at]!;
  const [first, second, difference] = [a, b, change].map(frobeniusSquare) as [number, number, number];
  const [sa, sb, sd] = [a, b, change].map((matrix) => exactSingularValues(matrix, { cancel }).values) as [
    Float64Array<ArrayBuffer>,
    Float64Array<ArrayBuffer>,
    Float64Array<ArrayBuffer>,
  ];
  const apart = sa.reduce((sum, value, at) => sum + (value - sb[at]!) ** 2, 0);
  const k = Math.min(directions, rows, columns);
  const [ta, tb] = [a, b].map((matrix) => topTriplets(matrix, k, { cancel }));
  const kept = Math.min(ta!.values.length, tb!.values.length);
  const stacked = (vectors: readonly Float64Array[], length: number): Matrix64 => {
    const out = new Float64Array(kept * length);
    for (let at = 0; at < kept; at++) out.set(vectors[at]!, at * length);
    return { rows: kept, columns: length, data: out };
  };
  const options = { cancel };
  return {
    rows,
    columns,
    relativeChange: first > 0 ? Math.sqrt(difference / first) : Number.NaN,
    cosine: first > 0 && second > 0 ? cross / Math.sqrt(first * second) : Number.NaN,
    norms: [Math.sqrt(first), Math.sqrt(second)],
    spectra: [sa.slice(0, modes), sb.slice(0, modes)],
    change: sd.slice(0, modes),
    spectralDistance: first > 0 ? Math.sqrt(apart / first) : Number.NaN,
    changeStableRank: sd.length > 0 && sd[0]! > 0 ? difference / sd[0]! ** 2 : 0,
    outputAngles: principalAngles(stacked(ta!.left, rows), stacked(tb!.left, rows), options),
    inputAngles: principalAngles(stacked(ta!.right, columns), stacked(tb!.right, columns), options),
    randomOverlap: [kept / rows, kept / columns],
  };
}
