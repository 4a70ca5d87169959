// package.json says again what the code says. What can be generated is; the rest is held together here.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { STUDY_COMMANDS } from "../../src/extension/studies/commands.ts";
import { PANEL_TITLES } from "../../src/protocol/panelTitles.ts";
import { filesUnder, foldersOf, ROOT, text } from "./tree.testkit.ts";

interface Manifest {
  readonly version: string;
  readonly activationEvents: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly customEditors: readonly { readonly viewType: string; readonly selector: readonly unknown[] }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> };
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly media: { readonly image: Record<string, string>; readonly altText: string };
      }[];
    }[];
  };
}
const manifest: Manifest = JSON.parse(text("package.json"));
const { contributes } = manifest;
const extension = filesUnder("src/extension", /\.ts$/)
  .map((path) => text(path))
  .join("\n");
const all = (pattern: RegExp): string[] => [
  ...new Set([...extension.matchAll(pattern)].map((match) => match[1] ?? "")),
];

/** The generator's check on a file. */
function check(path: string) {
  return spawnSync(process.execPath, ["scripts/manifest.mjs", "--check", "--file", path], {
    cwd: ROOT,
    encoding: "utf8",
  });
}

test("the generator changes nothing", () => {
  const { status, stderr } = check(join(ROOT, "package.json"));
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

test("the generator notices an editor glob that is missing", () => {
  const folder = mkdtempSync(join(tmpdir(), "modescope-manifest-"));
  try {
    const [first, ...others] = contributes.customEditors;
    const drifted = { ...first, selector: first?.selector.slice(1) };
    const path = join(folder, "package.json");
    writeFileSync(
      path,
      `${JSON.stringify({ ...manifest, contributes: { ...contributes, customEditors: [drifted, ...others] } }, null, 2)}\n`,
    );
    const { status, stderr } = check(path);
    expect(stderr).toContain("npm run manifest");
    expect(status).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("every contributed command is registered, and every registered one contributed", () => {
  const registered = [
    ...all(/registerCommand\(\s*"(modescope\.[\w.]+)"/g),
    ...STUDY_COMMANDS.map(({ command }) => command),
  ];
  expect(contributes.commands.map(({ command }) => command).sort()).toEqual(registered.sort());
});

test("every study's command opens a panel that is there", () => {
  const panels = foldersOf("webview/panels");
  for (const { command, panel } of STUDY_COMMANDS) expect(panels, command).toContain(panel);
});

test("every study's tab is called what its panel is", () => {
  for (const { panel } of STUDY_COMMANDS) expect(Object.keys(PANEL_TITLES), panel).toContain(panel);
});

test("every setting is read, with the default that package.json states, and none but those", () => {
  const read = [...extension.matchAll(/\.get\("([\w.]+)", ([^)]+)\)/g)].map(([, name, value]) => [
    `modescope.${name}`,
    value,
  ]);
  const stated = Object.entries(contributes.configuration.properties).map(([name, { default: value }]) => [
    name,
    typeof value === "object" ? JSON.stringify(value) : String(value),
  ]);
  expect(read.sort()).toEqual(stated.sort());
});

test("editors, views and restored panels bear the names that the code uses", () => {
  const names = [
    ...contributes.customEditors.map(({ viewType }) => viewType),
    ...Object.values(contributes.views).flatMap((views) => views.map(({ id }) => id)),
    ...manifest.activationEvents
      .filter((event) => event.startsWith("onWebviewPanel:"))
      .map((event) => event.replace(/^\w+:/, "")),
  ];
  expect(names.length).toBeGreaterThan(3);
  for (const name of names) expect(extension, name).toContain(`"${name}"`);
});

test("the walkthrough's pictures are there, for every theme and in words", () => {
  const media = contributes.walkthroughs.flatMap(({ steps }) => steps.map((step) => step.media));
  expect(media.length).toBeGreaterThan(0);
  for (const { image, altText } of media) {
    expect(Object.keys(image).sort()).toEqual(["dark", "hc", "hcLight", "light"]);
    for (const path of Object.values(image)) expect(existsSync(join(ROOT, path)), path).toBe(true);
    expect(altText.length).toBeGreaterThan(20);
  }
});

test("every script calls a file or a program that is there", () => {
  for (const [name, line] of Object.entries(manifest.scripts)) {
    const [program = "", file = ""] = line.split(" ");
    const path = program === "node" ? file : `node_modules/.bin/${program}`;
    expect(existsSync(join(ROOT, path)), `${name}: ${line}`).toBe(true);
  }
});
