// The arrows of the house: an import that no rule here allows is an error. Each rule has a sample that breaks it, under its name in
// test/meta/known-bad/architecture; a rule without one fails a test.
/** What the files of a layer may import; an allow-list's entries have no names, so the comment is the name. */
const layer = (name, from, may) => ({ comment: name, from: { path: from }, to: { path: may } });
const BASE = "^src/base/";
const PURE_PACKAGES = "node_modules/(fflate|fzstd|ml-matrix|d3-dsv)/";

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "formats-are-siblings",
      severity: "error",
      from: { path: "^src/formats/([^/_]+)/" },
      to: { path: "^src/formats/([^/_]+)/", pathNot: "^src/formats/($1|interpret)/" },
    },
    {
      name: "analyses-are-siblings",
      severity: "error",
      from: { path: "^src/analysis/([^/_]+)/" },
      to: { path: "^src/analysis/([^/_]+)/", pathNot: "^src/analysis/$1/" },
    },
    {
      name: "studies-are-siblings",
      severity: "error",
      from: { path: "^src/studies/([^/_]+)/" },
      to: { path: "^src/studies/([^/_]+)/", pathNot: "^src/studies/$1/" },
    },
    {
      name: "panels-are-siblings",
      severity: "error",
      from: { path: "^webview/panels/([^/]+)/" },
      to: { path: "^webview/panels/([^/]+)/", pathNot: "^webview/panels/$1/" },
    },
    {
      name: "parts-know-no-panel",
      severity: "error",
      from: { path: "^webview/(parts|report)/" },
      to: { path: "^webview/panels/" },
    },
    {
      name: "vscode-only-in-extension",
      severity: "error",
      from: { pathNot: "^(src/extension|test)/" },
      to: { path: "^vscode$|@types/vscode" },
    },
    {
      name: "toolkit-only-in-ui",
      severity: "error",
      from: { pathNot: "^webview/shell/ui\\.ts$" },
      to: { path: "webview-ui-toolkit" },
    },
    {
      name: "charts-send-no-messages",
      severity: "error",
      from: { path: "^webview/charts/" },
      to: { path: "^src/protocol/(peer|frames)|^webview/(shell|panels)/" },
    },
  ],
  allowedSeverity: "error",
  allowed: [
    layer("base", BASE, BASE),
    layer("numerics", "^src/numerics/", `${BASE}|^src/numerics/|${PURE_PACKAGES}`),
    layer("formats", "^src/formats/", `${BASE}|^src/formats/|${PURE_PACKAGES}`),
    layer("analysis", "^src/analysis/", `${BASE}|^src/(numerics|formats|analysis)/|${PURE_PACKAGES}`),
    layer("series", "^src/series/", `${BASE}|^src/(numerics|series)/|^src/formats/types\\.ts|^src/analysis/_shared/`),
    layer("studies", "^src/studies/", `${BASE}|^src/(numerics|formats|analysis|lint|series|studies)/|${PURE_PACKAGES}`),
    layer(
      "lint",
      "^src/lint/",
      `${BASE}|^src/(numerics|lint)/|^src/formats/types\\.ts|node_modules/@lezer/(python|common|lr|highlight)/`,
    ),
    layer("protocol", "^src/protocol/", `${BASE}|^src/protocol/|^src/(analysis|formats|lint|studies)/types\\.ts`),
    layer("engine", "^src/engine/", `${BASE}|^src/(formats|analysis|lint|studies|protocol|engine)/`),
    layer(
      "platform-shared",
      "^src/platform/[^/]+\\.ts$",
      `${BASE}|^src/(engine|protocol|platform)/|node_modules/onnxruntime-(web|common)/`,
    ),
    layer(
      "platform-node",
      "^src/platform/node/",
      `${BASE}|^src/(engine|protocol)/|^src/platform/([^/]+\\.ts$|node/)|^(node:)?(worker_threads|child_process|fs|fs/promises|path|url|os|crypto|v8)$`,
    ),
    layer(
      "platform-browser",
      "^src/platform/browser/",
      `${BASE}|^src/(engine|protocol)/|^src/platform/([^/]+\\.ts$|browser/)`,
    ),
    layer(
      "extension",
      "^src/extension/",
      `${BASE}|^src/(engine|protocol|extension|platform)/|^src/analysis/[^/]+(/types)?\\.ts|^src/studies/[^/]+/types\\.ts|^src/formats/(registry|types|folders|interpret/readings)\\.ts|^src/lint/types\\.ts|^vscode$|@types/vscode|^#platform`,
    ),
    layer(
      "cli",
      "^src/cli/",
      `${BASE}|^src/(engine|protocol|analysis|lint|series|studies|formats|cli)/|^src/platform/node/|^(node:)?(path|url|util|fs|fs/promises|os|crypto)$`,
    ),
    layer(
      "webview",
      "^webview/",
      `^webview/|${BASE}|^src/protocol/|^src/(analysis|lint|studies)/types\\.ts|^src/(analysis|studies)/[^/]+/types\\.ts|^src/formats/types\\.ts|node_modules/(lit|@vscode/webview-ui-toolkit)/|\\.css$`,
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Only our own declarations: those of packages are what an import of the package resolves to, and leaving them out would hide it.
    exclude: {
      path: "\\.(test|testkit)\\.ts$|^(src|webview)/.*\\.d\\.ts$|^dist/|^out/|^src/numerics/kernels/assembly/",
    },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: `${__dirname}/tsconfig.base.json` },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".js", ".cjs", ".mjs", ".json"],
    },
  },
};
