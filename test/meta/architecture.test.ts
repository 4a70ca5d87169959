// The rules of .dependency-cruiser.cjs can fail: each has a miniature tree under its name in known-bad/architecture that breaks it.
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SAMPLES = fileURLToPath(new URL("known-bad/architecture/", import.meta.url));
const CONFIG = `${ROOT}.dependency-cruiser.cjs`;

interface Rules {
  readonly forbidden: readonly { readonly name: string }[];
  readonly allowed: readonly { readonly comment: string }[];
}
const rules: Rules = createRequire(import.meta.url)(CONFIG);
const forbidden = rules.forbidden.map((rule) => rule.name);
const layers = rules.allowed.map((rule) => rule.comment);

/** What must be refused in each sample, as "from → to"; each arrow breaks one sentence of docs/ARCHITECTURE.md's table. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "no-circular": ["src/base/back.ts → src/base/bad.ts"],
  "formats-are-siblings": ["src/formats/one/bad.ts → src/formats/two/target.ts"],
  "analyses-are-siblings": ["src/analysis/one/bad.ts → src/analysis/two/target.ts"],
  "studies-are-siblings": ["src/studies/one/bad.ts → src/studies/two/target.ts"],
  "panels-are-siblings": ["webview/panels/one/bad.ts → webview/panels/two/target.ts"],
  "parts-know-no-panel": [
    "webview/parts/bad.ts → webview/panels/one/target.ts",
    "webview/report/bad.ts → webview/panels/one/target.ts",
  ],
  "vscode-only-in-extension": ["src/cli/bad.ts → vscode"],
  "toolkit-only-in-ui": ["webview/panels/one/bad.ts → @vscode/webview-ui-toolkit"],
  "charts-send-no-messages": [
    "webview/charts/bad.ts → src/protocol/peer.ts",
    "webview/charts/bad.ts → webview/panels/one/target.ts",
    "webview/charts/bad.ts → webview/shell/target.ts",
  ],
  base: ["src/base/bad.ts → fflate", "src/base/bad.ts → src/numerics/target.ts"],
  numerics: ["src/numerics/bad.ts → fs", "src/numerics/bad.ts → src/formats/target.ts"],
  formats: [
    "src/formats/bad.ts → src/analysis/target.ts",
    "src/formats/bad.ts → src/numerics/target.ts",
    "src/formats/bad.ts → zlib",
  ],
  analysis: ["src/analysis/bad.ts → src/engine/target.ts", "src/analysis/bad.ts → src/protocol/target.ts"],
  lint: ["src/lint/bad.ts → src/engine/target.ts", "src/lint/bad.ts → src/formats/one/target.ts"],
  series: ["src/series/bad.ts → src/analysis/one/target.ts", "src/series/bad.ts → src/engine/target.ts"],
  studies: ["src/studies/bad.ts → src/engine/target.ts", "src/studies/bad.ts → src/protocol/target.ts"],
  protocol: ["src/protocol/bad.ts → src/analysis/one/target.ts", "src/protocol/bad.ts → src/engine/target.ts"],
  engine: [
    "src/engine/bad.ts → src/extension/target.ts",
    "src/engine/bad.ts → src/platform/node/target.ts",
    "src/engine/bad.ts → worker_threads",
  ],
  "platform-shared": ["src/platform/bad.ts → fs", "src/platform/bad.ts → src/extension/target.ts"],
  "platform-node": [
    "src/platform/node/bad.ts → http",
    "src/platform/node/bad.ts → src/extension/target.ts",
    "src/platform/node/bad.ts → src/platform/browser/target.ts",
  ],
  "platform-browser": ["src/platform/browser/bad.ts → fs", "src/platform/browser/bad.ts → src/platform/node/target.ts"],
  extension: [
    "src/extension/bad.ts → fs",
    "src/extension/bad.ts → src/formats/one/target.ts",
    "src/extension/bad.ts → src/numerics/target.ts",
  ],
  cli: [
    "src/cli/bad.ts → src/extension/target.ts",
    "src/cli/bad.ts → src/platform/browser/target.ts",
    "src/cli/bad.ts → webview/target.ts",
  ],
  webview: [
    "webview/bad.ts → ml-matrix",
    "webview/bad.ts → src/analysis/one/target.ts",
    "webview/bad.ts → src/engine/target.ts",
    "webview/bad.ts → src/extension/target.ts",
  ],
};

/** Rules that fire together: `vscode` outside the extension is off the allow-list as well. */
const ALSO: Readonly<Record<string, readonly string[]>> = { "vscode-only-in-extension": ["not-in-allowed"] };

async function violations(baseDir: string, folders: readonly string[]) {
  const options = await extractOptions(CONFIG);
  const { output } = await cruise([...folders], { ...options, baseDir });
  return (output as ICruiseResult).summary.violations.map(({ rule, from, to }) => ({
    rule: rule.name,
    arrow: `${from} → ${to.replace(/^.*node_modules\/((@[^/]+\/)?[^/]+)\/.*$/, "$1")}`,
  }));
}

test("the tree keeps every rule", async () => {
  expect(await violations(ROOT, ["src", "webview"])).toEqual([]);
});

test("each rule and each layer has a sample, and each sample a rule", () => {
  const samples = readdirSync(SAMPLES).sort();
  expect(samples).toEqual([...forbidden, ...layers].sort());
  expect(samples).toEqual(Object.keys(ARROWS).sort());
});

test.each(Object.entries(ARROWS))("%s refuses its sample, and nothing else does", async (name, arrows) => {
  const found = await violations(`${SAMPLES}${name}`, readdirSync(`${SAMPLES}${name}`));
  const expected = forbidden.includes(name) ? [name, ...(ALSO[name] ?? [])] : ["not-in-allowed"];
  expect([...new Set(found.map(({ rule }) => rule))].sort()).toEqual(expected.sort());
  expect([...new Set(found.map(({ arrow }) => arrow))].sort()).toEqual(arrows);
});
