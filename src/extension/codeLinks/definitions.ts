/**
 * Where Python code names the modules that a tensor's name is made of: "blocks.0.attn.in_proj_weight" was made by the line that assigns `attn`.
 * A search by names, not an interpreter of Python: it finds what a person would find, and says nothing where the names do not occur.
 */

export interface Definition {
  readonly name: string;
  /** From 0. */
  readonly line: number;
  readonly text: string;
}

export interface CodeFile {
  /** Path with "/" between its parts; only compared, never opened. */
  readonly path: string;
  readonly definitions: readonly Definition[];
}

export interface CodePlace extends Definition {
  readonly path: string;
}

/** Lines longer than this are data, not code that someone wrote. */
const LONGEST_LINE = 500;
const TEXT_SHOWN = 120;

const PATTERNS: readonly RegExp[] = [
  // self.fc1 = …, self.fc1: nn.Linear = …
  /^\s*self\.([A-Za-z_]\w*)\s*(?::[^=]+)?=(?!=)/,
  // fc1 = nn.Linear(…) in a class body or a function
  /^\s*([A-Za-z_]\w*)\s*(?::[^=]+)?=\s*(?:torch\.)?(?:nn|layers|keras\.layers|hk|eqx)\.[A-Z]\w*\(/,
  // self.add_module("fc1", …), register_buffer("mask", …)
  /\b(?:add_module|register_module|register_parameter|register_buffer)\(\s*["']([A-Za-z_]\w*)["']/,
  // ("fc1", nn.Linear(…)) of an OrderedDict, "fc1": nn.Linear(…) of a ModuleDict
  /["']([A-Za-z_]\w*)["']\s*[,:]\s*(?:torch\.)?nn\.[A-Z]\w*\(/,
];

/** All definitions of a Python source, in its order. Comments and text between triple quotes are no code. */
export function definitionsOf(source: string): readonly Definition[] {
  const found: Definition[] = [];
  let quoted = false;
  source.split(/\r?\n/).forEach((text, line) => {
    const quotes = text.match(/"""|'''/g)?.length ?? 0;
    const inside = quoted;
    if (quotes % 2 === 1) quoted = !quoted;
    if (inside || text.length > LONGEST_LINE || /^\s*#/.test(text)) return;
    for (const pattern of PATTERNS) {
      const name = pattern.exec(text)?.[1];
      if (name === undefined) continue;
      found.push({ name, line, text: text.trim().slice(0, TEXT_SHOWN) });
      return;
    }
  });
  return found;
}

/** Parameters that a framework's own module makes: no line of the workspace assigns them. */
const MADE_BY_FRAMEWORK =
  /^(?:weight|bias|kernel|gamma|beta|scale|embedding)(?:_|$)|^(?:running_|num_batches_|in_proj_)/;

/** The attribute names in a tensor's name, outermost first, without indices of lists and without what the framework names itself. */
export function attributesOf(tensor: string): readonly string[] {
  const names = tensor.split(/[./]+/).filter((part) => /^[A-Za-z_]\w*$/.test(part));
  const last = names.at(-1);
  return last !== undefined && MADE_BY_FRAMEWORK.test(last) ? names.slice(0, -1) : names;
}

/**
 * The places that define the innermost attribute that any file defines. Of several files only those that know most of the other attributes too;
 * then the nearest folder to the checkpoint first.
 */
export function placesOf(tensor: string, files: readonly CodeFile[], checkpoint: string): readonly CodePlace[] {
  const attributes = attributesOf(tensor);
  for (const name of [...attributes].reverse()) {
    const known = files
      .filter(({ definitions }) => definitions.some((one) => one.name === name))
      .map((file) => ({
        file,
        score: attributes.filter((attribute) => file.definitions.some((one) => one.name === attribute)).length,
        near: sharedFolders(file.path, checkpoint),
      }));
    if (known.length === 0) continue;
    const best = Math.max(...known.map(({ score }) => score));
    return known
      .filter(({ score }) => score === best)
      .sort((a, b) => b.near - a.near || a.file.path.localeCompare(b.file.path))
      .flatMap(({ file }) =>
        file.definitions.filter((one) => one.name === name).map((one) => ({ ...one, path: file.path })),
      );
  }
  return [];
}

/** Files by the folders that they share with the checkpoint: what made it is seldom far. */
export function nearestFirst(files: readonly CodeFile[], checkpoint: string): readonly CodeFile[] {
  return [...files].sort(
    (a, b) => sharedFolders(b.path, checkpoint) - sharedFolders(a.path, checkpoint) || a.path.localeCompare(b.path),
  );
}

function sharedFolders(a: string, b: string): number {
  const [left, right] = [a.split("/").slice(0, -1), b.split("/").slice(0, -1)];
  const differ = left.findIndex((part, index) => part !== right[index]);
  return differ < 0 ? left.length : differ;
}
