import { RULES } from "../../lint/rules/registry.ts";
import type { Severity } from "../../lint/types.ts";
import { rulePage } from "../../protocol/rulePages.ts";
import { printable } from "../terminal.ts";
import type { FileFinding } from "./lintFiles.ts";

export const FORMS = ["text", "json", "sarif", "junit", "github"] as const;
export type Form = (typeof FORMS)[number];

function place({ file, line, column, cell, tensor }: FileFinding): string {
  const where = line === null ? "" : `${cell === null ? "" : `:cell ${cell}`}:${line}:${column ?? 1}`;
  return `${file}${where}${tensor === null ? "" : ` ${tensor}`}`;
}

export function textForm(findings: readonly FileFinding[]): string {
  return findings.map((one) => `${printable(`${place(one)}: ${one.severity} ${one.rule} ${one.message}`)}\n`).join("");
}

/** Workflow commands of GitHub Actions: findings appear in the files of a pull request. */
export function githubForm(findings: readonly FileFinding[]): string {
  const escaped = (text: string) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = (text: string) => escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  const words: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", information: "notice" };
  return findings
    .map((one) => {
      const at = one.line === null || one.cell !== null ? "" : `,line=${one.line},col=${one.column ?? 1}`;
      return `::${words[one.severity]} file=${property(one.file)}${at},title=${one.rule}::${escaped(one.tensor === null ? one.message : `${one.tensor}: ${one.message}`)}\n`;
    })
    .join("");
}

/**
 * SARIF 2.1.0 (OASIS), as code scanning takes it. Lines of a notebook's cell are no lines of its file: they, and tensors, are logical locations. The test holds
 * it to the published JSON schema.
 */
export function sarifForm(findings: readonly FileFinding[], version: string): string {
  const levels: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", information: "note" };
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        columnKind: "utf16CodeUnits",
        tool: {
          driver: {
            name: "ModeScope",
            version,
            informationUri: "https://github.com/modescope/modescope",
            rules: RULES.map(({ id, title, severity }) => ({
              id,
              shortDescription: { text: title },
              helpUri: rulePage(id),
              defaultConfiguration: { level: levels[severity] },
            })),
          },
        },
        results: findings.map(({ rule, severity, message, file, line, column, cell, tensor }) => ({
          ruleId: rule,
          ruleIndex: RULES.findIndex(({ id }) => id === rule),
          level: levels[severity],
          message: { text: tensor === null ? message : `${tensor}: ${message}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: {
                  uri: whole(file).replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/"),
                },
                ...(line === null || cell !== null ? {} : { region: { startLine: line, startColumn: column ?? 1 } }),
              },
              ...logical(cell === null ? tensor : `cell ${cell}, line ${line ?? 1}`),
            },
          ],
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function logical(name: string | null) {
  return name === null ? {} : { logicalLocations: [{ fullyQualifiedName: name }] };
}

/** Halves of pairs, and what is no character, can stand neither in a URI nor in XML. */
function whole(text: string): string {
  return text.replace(/[\p{Surrogate}\ufffe\uffff]/gu, "\ufffd");
}

/** One test case a file, one failure a finding. */
export function junitForm(files: readonly string[], findings: readonly FileFinding[]): string {
  const escaped = (text: string) =>
    whole(printable(text))
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;");
  const cases = files.map((file) => {
    const mine = findings.filter((one) => one.file === file);
    const failures = mine
      .map(
        (one) =>
          `      <failure type="${one.rule}" message="${escaped(one.message)}">${escaped(`${place(one)}: ${one.severity}`)}</failure>\n`,
      )
      .join("");
    return mine.length === 0
      ? `    <testcase classname="modescope.lint" name="${escaped(file)}"/>\n`
      : `    <testcase classname="modescope.lint" name="${escaped(file)}">\n${failures}    </testcase>\n`;
  });
  const failed = new Set(findings.map(({ file }) => file)).size;
  const counts = `tests="${files.length}" failures="${failed}" errors="0"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n  <testsuite name="modescope lint" ${counts} skipped="0">\n${cases.join("")}  </testsuite>\n</testsuites>\n`;
}
