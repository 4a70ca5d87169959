import { ModeScopeError } from "../../base/errors.ts";
import type { ParameterSchema, ParameterValues } from "../types.ts";

type ValueOf<S extends ParameterSchema> = S extends {
  readonly type: "choice";
  readonly choices: readonly (infer Choice)[];
}
  ? Choice
  : S extends { readonly type: "boolean" }
    ? boolean
    : S extends { readonly type: "text" }
      ? string
      : number;

type ParametersOf<Schema extends Readonly<Record<string, ParameterSchema>>> = {
  readonly [Name in keyof Schema]: ValueOf<Schema[Name]>;
};

/** Checks what was asked against the schema and fills in the defaults; unknown names and values outside are a bad request. */
export function readParameters<const Schema extends Readonly<Record<string, ParameterSchema>>>(
  schema: Schema,
  values: ParameterValues,
): ParametersOf<Schema> {
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(schema, name));
  if (unknown !== undefined) {
    const known = Object.keys(schema);
    const remedy = known.length === 0 ? "This analysis takes no parameters." : `Known parameters: ${known.join(", ")}.`;
    throw new ModeScopeError("bad-request", `There is no parameter ${unknown}.`, { field: unknown, remedy });
  }
  const read = Object.entries(schema).map(([name, rule]) => {
    const value = Object.hasOwn(values, name) ? values[name] : rule.default;
    const problem = problemOf(rule, value);
    if (problem !== null) {
      throw new ModeScopeError("bad-request", `Parameter ${name} must be ${problem}; it is ${shown(value)}.`, {
        field: name,
      });
    }
    return [name, value];
  });
  return Object.fromEntries(read) as ParametersOf<Schema>;
}

function problemOf(rule: ParameterSchema, value: number | string | boolean | undefined): string | null {
  switch (rule.type) {
    case "boolean":
      return typeof value === "boolean" ? null : "true or false";
    case "text":
      return typeof value === "string" && value.length <= rule.longest
        ? null
        : `text of at most ${rule.longest} characters`;
    case "choice":
      return typeof value === "string" && rule.choices.includes(value) ? null : `one of ${rule.choices.join(", ")}`;
    default: {
      const kind = rule.type === "integer" ? "a whole number" : "a number";
      const right =
        typeof value === "number" && (rule.type === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value));
      return right && value >= rule.minimum && value <= rule.maximum
        ? null
        : `${kind} from ${rule.minimum} to ${rule.maximum}`;
    }
  }
}

/** As much of it as a person reads. */
function shown(value: number | string | boolean | undefined): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
