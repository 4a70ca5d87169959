// Every bundle of the product in one table. `node esbuild.mjs [--watch] [--minify] [--only id,id]`
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, context } from "esbuild";
import { buildKernels } from "./scripts/kernels.mjs";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const KIB = 1024;

/**
 * Without an explicit target esbuild may emit calls that a supported host lacks: Node 20 runs VS Code 1.101's extension host,
 * Chromium 132 its webviews and web workers.
 */
const NODE = { platform: "node", format: "cjs", target: "node20" };
const WEB_HOST = { platform: "browser", format: "cjs", target: "chrome132", conditions: ["browser"] };
const PAGE = { platform: "browser", format: "iife", target: "chrome132", conditions: ["browser"] };
const HOST = { external: ["vscode"] };

/**
 * `budget` is KiB of the minified bundle: a bundle that outgrows it needs a reason, and then a new number here.
 * The readers of all formats, some 20 KiB each, are in every bundle that opens or names checkpoints; the studies, with the theory that they rest on, in every
 * bundle that holds an engine; derivatives of ONNX graphs among them, a rule for each of some seventy operations. So is the lint, with what writes
 * initializations into sources (30 KiB).
 */
const BUNDLES = [
  { id: "node host", entry: "src/extension/main.ts", out: "dist/node/extension.cjs", budget: 420, ...NODE, ...HOST },
  {
    id: "node compute",
    entry: "src/platform/node/computeMain.ts",
    out: "dist/node/compute.cjs",
    budget: 1500,
    ...NODE,
  },
  { id: "node worker", entry: "src/platform/node/workerMain.ts", out: "dist/node/worker.cjs", budget: 1500, ...NODE },
  {
    id: "cli",
    entry: "src/cli/main.ts",
    out: "dist/node/cli.cjs",
    budget: 1600,
    banner: { js: "#!/usr/bin/env node" },
    ...NODE,
  },
  { id: "web host", entry: "src/extension/main.ts", out: "dist/web/extension.cjs", budget: 1600, ...WEB_HOST, ...HOST },
  { id: "web worker", entry: "src/platform/browser/workerMain.ts", out: "dist/web/worker.js", budget: 1500, ...PAGE },
  { id: "webview", entry: "webview/shell/main.ts", out: "dist/webview/main.js", budget: 600, ...PAGE },
  // Stands in for the editor in the pages that the command line writes; they hold the webview's bundle too.
  { id: "report", entry: "webview/report/main.ts", out: "dist/webview/report.js", budget: 12, ...PAGE },
  {
    id: "integration suite",
    entry: "test/integration/suite.ts",
    out: "dist/test/suite.cjs",
    budget: 100,
    ...NODE,
    ...HOST,
  },
  {
    id: "pictures suite",
    entry: "test/integration/pictures.ts",
    out: "dist/test/pictures.cjs",
    budget: 100,
    ...NODE,
    ...HOST,
  },
  { id: "web suite", entry: "test/web/suite.ts", out: "dist/test/suite-web.cjs", budget: 100, ...WEB_HOST, ...HOST },
];

/** Files that the bundles need beside them, copied as they are. */
const COPIES = [
  ["node_modules/@vscode/codicons/dist/codicon.css", "dist/webview/codicon.css"],
  ["node_modules/@vscode/codicons/dist/codicon.ttf", "dist/webview/codicon.ttf"],
  // 14 MB that are read when the first model is run, and never otherwise.
  ["node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm", "dist/onnx-runtime.wasm"],
];

const flags = new Set(process.argv.slice(2));
const watching = flags.has("--watch");
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1]?.split(",") : undefined;
const chosen = BUNDLES.filter(({ id }) => only === undefined || only.includes(id));

function options({ id: _id, entry, out, budget: _budget, ...rest }) {
  return {
    ...rest,
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile: out,
    bundle: true,
    metafile: true,
    minify: flags.has("--minify"),
    sourcemap: true,
    // The sources are one click away in the repository; the map carries positions only.
    sourcesContent: watching,
    legalComments: "none",
    charset: "utf8",
    logLevel: "warning",
    loader: { ".svg": "text" },
    define: { "process.env.NODE_ENV": '"production"' },
  };
}

async function copyAssets() {
  for (const [from, to] of COPIES) {
    await mkdir(new URL(".", new URL(to, import.meta.url)), { recursive: true });
    await copyFile(ROOT + from, ROOT + to);
  }
}

/**
 * The web extension host loads CommonJS only and asks for "extension.cjs.js": it knows the ending ".js" alone, while "type": "module"
 * obliges CommonJS to end in ".cjs".
 */
async function aliasWebHost({ platform, format, out }) {
  if (platform === "browser" && format === "cjs") await copyFile(ROOT + out, `${ROOT}${out}.js`);
}

async function report(results) {
  const rows = [];
  let over = 0;
  for (const [index, { out, budget }] of chosen.entries()) {
    const bytes = await readFile(ROOT + out);
    const size = bytes.length / KIB;
    const limit = flags.has("--minify") ? budget : budget * 3;
    if (size > limit) over++;
    const largest = Object.entries(results[index].metafile.outputs[out]?.inputs ?? {}).sort(
      (a, b) => b[1].bytesInOutput - a[1].bytesInOutput,
    )[0];
    rows.push(
      `${size > limit ? "OVER" : "  ok"}  ${out.padEnd(26)} ${size.toFixed(1).padStart(8)} KiB  ${(gzipSync(bytes).length / KIB).toFixed(1).padStart(7)} gzip  of ${String(limit).padStart(5)}   ${largest?.[0] ?? ""}`,
    );
  }
  console.log(`${rows.join("\n")}`);
  await writeFile(
    `${ROOT}dist/metafile.json`,
    JSON.stringify(Object.fromEntries(chosen.map(({ id }, index) => [id, results[index].metafile]))),
  );
  if (over > 0)
    throw new Error(`${over} bundle(s) are over their budget (see OVER above; budgets are in esbuild.mjs).`);
}

await buildKernels();
if (watching) {
  await copyAssets();
  const contexts = await Promise.all(
    chosen.map((bundle) =>
      context({
        ...options(bundle),
        plugins: [
          {
            name: "report",
            setup(hooks) {
              // The two lines that the editor's background task waits for.
              hooks.onStart(() => console.log(`[build] started ${bundle.id}`));
              hooks.onEnd(async ({ errors }) => {
                if (errors.length === 0) await aliasWebHost(bundle);
                console.log(`[build] finished ${bundle.id}`);
              });
            },
          },
        ],
      }),
    ),
  );
  await Promise.all(contexts.map((one) => one.watch()));
} else {
  const started = performance.now();
  try {
    // A bundle whose entry has gone must not live on from an earlier build.
    if (only === undefined) await rm(`${ROOT}dist`, { recursive: true, force: true });
    const settled = await Promise.allSettled(chosen.map((bundle) => build(options(bundle))));
    const failed = settled.flatMap((one, index) =>
      one.status === "rejected" ? [`${chosen[index].id}: ${String(one.reason.message ?? one.reason)}`] : [],
    );
    if (failed.length > 0)
      throw new Error(`${failed.length} of ${chosen.length} bundles failed:\n${failed.join("\n")}`);
    await copyAssets();
    await Promise.all(chosen.map(aliasWebHost));
    await report(settled.map(({ value }) => value));
    console.log(`Built ${chosen.length} bundles in ${Math.round(performance.now() - started)} ms.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
