// How right a decomposition is, by its definition: orthogonality of both sides and residual, in plain float64 loops.

/** `smaller`, `larger`: rows are the vectors. Gives { orthogonality: max |QQᵀ − I| of both sides, residual: max ‖Av − σu‖/σ₁ of both sides }. */
export function defects({ rows, columns, data }, { values, smaller, larger }) {
  const [left, right] = rows < columns ? [smaller, larger] : [larger, smaller];
  return {
    orthogonality: Math.max(departure(smaller), departure(larger)),
    residual: values[0] === 0 ? 0 : residual({ rows, columns, data }, values, left, right) / values[0],
  };
}

function departure({ data, rows: count, columns: length, stride }) {
  let worst = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let dot = 0;
      for (let k = 0; k < length; k++) dot += data[i * stride + k] * data[j * stride + k];
      worst = Math.max(worst, Math.abs(dot - (i === j ? 1 : 0)));
    }
  }
  return worst;
}

function residual({ rows, columns, data }, values, left, right) {
  let worst = 0;
  for (const [k, sigma] of values.entries()) {
    const u = left.data.subarray(k * left.stride, k * left.stride + rows);
    const v = right.data.subarray(k * right.stride, k * right.stride + columns);
    const back = new Float64Array(columns);
    const forth = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      let dot = 0;
      for (let j = 0; j < columns; j++) {
        const value = data[i * columns + j];
        dot += value * v[j];
        back[j] += value * u[i];
      }
      forth[i] = dot - sigma * u[i];
    }
    worst = Math.max(worst, norm(forth), norm(back.map((value, j) => value - sigma * v[j])));
  }
  return worst;
}

/** Without overflow for huge matrices, without underflow for tiny ones. */
function norm(x) {
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return 0;
  return largest * Math.sqrt(x.reduce((sum, value) => sum + (value / largest) ** 2, 0));
}
