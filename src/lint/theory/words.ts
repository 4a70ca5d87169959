/** Numbers and formulas as the messages write them. */

export function figure(value: number): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : Number.isNaN(value) ? "?" : "−∞";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(1).replace("e+", "e").replace("-", "−");
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

/** e^x as a power of ten, where the number itself may be out of range. */
export function powerOfTen(logarithm: number): string {
  const exponent = logarithm / Math.LN10;
  return Math.abs(exponent) < 3 ? figure(Math.exp(logarithm)) : `1e${Math.round(exponent)}`.replace("-", "−");
}

export function layers(count: number): string {
  return `${figure(count)} layer${count === 1 ? "" : "s"}`;
}

export const WIDE = "infinitely wide layers, independent weights of mean 0";

export function inputAssumption(inputMoment: number): string {
  return `inputs of second moment q⁰ = ${figure(inputMoment)}`;
}
