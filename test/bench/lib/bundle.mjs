// What the benches need of the product's sources, bundled as they are now; and the bundles that ship.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { must, ROOT } from "../../../scripts/_lib/process.mjs";
import { buildKernels } from "../../../scripts/kernels.mjs";

/** Named, not starred: two modules of one name would silently cancel each other out. */
const EXPORTS = {
  "analysis/_shared/kernelWidening.ts": "useKernelWidening",
  "formats/_shared/decode.ts": "decodeElements",
  "numerics/dense.ts": "largestMagnitude",
  "numerics/kernels/load.ts": "loadKernels, useThreads",
  "numerics/random.ts": "Random",
  "numerics/similarity/allPairSums.ts": "allPairSums",
  "numerics/similarity/hsic.ts": "ckaOf, ckaWithoutEach",
  "numerics/similarity/measures.ts": "pairTable",
  "numerics/similarity/resampling.ts": "jackknifeInterval, ordersOf",
  "numerics/svd/lanczosQuadrature.ts": "QUADRATURE_PROBES, QUADRATURE_STEPS",
  "numerics/svd/scaled.ts": "powerOfTwo, scaled",
  "numerics/svd/singularValues.ts": "exactSingularValues",
  "numerics/svd/spectralEstimates.ts": "spectralEstimates",
  "numerics/svd/thinSvd.ts": "thinSvd, thinSvdBytes",
  "numerics/svd/topTriplets.ts": "topTriplets",
  "platform/node/index.ts": "startEngine",
  "platform/node/wasmFeatures.ts": "enableWideVectors",
  "protocol/peer.ts": "Peer",
};

/** The address of one module with all of EXPORTS. */
export async function bundleProduct() {
  await buildKernels();
  const folder = join(ROOT, "out", "bench");
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, "product.mjs");
  const lines = Object.entries(EXPORTS).map(([file, names]) => `export { ${names} } from "./${file}";`);
  await build({
    stdin: { contents: lines.join("\n"), resolveDir: join(ROOT, "src"), loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outfile,
    logLevel: "error",
  });
  return pathToFileURL(outfile).href;
}

/** The compute process, its workers and the command line as they ship. Their folder. */
export async function buildShipped() {
  const bundles = "node compute,node worker,cli";
  await must(process.execPath, ["esbuild.mjs", "--minify", "--only", bundles], { quiet: true });
  return join(ROOT, "dist", "node");
}

/** C = A·B in float32 with the product's kernels, for making matrices. */
export function gemmOf({ loadKernels }) {
  const kernels = loadKernels();
  return (rows, columns, depth, a, b) =>
    kernels.memory.scope(4 * (rows * columns + rows * depth + depth * columns) + 2 ** 20, () => {
      const block = (height, width, from) => {
        const data = kernels.memory.float32(height * width);
        if (from !== undefined) data.set(from);
        return { data, rows: height, columns: width, stride: width };
      };
      const [left, right] = [block(rows, depth, a), block(depth, columns, b)];
      const out = block(rows, columns);
      kernels.gemm32(out, left, right);
      return out.data.slice();
    });
}
