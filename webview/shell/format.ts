/** A number as a person reads it: `text` on screen, `title` with all that the text leaves out. */
export interface Formatted {
  readonly text: string;
  readonly title: string;
}

/** Arguments may be null: JSON hops (webview messages) turn NaN and ±Infinity into it. */
export type MaybeNumber = number | null | undefined;

const NOT_A_NUMBER: Formatted = { text: "–", title: "not a number (no finite value to take it from)" };
const MINUS = "\u2212";

/** `digits` significant digits; scientific notation below 1e-3 and from 1e6 on, so that columns stay narrow. */
export function formatNumber(value: MaybeNumber, digits = 4, unit = ""): Formatted {
  if (value === null || value === undefined || Number.isNaN(value)) return NOT_A_NUMBER;
  const suffix = unit === "" ? "" : ` ${unit}`;
  if (!Number.isFinite(value)) return { text: value > 0 ? "∞" : `${MINUS}∞`, title: `${value}${suffix}` };
  return { text: significant(value, digits) + suffix, title: `${value}${suffix}` };
}

function significant(value: number, digits: number): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  const rounded = Number(magnitude.toPrecision(digits));
  if (rounded >= 1e6 || rounded < 1e-3) {
    const [mantissa = "", exponent = "0"] = magnitude.toExponential(digits - 1).split("e");
    return `${sign}${trimZeros(mantissa)}e${exponent.replace("+", "").replace("-", MINUS)}`;
  }
  // An integer shows whole: 123456 at four digits is not 123500.
  if (Number.isInteger(magnitude)) return `${sign}${magnitude}`;
  return sign + trimZeros(magnitude.toPrecision(digits));
}

function trimZeros(text: string): string {
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

export function formatBytes(bytes: MaybeNumber): Formatted {
  if (bytes === null || bytes === undefined || !Number.isFinite(bytes)) return NOT_A_NUMBER;
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const text = unit === 0 ? String(bytes) : trimZeros(value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0));
  return { text: `${text} ${BYTE_UNITS[unit]}`, title: `${group(bytes)} bytes` };
}

const COUNT_UNITS = ["", " k", " M", " G", " T"] as const;

/** Counts below 10,000 in full, larger ones to three digits with k, M, G, T; the title always has all digits. */
export function formatCount(count: MaybeNumber, noun = ""): Formatted {
  if (count === null || count === undefined || !Number.isFinite(count)) return NOT_A_NUMBER;
  const title = noun === "" ? group(count) : `${group(count)} ${noun}`;
  if (count < 10_000) return { text: group(count), title };
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < COUNT_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return { text: `${trimZeros(value.toPrecision(3))}${COUNT_UNITS[unit]}`, title };
}

/** Digits in threes, by a narrow no-break space as SI writes them. */
function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

export function formatDuration(milliseconds: MaybeNumber): Formatted {
  if (milliseconds === null || milliseconds === undefined || !Number.isFinite(milliseconds)) return NOT_A_NUMBER;
  const title = `${significant(milliseconds, 6)} ms`;
  if (milliseconds < 1000) return { text: `${significant(milliseconds, 3)} ms`, title };
  const seconds = milliseconds / 1000;
  if (seconds < 60) return { text: `${significant(seconds, 3)} s`, title };
  const whole = Math.round(seconds);
  if (whole < 3600) return { text: `${Math.floor(whole / 60)} min ${whole % 60} s`, title };
  return { text: `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`, title };
}

/** "512 × 1024"; a scalar says so. */
export function formatShape(shape: readonly number[]): Formatted {
  if (shape.length === 0) return { text: "scalar", title: "no axes: one number" };
  return { text: shape.join(" × "), title: `shape (${shape.join(", ")})` };
}
