// Writes the parts of package.json that repeat what the registries say. `--check` fails on drift instead; `--file PATH` takes another manifest.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { importSources } from "./_lib/fromSource.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const at = process.argv.indexOf("--file");
const MANIFEST = at < 0 ? join(ROOT, "package.json") : process.argv[at + 1];

/** Suffixes that other tools own as well: there our editor is offered, not forced. */
const SHARED_EXTENSIONS = new Set([".bin", ".index", ".safetensors.index.json", "model.json", "weights_manifest.json"]);

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
    // What holds a network, or may: no phase is asked of a table of items.
    networkWhen: patternOf(
      extensions.filter((extension) => !offered.has(extension)),
      entries,
    ),
    // Where there are checkpoints the extension is awake before the first click, and nowhere else.
    wake: `workspaceContains:**/*{${extensions.filter((extension) => !shared(extension)).join(",")}}`,
  };
}

/** The studies' commands, and the submenu that keeps them out of the explorer's first level. */
function studyContributions(manifest, studies, { networkWhen, dataWhen }) {
  const ids = new Set(studies.map(({ command }) => command));
  const whenOf = { checkpoint: networkWhen, table: dataWhen, folder: "explorerResourceIsFolder" };
  const asked = studies.filter(({ about }) => about.length > 0);
  // The mode hierarchy is asked of folders too.
  const any = [...new Set([...asked.flatMap(({ about }) => about), "folder"])].map((about) => whenOf[about]);
  return {
    commands: [
      ...manifest.contributes.commands.filter(({ command }) => !ids.has(command)),
      ...studies.map(({ command, title, icon }) => ({
        command,
        title,
        category: "ModeScope",
        ...(icon === undefined ? {} : { icon }),
      })),
    ],
    submenus: asked.length === 0 ? [] : [{ id: SUBMENU, label: "ModeScope" }],
    entry: asked.length === 0 ? [] : [{ submenu: SUBMENU, when: any.join(" || "), group: "navigation@52" }],
    items: asked.map(({ command, about }, index) => ({
      command,
      when: about.map((one) => whenOf[one]).join(" || "),
      group: `1_studies@${index + 1}`,
    })),
    ofCheckpoints: asked
      .filter(({ about }) => about.includes("checkpoint"))
      .map(({ command }, index) => ({
        command,
        when: IN_OVERVIEW,
        group: `1_studies@${index + 1}`,
      })),
  };
}

const SUBMENU = "modescope.studies";
const IN_OVERVIEW =
  "activeCustomEditorId == modescope.checkpoint || activeCustomEditorId == modescope.checkpointOption";

/** One entry a rule, so that the editor offers them by name. */
function withRules(properties, rules) {
  const name = "modescope.lint.severity";
  const entries = rules.map(({ id, title, severity }) => [
    id,
    { enum: ["default", "error", "warning", "information", "off"], description: `${title} (default: ${severity})` },
  ]);
  return { ...properties, [name]: { ...properties[name], properties: Object.fromEntries(entries) } };
}

function withContributions(manifest, { FORMATS: formats, STUDY_COMMANDS: studyCommands, RULES: rules }) {
  const { customEditors, analyzeWhen, networkWhen, dataWhen, wake } = contributions(formats);
  const studies = studyContributions(manifest, studyCommands, { networkWhen, dataWhen });
  const entry = (when) => ({ command: "modescope.analyzeCheckpoint", when, group: "navigation@50" });
  return {
    ...manifest,
    activationEvents: [...manifest.activationEvents.filter((event) => !event.startsWith("workspaceContains:")), wake],
    contributes: {
      ...manifest.contributes,
      commands: studies.commands,
      configuration: {
        ...manifest.contributes.configuration,
        properties: withRules(manifest.contributes.configuration.properties, rules),
      },
      customEditors,
      submenus: studies.submenus,
      menus: {
        ...manifest.contributes.menus,
        [SUBMENU]: [
          ...studies.items,
          {
            command: "modescope.showModeHierarchy",
            when: `explorerResourceIsFolder || ${networkWhen}`,
            group: "1_studies@0",
          },
          { command: "modescope.runModel", when: "resourceExtname == .onnx", group: "2_representations@1" },
          { command: "modescope.lintCheckpoint", when: networkWhen, group: "3_lint@1" },
          { command: "modescope.compareWithSource", when: networkWhen, group: "3_lint@2" },
        ],
        "explorer/context": [
          entry(`explorerResourceIsFolder || ${analyzeWhen}`),
          { command: "modescope.showModeHierarchy", when: dataWhen, group: "navigation@51" },
          ...studies.entry,
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
          ...studies.ofCheckpoints,
          ...["modescope.lintCheckpoint", "modescope.compareWithSource"].map((command, index) => ({
            command,
            when: IN_OVERVIEW,
            group: `2_lint@${index + 1}`,
          })),
        ],
        "editor/title/context": [entry(analyzeWhen)],
      },
    },
  };
}

const text = await readFile(MANIFEST, "utf8");
const wanted = `${JSON.stringify(
  withContributions(
    JSON.parse(text),
    await importSources(
      'export { FORMATS } from "./src/formats/registry.ts";',
      'export { STUDY_COMMANDS } from "./src/extension/studies/commands.ts";',
      'export { RULES } from "./src/lint/rules/registry.ts";',
    ),
  ),
  null,
  2,
)}\n`;
if (text === wanted) {
  console.log("package.json agrees with the registries.");
} else if (process.argv.includes("--check")) {
  console.error("package.json has drifted from the registries: run `npm run manifest`.");
  process.exitCode = 1;
} else {
  await writeFile(MANIFEST, wanted);
  console.log("package.json rewritten from the registries.");
}
