import { readFileSync } from "node:fs";

type Schema = Readonly<Record<string, unknown>>;
const ROOT = JSON.parse(readFileSync(new URL("../../docs/cli-json.schema.json", import.meta.url), "utf8")) as Schema;
const KNOWN = new Set(
  "$schema $defs $ref title type const enum required properties additionalProperties items minimum oneOf anyOf allOf".split(
    " ",
  ),
);

/** What is wrong with a document, as "path: why"; none if it keeps to docs/cli-json.schema.json. Knows the keywords that the schema uses, and no others. */
export function schemaErrors(value: unknown, schema: Schema = ROOT, path = "$"): string[] {
  const unknown = Object.keys(schema).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw new Error(`This check does not know the schema keyword ${unknown.join(", ")}.`);
  const errors: string[] = [];
  const fail = (why: string) => void errors.push(`${path}: ${why}`);
  if (typeof schema.$ref === "string") errors.push(...schemaErrors(value, resolve(schema.$ref), path));
  if (
    schema.type !== undefined &&
    schema.type !== typeOf(value) &&
    !(schema.type === "number" && typeOf(value) === "integer")
  )
    fail(`${typeOf(value)} instead of ${schema.type}`);
  if ("const" in schema && value !== schema.const) fail(`${JSON.stringify(value)} instead of ${schema.const}`);
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) fail(`${JSON.stringify(value)} is not allowed`);
  if (typeof schema.minimum === "number" && typeof value === "number" && value < schema.minimum) fail("too small");
  for (const one of schemas(schema.allOf)) errors.push(...schemaErrors(value, one, path));
  for (const key of ["anyOf", "oneOf"] as const) {
    if (schema[key] === undefined) continue;
    const tried = schemas(schema[key]).map((one) => schemaErrors(value, one, path));
    const fitting = tried.filter((found) => found.length === 0).length;
    if (fitting === 0) errors.push(...[...tried].sort((a, b) => depth(b) - depth(a))[0]!);
    if (key === "oneOf" && fitting > 1) fail("fits more than one branch");
  }
  if (typeof value !== "object" || value === null) return errors;
  if (Array.isArray(value)) {
    if (schema.items !== undefined)
      for (const [index, item] of value.entries())
        errors.push(...schemaErrors(item, schema.items as Schema, `${path}[${index}]`));
    return errors;
  }
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Schema>>;
  for (const name of (schema.required ?? []) as string[]) if (!Object.hasOwn(value, name)) fail(`${name} is missing`);
  for (const [name, item] of Object.entries(value)) {
    const own = properties[name] ?? (schema.additionalProperties as Schema | false | undefined);
    if (own === false) fail(`${name} is not known`);
    else if (own !== undefined) errors.push(...schemaErrors(item, own, `${path}.${name}`));
  }
  return errors;
}

/** The branch that went deepest before it failed says most about what is wrong. */
function depth(errors: readonly string[]): number {
  return Math.max(...errors.map((error) => error.split(":", 1)[0]?.length ?? 0));
}

function schemas(value: unknown): readonly Schema[] {
  return (value ?? []) as readonly Schema[];
}

function resolve(reference: string): Schema {
  const name = reference.replace("#/$defs/", "");
  const found = (ROOT.$defs as Readonly<Record<string, Schema>>)[name];
  if (found === undefined) throw new Error(`The schema refers to ${reference}, which it does not define.`);
  return found;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}
