import * as vscode from "vscode";
import type { LintReport, LintSettings, SourceLaws, StatedLaw } from "../../lint/types.ts";
import { isRecord } from "../../protocol/guards.ts";
import type { CodeLinks } from "../codeLinks/codeLinks.ts";

/** The nearest sources that define modules; what made a checkpoint is seldom farther. */
const MOST_SOURCES = 40;
const MOST_BYTES = 512 * 1024;
const KEPT_CHOICES = 200;
const MEMORY = "modescope.lint.sources";

interface ReadSource {
  readonly text: string;
  readonly settings: string;
  readonly laws: readonly StatedLaw[];
}

/**
 * The sources that may have made a checkpoint, with the laws that they state: the one that a person chose, or the nearest of the workspace; whether a
 * network in them is that of the file, the study decides by names and sizes.
 */
export class CheckpointSources {
  readonly #read = new Map<string, ReadSource>();

  constructor(
    private readonly request: (method: string, params: unknown) => Promise<unknown>,
    private readonly codeLinks: CodeLinks,
    private readonly memory: vscode.Memento,
  ) {}

  async of(checkpoint: vscode.Uri, settings: LintSettings): Promise<readonly SourceLaws[]> {
    const choice = this.choice(checkpoint);
    if (choice === null) return [];
    const chosen = choice !== undefined;
    const uris = chosen ? [choice] : (await this.codeLinks.sourcesNear(checkpoint)).slice(0, MOST_SOURCES);
    const found: SourceLaws[] = [];
    for (const uri of uris) {
      const laws = await this.#laws(uri, settings);
      if (laws.length > 0) found.push({ uri: uri.toString(), laws, chosen });
    }
    return found;
  }

  /** A source, null for none of them, undefined where nobody has chosen. */
  choice(checkpoint: vscode.Uri): vscode.Uri | null | undefined {
    const kept = this.#choices().get(checkpoint.toString());
    return kept === undefined ? undefined : kept === "" ? null : vscode.Uri.parse(kept, true);
  }

  async choose(checkpoint: vscode.Uri, source: vscode.Uri | null | undefined): Promise<void> {
    const choices = this.#choices();
    choices.delete(checkpoint.toString());
    if (source !== undefined) choices.set(checkpoint.toString(), source === null ? "" : source.toString());
    await this.memory.update(MEMORY, Object.fromEntries([...choices].slice(-KEPT_CHOICES)));
  }

  candidates(checkpoint: vscode.Uri): Promise<readonly vscode.Uri[]> {
    return this.codeLinks.sourcesNear(checkpoint);
  }

  /** Turns offsets of a law into a range, by the text that the law was read from. */
  range(source: string, from: number, to: number): vscode.Range {
    const text = this.#read.get(source)?.text ?? "";
    const at = (offset: number) => {
      const before = text.slice(0, offset);
      return new vscode.Position(before.split("\n").length - 1, offset - (before.lastIndexOf("\n") + 1));
    };
    const [start, end] = [at(from), at(to)];
    // Calls over many lines are underlined on their first, as in the source's own lint.
    if (start.line === end.line) return new vscode.Range(start, end);
    const stop = text.indexOf("\n", from);
    return new vscode.Range(start, at(stop < 0 ? to : stop));
  }

  async #laws(uri: vscode.Uri, settings: LintSettings): Promise<readonly StatedLaw[]> {
    const text = await textOf(uri);
    if (text === null) return [];
    const key = JSON.stringify(settings);
    const known = this.#read.get(uri.toString());
    if (known?.text === text && known.settings === key) return known.laws;
    const document = `laws of ${uri.toString()}`;
    const report = await this.request("lint/source", { document, text, settings, laws: true });
    await this.request("lint/forget", { document });
    const laws = isRecord(report) && Array.isArray(report.laws) ? (report as unknown as LintReport).laws : [];
    this.#read.set(uri.toString(), { text, settings: key, laws });
    return laws;
  }

  #choices(): Map<string, string> {
    const kept = this.memory.get<unknown>(MEMORY);
    return new Map(
      isRecord(kept)
        ? Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === "string")
        : [],
    );
  }
}

/** As it stands on the screen where it is open; null where it cannot be read or is no source anyone wrote by hand. */
async function textOf(uri: vscode.Uri): Promise<string | null> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  try {
    if ((await vscode.workspace.fs.stat(uri)).size > MOST_BYTES) return null;
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return null;
  }
}
