import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { ModeScopeError } from "../base/errors.ts";
import { globMatcher } from "../base/glob.ts";
import { modelInFolder } from "../formats/folders.ts";
import { listFolder } from "../platform/node/fileSource.ts";

/**
 * The files that an argument names; of a folder that is one model, the file that opens it. A shell has usually expanded patterns already; Windows' does not, and a quoted one comes through whole:
 * then `*` and `?` are expanded here, folder by folder. A file whose own name holds a `*` is that file.
 */
export async function filesOf(argument: string): Promise<readonly string[]> {
  const facts = await stat(argument).catch(() => null);
  if (facts?.isDirectory()) {
    const entry = await entryOf(argument);
    if (entry !== null) return [entry];
    throw new ModeScopeError("source-missing", "This is a folder. Its files are not one model.", {
      remedy: `Name the files in it, for example ${join(argument, "*.safetensors")}.`,
    });
  }
  if (facts !== null || !/[*?]/.test(argument)) return [argument];
  const segments = argument.split(/[/\\]/);
  let found = segments[0] === "" ? [sep] : [""];
  for (const segment of segments[0] === "" ? segments.slice(1) : segments) {
    const next: string[] = [];
    for (const base of found) {
      if (!/[*?]/.test(segment)) {
        next.push(join(base, segment));
        continue;
      }
      const matches = globMatcher(segment);
      for (const name of (await readdir(base === "" ? "." : base).catch(() => [])).sort())
        if (matches(name) && (segment.startsWith(".") || !name.startsWith("."))) next.push(join(base, name));
    }
    found = next;
  }
  const files: string[] = [];
  for (const path of found) {
    const what = await stat(path).catch(() => null);
    if (what?.isFile()) files.push(path);
    const entry = what?.isDirectory() ? await entryOf(path) : null;
    if (entry !== null) files.push(entry);
  }
  if (files.length === 0) {
    throw new ModeScopeError("source-missing", "No file matches this pattern.", {
      remedy: `It was looked for from ${process.cwd()}.`,
    });
  }
  return files;
}

/** The file that opens a folder which is one model. */
async function entryOf(folder: string): Promise<string | null> {
  const model = await modelInFolder((below) => listFolder(join(folder, below)));
  return model === null ? null : join(folder, model.entry);
}
