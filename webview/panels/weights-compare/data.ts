import type { ComparedTensor, WeightsCompareResult } from "../../../src/studies/weights-compare/types.ts";
import type { BandPointsData } from "../../charts/bandPoints.ts";

export const nameOf = ({ tensor, part }: ComparedTensor): string => (part === null ? tensor : `${tensor} [${part}]`);

const points = (values: ArrayLike<number>) => Array.from(values, (y) => ({ y, low: null, high: null }));

/** How far every tensor moved, beside what is left if singular vectors are forgiven. */
export function changeData({ tensors, files }: WeightsCompareResult): BandPointsData {
  return {
    name: "weights-change",
    title: `${files[0]} → ${files[1]}: change of every weight`,
    places: tensors.map(nameOf),
    series: [
      { label: "relative change ‖ΔW‖/‖W‖", points: points(tensors.map(({ relativeChange }) => relativeChange)) },
      { label: "of the spectrum alone", points: points(tensors.map(({ spectralDistance }) => spectralDistance)) },
      { label: "cosine of A and B", points: points(tensors.map(({ cosine }) => cosine)) },
    ],
    band: null,
    yTitle: "",
  };
}

/** Leading singular values of one tensor in both files, and of its change. */
export function spectraData({ files }: WeightsCompareResult, tensor: ComparedTensor): BandPointsData {
  const [a, b] = tensor.spectra;
  return {
    name: "weights-spectra",
    title: `${nameOf(tensor)}: leading singular values`,
    places: Array.from(a, (_, k) => `${k + 1}`),
    series: [
      { label: files[0] === files[1] ? "A" : files[0], points: points(a) },
      { label: files[0] === files[1] ? "B" : files[1], points: points(b) },
      { label: "ΔW", points: points(tensor.change) },
    ],
    band: null,
    yTitle: "σ",
  };
}

/** Mean cos² of the principal angles on a side; beside it stands what random subspaces have. */
export function overlap(angles: ArrayLike<number>): number {
  const all = Array.from(angles, (angle) => Math.cos(angle) ** 2);
  return all.length === 0 ? Number.NaN : all.reduce((sum, value) => sum + value, 0) / all.length;
}
