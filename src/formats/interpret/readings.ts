import { ModeScopeError } from "../../base/errors.ts";
import { globMatcher } from "../../base/glob.ts";
import {
  AXIS_LAYOUTS,
  type AxisLayout,
  TENSOR_ROLES,
  type TensorInfo,
  type TensorReading,
  type TensorRole,
  type TensorUse,
} from "../../base/tensor.ts";
import type { Checkpoint } from "../types.ts";

/** Patterns that one person writes: each costs a look at every name. */
const MAX_READINGS = 1000;

/**
 * What a person says about tensors, believed before names, shapes and the file itself. A name that is spelled out beats a pattern,
 * a later pattern an earlier one. The readings become part of the version, so that results of another reading are other results.
 */
export function withReadings(checkpoint: Checkpoint, readings: readonly TensorReading[]): Checkpoint {
  if (readings.length === 0) return checkpoint;
  const exact = new Map(readings.map((reading) => [reading.pattern, reading]));
  const patterns = readings
    .filter(({ pattern }) => /[*?]/.test(pattern))
    .map((reading) => ({ reading, matches: globMatcher(reading.pattern) }))
    .reverse();
  const readingOf = (name: string) => exact.get(name) ?? patterns.find(({ matches }) => matches(name))?.reading;
  return {
    ...checkpoint,
    tensors: checkpoint.tensors.map((tensor): TensorInfo => {
      const reading = readingOf(tensor.name);
      return reading === undefined ? tensor : { ...tensor, use: useOf(tensor.use, reading) };
    }),
    version: `${checkpoint.version} read-as ${JSON.stringify(readings)}`,
    read: checkpoint.read.bind(checkpoint),
    close: checkpoint.close.bind(checkpoint),
  };
}

/** Axes and parts of another use fall with it: they belong to the role and the layout that are no longer so. */
function useOf(use: TensorUse | undefined, { role, layout }: TensorReading): TensorUse {
  const said = [role ?? "", layout === undefined ? "" : LAYOUT_WORDS[layout]].filter((word) => word !== "").join(", ");
  return {
    ...(role === undefined ? (use?.role === undefined ? {} : { role: use.role }) : { role }),
    ...(layout === undefined ? (use?.layout === undefined ? {} : { layout: use.layout }) : { layout }),
    evidence: `read as ${said} because you said so`,
  };
}

export const LAYOUT_WORDS: Readonly<Record<AxisLayout, string>> = {
  "out-in": "(out, in)",
  "in-out": "(in, out)",
  none: "no linear map",
};

/** `{"encoder.*.weight": {"role": "weight", "layout": "in-out"}}` as the setting holds it. What is not understood is said, and left out. */
export function readingsOfSetting(value: unknown): {
  readonly readings: readonly TensorReading[];
  readonly problems: readonly string[];
} {
  const readings: TensorReading[] = [];
  const problems: string[] = [];
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { readings, problems: ["The readings of tensors are no object of patterns."] };
  for (const [pattern, wish] of Object.entries(value).slice(0, MAX_READINGS)) {
    const { role, layout } = (wish ?? {}) as { readonly role?: unknown; readonly layout?: unknown };
    const badRole = role !== undefined && !isRole(role);
    const badLayout = layout !== undefined && !isLayout(layout);
    if (badRole || badLayout || (role === undefined && layout === undefined)) {
      problems.push(
        `${pattern}: a role (${TENSOR_ROLES.join(", ")}) or a layout (${AXIS_LAYOUTS.join(", ")}) is needed.`,
      );
      continue;
    }
    readings.push({ pattern, ...(isRole(role) ? { role } : {}), ...(isLayout(layout) ? { layout } : {}) });
  }
  return { readings, problems };
}

/** `encoder.*.weight=weight,in-out` as the command line takes it: a role, a layout, or both. */
export function readingOfText(text: string): TensorReading {
  const cut = text.lastIndexOf("=");
  const words =
    cut < 1
      ? []
      : text
          .slice(cut + 1)
          .split(",")
          .map((word) => word.trim());
  const role = words.find(isRole);
  const layout = words.find((word): word is AxisLayout => isLayout(word));
  const understood = words.length > 0 && words.every((word) => word === role || word === layout);
  if (!understood)
    throw new ModeScopeError("bad-request", `${text} is no reading of a tensor.`, {
      field: "read-as",
      remedy: `Write PATTERN=ROLE, PATTERN=LAYOUT or PATTERN=ROLE,LAYOUT; roles: ${TENSOR_ROLES.join(" ")}; layouts: ${AXIS_LAYOUTS.join(" ")}.`,
    });
  return {
    pattern: text.slice(0, cut),
    ...(role === undefined ? {} : { role }),
    ...(layout === undefined ? {} : { layout }),
  };
}

/** What came over the wire. */
export function readReadings(value: unknown): readonly TensorReading[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ModeScopeError("bad-request", "Readings are a list.", { field: "readings" });
  const entries = value.map((one: unknown): [string, unknown] => {
    const pattern = (one as { pattern?: unknown } | null)?.pattern;
    if (typeof pattern !== "string")
      throw new ModeScopeError("bad-request", "A reading needs a pattern.", { field: "readings" });
    return [pattern, one];
  });
  return readingsOfSetting(Object.fromEntries(entries)).readings;
}

function isRole(value: unknown): value is TensorRole {
  return TENSOR_ROLES.some((role) => role === value);
}

function isLayout(value: unknown): value is AxisLayout {
  return AXIS_LAYOUTS.some((layout) => layout === value);
}
