/** Place of the i-th cell as MATLAB writes it: `3` in a vector, `2,1` in a matrix. Cells are kept column by column. */
export function cellIndex(shape: readonly number[], i: number): string {
  const long = shape.filter((size) => size !== 1).length;
  if (long <= 1) return String(i + 1);
  let rest = i;
  return shape
    .map((size) => {
      const at = rest % Math.max(1, size);
      rest = Math.floor(rest / Math.max(1, size));
      return String(at + 1);
    })
    .join(",");
}
