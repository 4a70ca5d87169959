import { ModeScopeError } from "../../base/errors.ts";
import type { SemanticModesParameters } from "./types.ts";

const DEFAULTS: SemanticModesParameters = {
  as: "auto",
  items: null,
  convention: "sum",
  centre: false,
  count: 12,
  ridge: 0,
  gap: 1e-6,
  noise: null,
  geometry: "hidden",
  draws: 1000,
  tensor: null,
};

/** Checks what a panel or the command line asks for. */
export function readParameters(value: unknown): SemanticModesParameters {
  const given = Object(value) as Record<string, unknown>;
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(DEFAULTS, name));
  if (unknown !== undefined)
    throw new ModeScopeError("bad-request", `There is no parameter ${unknown}.`, {
      field: unknown,
      remedy: `Known parameters: ${Object.keys(DEFAULTS).join(", ")}.`,
    });
  const of = (name: keyof SemanticModesParameters): unknown =>
    given[name] === undefined ? DEFAULTS[name] : given[name];
  const word = <const Choice extends string>(
    name: keyof SemanticModesParameters,
    choices: readonly Choice[],
  ): Choice => {
    const found = choices.find((choice) => choice === of(name));
    if (found === undefined) throw refusal(name, `one of ${choices.join(", ")}`, of(name));
    return found;
  };
  const number = (name: keyof SemanticModesParameters, low: number, high: number, whole = false): number => {
    const found = of(name);
    if (typeof found === "number" && found >= low && found <= high && (!whole || Number.isSafeInteger(found)))
      return found;
    throw refusal(name, `${whole ? "a whole number" : "a number"} from ${low} to ${high}`, found);
  };
  const centre = of("centre");
  if (typeof centre !== "boolean") throw refusal("centre", "true or false", centre);
  const tensor = of("tensor");
  if (tensor !== null && typeof tensor !== "string") throw refusal("tensor", "a name", tensor);
  return {
    as: word("as", ["auto", "properties", "network"]),
    items: of("items") === null ? null : word("items", ["rows", "columns"]),
    convention: word("convention", ["sum", "mean"]),
    centre,
    count: number("count", 1, 64, true),
    ridge: number("ridge", 0, 1e6),
    gap: number("gap", 0, 0.5),
    noise: of("noise") === null ? null : number("noise", 0, Number.MAX_VALUE),
    geometry: word("geometry", ["hidden", "behaviour"]),
    draws: number("draws", 20, 10_000, true),
    tensor,
  };
}

function refusal(field: string, wanted: string, got: unknown): ModeScopeError {
  return new ModeScopeError("bad-request", `Parameter ${field} must be ${wanted}; it is ${JSON.stringify(got)}.`, {
    field,
  });
}
