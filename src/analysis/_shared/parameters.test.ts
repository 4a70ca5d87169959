import { expect, test } from "vitest";
import { readParameters } from "./parameters.ts";

const schema = {
  bins: { type: "integer", minimum: 0, maximum: 10, default: 4, description: "" },
  width: { type: "number", minimum: 0, maximum: 1, default: 0.5, description: "" },
  order: { type: "choice", choices: ["file", "mode"], default: "file", description: "" },
  all: { type: "boolean", default: false, description: "" },
} as const;

test("fills in defaults and keeps what is given", () => {
  expect(readParameters(schema, {})).toEqual({ bins: 4, width: 0.5, order: "file", all: false });
  expect(readParameters(schema, { bins: 10, order: "mode", all: true })).toEqual({
    bins: 10,
    width: 0.5,
    order: "mode",
    all: true,
  });
});

test.each([
  ["bins", 11],
  ["bins", -1],
  ["bins", 1.5],
  ["bins", "4"],
  ["width", Number.NaN],
  ["order", "other"],
  ["all", 1],
  ["unknown", 1],
  ["toString", 1],
])("%s = %s is a bad request that names the field", (field, value) => {
  expect(() => readParameters(schema, { [field]: value })).toThrow(
    expect.objectContaining({ code: "bad-request", details: expect.objectContaining({ field }) }),
  );
});
