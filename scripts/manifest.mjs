// Writes the parts of package.json that repeat what the registries say. `--check` fails on drift instead; `--file PATH` takes another manifest.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const at = process.argv.indexOf("--file");
const MANIFEST = at < 0 ? join(ROOT, "package.json") : process.argv[at + 1];

/** Suffixes that other tools own as well: there our editor is offered, not forced. */
const SHARED_EXTENSIONS = new Set([".bin", ".index", ".safetensors.index.json", "model.json", "weights_manifest.json"]);

async function loadFormats() {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { FORMATS } from "./src/formats/registry.ts"; `,
      resolveDir: ROOT,
      loader: "ts",
    },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
  const bundle = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`;
  return (await import(bundle)).FORMATS;
}

function contributions(formats) {
  const extensions = [...new Set(formats.flatMap((format) => format.manifest.extensions))].sort();
  const offered = new Set(
    formats.filter((format) => format.manifest.offered).flatMap((format) => format.manifest.extensions),
  );
  const selector = (wanted) => extensions.filter(wanted).map((extension) => ({ filenamePattern: `*${extension}` }));
  const shared = (extension) => SHARED_EXTENSIONS.has(extension) || offered.has(extension);
  // Files that open a folder bear names of their own (saved_model.pb), where no extension tells them.
  const entries = [
    ...new Set(
      formats.flatMap(({ manifest }) =>
        (manifest.folder ?? []).map(({ name }) => name.slice(name.lastIndexOf("/") + 1)),
      ),
    ),
  ]
    .filter((name) => !extensions.some((extension) => name.toLowerCase().endsWith(extension)))
    .sort();
  const escaped = (text) => text.replaceAll(".", "\\.").replaceAll("*", ".*");
  const patternOf = (of, names) =>
    `resourceFilename =~ /${[`(${of.map(escaped).join("|")})$`, ...names.map((name) => `^${escaped(name)}$`)].join("|")}/i`;
  return {
    customEditors: [
      {
        viewType: "modescope.checkpoint",
        displayName: "ModeScope Checkpoint",
        selector: selector((extension) => !shared(extension)),
        priority: "default",
      },
      {
        viewType: "modescope.checkpointOption",
        displayName: "ModeScope Checkpoint",
        selector: [
          ...selector((extension) => shared(extension)),
          ...entries.map((filenamePattern) => ({ filenamePattern })),
        ],
        priority: "option",
      },
    ],
    analyzeWhen: patternOf(extensions, entries),
    dataWhen: patternOf([...offered], []),
    // Where there are checkpoints the extension is awake before the first click, and nowhere else.
    wake: `workspaceContains:**/*{${extensions.filter((extension) => !shared(extension)).join(",")}}`,
  };
}

function withContributions(manifest, formats) {
  const { customEditors, analyzeWhen, dataWhen, wake } = contributions(formats);
  const entry = (when) => ({ command: "modescope.analyzeCheckpoint", when, group: "navigation@50" });
  return {
    ...manifest,
    activationEvents: [...manifest.activationEvents.filter((event) => !event.startsWith("workspaceContains:")), wake],
    contributes: {
      ...manifest.contributes,
      customEditors,
      menus: {
        ...manifest.contributes.menus,
        "explorer/context": [
          entry(`explorerResourceIsFolder || ${analyzeWhen}`),
          { command: "modescope.showModeHierarchy", when: dataWhen, group: "navigation@51" },
        ],
        "editor/title": [
          entry(
            `${analyzeWhen} && activeCustomEditorId !== modescope.checkpoint && activeCustomEditorId !== modescope.checkpointOption`,
          ),
          {
            command: "modescope.goToCode",
            when: "activeWebviewPanelId == 'modescope.tensor'",
            group: "navigation@50",
          },
        ],
        "editor/title/context": [entry(analyzeWhen)],
      },
    },
  };
}

const text = await readFile(MANIFEST, "utf8");
const wanted = `${JSON.stringify(withContributions(JSON.parse(text), await loadFormats()), null, 2)}\n`;
if (text === wanted) {
  console.log("package.json agrees with the registries.");
} else if (process.argv.includes("--check")) {
  console.error("package.json has drifted from the registries: run `npm run manifest`.");
  process.exitCode = 1;
} else {
  await writeFile(MANIFEST, wanted);
  console.log("package.json rewritten from the registries.");
}
