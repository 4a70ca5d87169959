// The TypeScript projects keep foreign globals out: a sample that uses them, put into each project, does not compile.
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NODE = ["Buffer", "__dirname", "process", "require"];

/** Project → the globals that must be unknown in it. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = {
  pure: [...NODE, "document", "fetch", "localStorage", "window"],
  node: ["document", "localStorage", "window"],
  web: [...NODE, "document", "localStorage", "window"],
  webview: NODE,
};

/** Errors "cannot find name" of the sample, compiled with the project's own options and its global declarations. */
function unknownNames(project: string): string[] {
  const config = ts.readConfigFile(`${ROOT}tsconfig.${project}.json`, ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const sample = fileURLToPath(new URL(`known-bad/globals/${project}.ts`, import.meta.url));
  const declarations = fileNames.filter((name) => name.endsWith(".d.ts"));
  const program = ts.createProgram([sample, ...declarations], {
    ...options,
    noEmit: true,
    composite: false,
    emitDeclarationOnly: false,
    declaration: false,
  });
  const source = program.getSourceFile(sample);
  const names = program
    .getSemanticDiagnostics(source)
    .map(({ messageText }) => /^Cannot find name '(\w+)'/.exec(ts.flattenDiagnosticMessageText(messageText, " "))?.[1]);
  expect(names.every((name) => name !== undefined)).toBe(true);
  return [...new Set(names as string[])].sort();
}

test.each(Object.entries(FOREIGN))("%s knows none of the globals that are not its own", (project, foreign) => {
  expect(unknownNames(project)).toEqual([...foreign].sort());
});

test("every file under src and webview belongs to a project", () => {
  const config = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile).config as {
    references: readonly { path: string }[];
  };
  const owned = config.references.flatMap(({ path }) => {
    const file = ts.readConfigFile(`${ROOT}${path}`, ts.sys.readFile);
    return ts.parseJsonConfigFileContent(file.config, ts.sys, ROOT, undefined, basename(path)).fileNames;
  });
  const all = ["src", "webview"].flatMap((folder) =>
    ts.sys.readDirectory(`${ROOT}${folder}`, [".ts"], [], ["**/*.ts"]),
  );
  // AssemblyScript is another language with the same ending: its own compiler checks it.
  const foreign = all.filter((name) => !owned.includes(name) && !name.includes("/assembly/"));
  expect(foreign).toEqual([]);
});
