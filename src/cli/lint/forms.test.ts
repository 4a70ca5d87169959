// SARIF beside its published schema, JUnit beside the rules of XML and of its own counts: of real sources, and of names that nobody should give a file.
import { readdirSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../lint/types.ts";
import { junitForm, sarifForm } from "./forms.ts";
import { type FileFinding, lintFile } from "./lintFiles.ts";
import { elementsOf } from "./xml.testkit.ts";

const HISTORICAL = "test/fixtures/lint/historical";
const HOSTILE: readonly FileFinding[] = [
  at({ file: "a b/ä#?%.py", message: `<&>"' \u0000\u001b[31m ]]> \ud800 \uffff &amp;` }),
  at({ file: "C:\\net\\x.ipynb", cell: 3, line: 2, column: 5, severity: "error" }),
  at({ file: "half\udc00.pt", line: null, column: null, tensor: 'w"<0>', severity: "information", rule: "MF022" }),
  at({ file: "half\udc00.pt", line: null, column: null, tensor: "b" }),
];
let real: readonly FileFinding[] = [];
let files: readonly string[] = [];

function at(facts: Partial<FileFinding>): FileFinding {
  const usual = { file: "x.py", rule: "MF006", message: "m", line: 1, column: 1, cell: null, tensor: null } as const;
  return { severity: "warning", ...usual, ...facts };
}

beforeAll(async () => {
  files = readdirSync(HISTORICAL)
    .filter((name) => name.endsWith(".py"))
    .map((name) => `${HISTORICAL}/${name}`);
  const linted = [];
  for (const file of files) linted.push(await lintFile(file, DEFAULT_SETTINGS));
  real = linted.flatMap(({ findings }) => findings);
});

describe("SARIF", () => {
  const {
    $schema: _draft,
    id,
    ...schema
  } = JSON.parse(readFileSync("test/fixtures/sarif/sarif-2.1.0-rtm.5.json", "utf8"));
  const ajv = new Ajv({
    allErrors: true,
    strictTypes: false,
    // One pattern of the schema has a lone bracket, which only expressions without the flag u allow.
    unicodeRegExp: false,
    formats: {
      uri: (text: string) => URL.canParse(text) && /^[\w.~:/?#[\]@!$&'()*+,;=%-]+$/.test(text),
      "uri-reference": (text: string) =>
        /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[\dA-F]{2})*$/i.test(text) && URL.canParse(text, "file:///"),
      "date-time": (text: string) => !Number.isNaN(Date.parse(text)),
    },
  });
  // Draft 4 says `id` where later drafts say `$id`; what else they changed the schema does not use.
  const valid = ajv.compile({ ...schema, $id: id });
  const errors = (log: unknown) => (valid(log) ? [] : (valid.errors ?? []));

  test("the check can fail", () => {
    const log = JSON.parse(sarifForm([at({ line: 0 })], "1.0.0"));
    expect(errors(log).map(({ instancePath }) => instancePath)).toEqual([
      "/runs/0/results/0/locations/0/physicalLocation/region/startLine",
    ]);
    expect(errors({ version: "2.1.0" })).toHaveLength(1);
    const spaced = JSON.parse(sarifForm([at({})], "1.0.0").replace('"uri": "x.py"', '"uri": "x y.py"'));
    expect(errors(spaced).map(({ keyword }) => keyword)).toEqual(["format"]);
  });

  test.each([
    ["no finding", () => []],
    ["every historical bug", () => real],
    ["names and messages that break out", () => HOSTILE],
  ])("%s", (_what, findings) => {
    const log = JSON.parse(sarifForm(findings(), "1.2.3"));
    expect(errors(log)).toEqual([]);
    const [run] = log.runs;
    expect(run.results).toHaveLength(findings().length);
    for (const [index, result] of run.results.entries()) {
      expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
      const { uri } = result.locations[0].physicalLocation.artifactLocation;
      expect(decodeURIComponent(uri)).toBe(
        findings()
          [index]?.file.replaceAll("\\", "/")
          .replace(/\p{Surrogate}/gu, "\ufffd"),
      );
    }
  });

  test("a cell's line is none of the file's, and a tensor has none: both are logical locations", () => {
    const [, cell, tensor] = JSON.parse(sarifForm(HOSTILE, "1.2.3")).runs[0].results.map(
      ({ locations }: { locations: readonly unknown[] }) => locations[0],
    );
    expect(cell.physicalLocation).not.toHaveProperty("region");
    expect(cell.logicalLocations).toEqual([{ fullyQualifiedName: "cell 3, line 2" }]);
    expect(tensor.logicalLocations).toEqual([{ fullyQualifiedName: 'w"<0>' }]);
  });
});

describe("JUnit", () => {
  test.each([
    ["no finding", () => ["x.py"], () => []],
    ["every historical bug", () => files, () => real],
    [
      "names and messages that break out",
      () => [...new Set(HOSTILE.map(({ file }) => file)), "clean.py"],
      () => HOSTILE,
    ],
  ])("%s: well formed, and every count is that of what it counts", (_what, of, findings) => {
    const elements = elementsOf(junitForm(of(), findings()));
    const named = (name: string) => elements.filter((one) => one.name === name);
    expect(new Set(elements.map(({ name, parent }) => `${parent}>${name}`))).toEqual(
      new Set([
        ">testsuites",
        "testsuites>testsuite",
        "testsuite>testcase",
        ...(findings().length > 0 ? ["testcase>failure"] : []),
      ]),
    );
    const failed = new Set(findings().map(({ file }) => file)).size;
    const counts = { tests: String(of().length), failures: String(failed), errors: "0" };
    expect(named("testsuites").map(({ attributes }) => attributes)).toEqual([counts]);
    expect(named("testsuite").map(({ attributes }) => attributes)).toEqual([
      { name: "modescope lint", ...counts, skipped: "0" },
    ]);
    expect(named("testcase")).toHaveLength(of().length);
    for (const { attributes } of named("testcase")) {
      expect(Object.keys(attributes)).toEqual(["classname", "name"]);
      expect(attributes.classname).toBe("modescope.lint");
    }
    expect(new Set(named("testcase").map(({ attributes }) => attributes.name)).size).toBe(of().length);
    const failures = named("failure");
    expect(failures.map(({ attributes }) => attributes.type).sort()).toEqual(
      findings()
        .map(({ rule }) => rule)
        .sort(),
    );
    for (const { attributes, text } of failures) {
      expect(Object.keys(attributes)).toEqual(["type", "message"]);
      expect(text).toMatch(/: (?:error|warning|information)$/);
    }
  });

  test("messages come out as they went in, but for what no XML can hold", () => {
    const [failure] = elementsOf(junitForm([HOSTILE[0]?.file ?? ""], HOSTILE.slice(0, 1))).filter(
      ({ name }) => name === "failure",
    );
    expect(failure?.attributes.message).toBe(`<&>"' \ufffd\ufffd[31m ]]> \ufffd \ufffd &amp;`);
  });
});
