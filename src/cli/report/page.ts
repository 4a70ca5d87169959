import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ModeScopeError } from "../../base/errors.ts";
import type { PanelContext } from "../../protocol/contract.ts";
import { encodeRecording, type RecordedAnswer } from "../../protocol/recording.ts";

export interface Report {
  /** What the page is called: "Semantic modes of data.csv". */
  readonly title: string;
  /** Id of the panel that draws it, and the part of it that it is about. */
  readonly panel: string;
  readonly section?: string;
  /** What it is about, for the heading: never a whole path of this machine. */
  readonly files: readonly string[];
  readonly answers: readonly RecordedAnswer[];
  /** The same in words, for readers without scripts and for search. */
  readonly text: string;
}

/**
 * Writes a page that needs nothing else: the panel that the editor shows, with its answers recorded. It loads nothing from anywhere (its content policy
 * says so), and runs only the scripts that it was written with.
 */
export async function writeReport(
  path: string,
  report: Report,
  assets = join(__dirname, "..", "webview"),
): Promise<void> {
  try {
    await writeFile(path, await reportPage(report, assets));
  } catch (error) {
    throw new ModeScopeError(
      "source-missing",
      `The report cannot be written to ${path}: ${error instanceof Error ? error.message : String(error)}`,
      { remedy: "Name a file in a folder that is there, with --html FILE." },
      { cause: error },
    );
  }
}

async function reportPage({ title, panel, section, files, answers, text }: Report, assets: string): Promise<string> {
  const asset = (name: string) => readFile(join(assets, name), "utf8");
  const [shim, main, icons, style, theme] = await Promise.all(
    ["report.js", "main.js", "codicon.css", "main.css", "report.css"].map(asset),
  );
  const font = (await readFile(join(assets, "codicon.ttf"))).toString("base64");
  const named = files.map((name) => ({ uri: name, name }));
  const context: PanelContext = {
    panel,
    uri: files[0] ?? "",
    files: named,
    target: null,
    section: section ?? null,
    settings: { exactSpectrumLimit: 1024, significantDigits: 4 },
  };
  const scripts = [shim, main].map((source) => inScript(String(source)));
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map((source) => `'sha256-${createHash("sha256").update(source).digest("base64")}'`).join(" ")}`,
    "style-src 'unsafe-inline'",
    "font-src data:",
    "img-src data: blob:",
  ].join("; ");
  const iconStyle = String(icons).replace(/url\([^)]*\)/g, `url(data:font/ttf;base64,${font})`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="ModeScope">
<title>${escaped(title)}</title>
<style>
${[theme, iconStyle, style].map((css) => inStyle(String(css))).join("\n")}
</style>
</head>
<body data-panel="${escaped(panel)}">
<div id="root"></div>
<noscript><h1>${escaped(title)}</h1><pre>${escaped(text)}</pre></noscript>
<script type="application/json" id="modescope-recording">${inJson(encodeRecording({ context, answers }))}</script>
<script>${scripts[0]}</script>
<script>${scripts[1]}</script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** Nothing in a script may look like its end or like a comment of the page: an escaped "<" means the same in strings and patterns. */
function inScript(source: string): string {
  return source.replace(/^\/\/# sourceMappingURL=.*$/m, "").replace(/<(?=\/script|script|!--)/gi, "\\x3C");
}

function inStyle(css: string): string {
  return css.replace(/\/\*# sourceMappingURL=.*?\*\//g, "").replace(/<\/style/gi, "<\\/style");
}

function inJson(json: string): string {
  return json.replaceAll("<", "\\u003c");
}
