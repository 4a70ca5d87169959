import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ModeScopeError } from "../../base/errors.ts";
import { readSettings } from "../../lint/settings.ts";
import type { LintSettings } from "../../lint/types.ts";

const NAMES = ["modescope.json", ".modescope.json"];

export interface LintConfig {
  readonly settings: LintSettings;
  readonly exclude: readonly string[];
  /** The file; null for the defaults. */
  readonly path: string | null;
}

/** The configuration of the nearest folder upward (schema: docs/modescope.schema.json), or the defaults. */
export async function lintConfig(from: string): Promise<LintConfig> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      const text = await readFile(path, "utf8").catch(() => null);
      if (text !== null) return read(text, path);
    }
    if (dirname(folder) === folder) return { settings: readSettings(null), exclude: [], path: null };
  }
}

function read(text: string, path: string): LintConfig {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch (cause) {
    throw new ModeScopeError(
      "bad-request",
      `${path} is no JSON.`,
      { remedy: "Its schema is docs/modescope.schema.json." },
      { cause },
    );
  }
  const lint = typeof whole === "object" && whole !== null && "lint" in whole ? whole.lint : {};
  const exclude =
    typeof lint === "object" && lint !== null && "exclude" in lint && Array.isArray(lint.exclude) ? lint.exclude : [];
  return {
    settings: readSettings(lint),
    exclude: exclude.filter((one): one is string => typeof one === "string"),
    path,
  };
}
