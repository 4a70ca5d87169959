/** Digits that are written: a millionth of σ is finer than any initialization's own spread. */
const DIGITS = 6;

/** A number as Python code has it. */
export function written(value: number): string {
  const text = String(Number(value.toPrecision(DIGITS)));
  return /[.e]/.test(text) ? text : `${text}.0`;
}
