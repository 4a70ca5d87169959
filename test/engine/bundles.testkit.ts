import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The compute process and the worker, built from today's sources into a folder of their own. */
export async function buildBundles(): Promise<{ folder: string; remove(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), "modescope-bundles-"));
  // As in the package: what all bundles share lies above them.
  const folder = join(home, "node");
  await build({
    absWorkingDir: ROOT,
    entryPoints: { worker: "src/platform/node/workerMain.ts", compute: "src/platform/node/computeMain.ts" },
    outdir: folder,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "warning",
  });
  await copyFile(
    join(ROOT, "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm"),
    join(home, "onnx-runtime.wasm"),
  );
  return { folder, remove: () => rm(home, { recursive: true, force: true }) };
}
