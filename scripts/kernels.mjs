// Compiles src/numerics/kernels/assembly to WebAssembly and writes it, as base64, into a TypeScript module that every bundle inlines.
// Nothing is done while sources, compiler and options are those of the last time. `node scripts/kernels.mjs [--force]`
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { registerTiles } from "./_lib/registerTile.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = join(ROOT, "src/numerics/kernels");
const SOURCES = join(FOLDER, "assembly");
const GENERATED = join(FOLDER, "generated/modules.ts");

const RELAXED = ["--enable", "relaxed-simd"];

/** Register tiles: the shapes that fill 16 vector registers without spilling; without fused multiply-add one register holds the product. */
const MODULES = [
  {
    constant: "MULTIPLY_ADD",
    tile: { rows: 6, vectors: 2, panel: { rows: 6, vectors: 2 }, pair: { vectors: 1 } },
    options: RELAXED,
  },
  {
    constant: "SIMD",
    tile: { rows: 5, vectors: 2, panel: { rows: 4, vectors: 2 }, pair: { vectors: 1 } },
    options: [],
  },
  // For engines that join neighbouring vectors into 32 bytes: twice as many vectors in as many registers.
  {
    constant: "WIDE",
    tile: { rows: 6, vectors: 4, panel: { rows: 6, vectors: 4 }, pair: { vectors: 2 } },
    options: RELAXED,
  },
];

const OPTIONS = [
  "-O3",
  "--noAssert",
  "--runtime",
  "stub",
  "--enable",
  "simd",
  "--importMemory",
  // 64 KiB pages: the workspace to begin with, 4 GiB at most.
  "--initialMemory",
  "64",
  "--maximumMemory",
  "65536",
];

async function compile(asc, files, { constant, tile, options }) {
  let binary;
  const { error, stderr } = await asc.main(["index.ts", "--outFile", "kernels.wasm", ...OPTIONS, ...options], {
    readFile: (name) => (name === "tile.ts" ? registerTiles(tile) : (files.get(name) ?? null)),
    writeFile: (name, contents) => {
      if (name === "kernels.wasm") binary = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`The kernels ${constant} do not compile:\n${stderr.toString()}`, { cause: error });
  return binary;
}

async function sources() {
  const names = (await readdir(SOURCES)).filter((name) => name.endsWith(".ts")).sort();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(SOURCES, name), "utf8")])));
}

/** What the result depends on. */
async function fingerprint(files) {
  const compiler = await readFile(join(ROOT, "node_modules/assemblyscript/package.json"), "utf8");
  const tools = ["scripts/kernels.mjs", "scripts/_lib/registerTile.mjs"].map((name) =>
    readFile(join(ROOT, name), "utf8"),
  );
  const hash = createHash("sha256");
  for (const text of [JSON.parse(compiler).version, ...(await Promise.all(tools)), ...[...files].flat()]) {
    hash.update(`${text.length}:${text}`);
  }
  return hash.digest("hex");
}

/** Writes the module unless it is up to date. Returns what it did, for a log line. */
export async function buildKernels({ force = false } = {}) {
  const files = await sources();
  const mark = `// ${await fingerprint(files)}`;
  if (!force && existsSync(GENERATED) && (await readFile(GENERATED, "utf8")).startsWith(mark)) return "up to date";
  const { default: asc } = await import("assemblyscript/asc");
  const lines = [mark, "// Written by scripts/kernels.mjs."];
  const sizes = [];
  for (const module of MODULES) {
    const binary = await compile(asc, files, module);
    lines.push(`export const ${module.constant} =\n  "${Buffer.from(binary).toString("base64")}";`);
    sizes.push(`${module.constant} ${(binary.length / 1024).toFixed(1)} KiB`);
  }
  await mkdir(join(FOLDER, "generated"), { recursive: true });
  // Renamed into place: a reader in another process sees the old module or the new one.
  const unfinished = `${GENERATED}.${process.pid}`;
  await writeFile(unfinished, `${lines.join("\n")}\n`);
  await rename(unfinished, GENERATED);
  return `compiled (${sizes.join(", ")})`;
}

/** For Vitest's `globalSetup`. */
export const setup = async () => void (await buildKernels());

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  console.log(`Kernels: ${await buildKernels({ force: process.argv.includes("--force") })}`);
}
