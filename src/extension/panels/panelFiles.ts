import * as vscode from "vscode";
import { ModeScopeError } from "../../base/errors.ts";
import type { NamedFile, PanelMethods } from "../../protocol/contract.ts";
import { isRecord } from "../../protocol/guards.ts";
import type { Handlers } from "../../protocol/peer.ts";
import { chooseFiles } from "../files/chooseFiles.ts";
import type { ChosenFiles } from "./chosenFiles.ts";
import type { References } from "./references.ts";
import { seriesAt, watchSeries } from "./seriesFiles.ts";

/** A choice of more files than this is none that a person made. */
const MOST_ENDINGS = 64;

type Methods = Pick<
  PanelMethods,
  "reference/get" | "reference/choose" | "files/choose" | "series/find" | "tables/find"
>;

/**
 * The files that one panel may ask about: those that it was opened for, those that the host found for it, and those that a person chose. A webview is
 * untrusted: it can name no other.
 */
export class PanelFiles implements vscode.Disposable {
  readonly handlers: Handlers<Methods>;
  readonly #granted: Set<string>;
  #watcher: vscode.Disposable | null = null;

  constructor(
    place: { readonly panel: string; readonly uri: vscode.Uri; readonly files: readonly vscode.Uri[] },
    { references, chosen }: { readonly references: References; readonly chosen: ChosenFiles },
    seriesChanged: () => void,
  ) {
    const { panel, uri } = place;
    this.#granted = new Set([uri, ...place.files].map(String).concat(chosen.of(panel, uri)));
    const grant = <T extends { readonly uri: string }>(files: readonly T[]): readonly T[] => {
      for (const file of files) this.#granted.add(file.uri);
      return files;
    };
    this.handlers = {
      "reference/get": async () => {
        const reference = await references.of(uri);
        if (reference !== null) grant([reference]);
        return reference;
      },
      "reference/choose": async () => {
        const reference = await references.choose(uri);
        if (reference === undefined) return { changed: false, reference: null };
        if (reference !== null) grant([reference]);
        return { changed: true, reference };
      },
      "files/choose": async ({ title, extensions, many }) => {
        const endings = (Array.isArray(extensions) ? extensions : []).map(String).slice(0, MOST_ENDINGS);
        const picked = await chooseFiles(uri, { title: String(title), extensions: endings, many: many === true });
        const files = grant((picked ?? []).map(named));
        if (files.length > 0)
          await chosen.keep(
            panel,
            uri,
            files.map((file) => file.uri),
          );
        return { files };
      },
      "tables/find": async () => {
        const before = [...chosen.of(panel, uri)].reverse().filter((one) => TABLES.test(one));
        const files = [...before.map((one) => vscode.Uri.parse(one, true)), ...(await tablesNear(uri))].map(named);
        return { files: grant(files.filter((file, at) => files.findIndex((one) => one.uri === file.uri) === at)) };
      },
      "series/find": async () => {
        this.#watcher ??= watchSeries(uri, seriesChanged);
        return { members: grant(await seriesAt(uri)) };
      },
    };
  }

  /** Refuses what names a file that the panel was not given. */
  check(method: string, params: unknown): void {
    const asked = !isRecord(params)
      ? []
      : method === "checkpoint/open"
        ? [params.uri]
        : method === "study/start"
          ? (Array.isArray(params.files) ? params.files : []).map((file: unknown) => (isRecord(file) ? file.uri : null))
          : [];
    for (const uri of asked) {
      if (typeof uri === "string" && this.#granted.has(uri)) continue;
      throw new ModeScopeError(
        "bad-request",
        "A panel may open only the files that it was made for, that were found for it, or that a person chose in it.",
        { field: "uri", remedy: "Choose the file once more." },
      );
    }
  }

  dispose(): void {
    this.#watcher?.dispose();
  }
}

const TABLES = /\.(csv|tsv|npy)$/i;

/** What a run was taught, by the usual names: in the folder itself, beside the file, or one folder up. */
async function tablesNear(uri: vscode.Uri): Promise<vscode.Uri[]> {
  const places = [uri, vscode.Uri.joinPath(uri, ".."), vscode.Uri.joinPath(uri, "..", "..")];
  const candidates = places.flatMap((folder) =>
    ["data.csv", "data.tsv"].map((name) => vscode.Uri.joinPath(folder, name)),
  );
  const found = await Promise.all(
    candidates.map((candidate) =>
      vscode.workspace.fs.stat(candidate).then(
        ({ type }) => (type & vscode.FileType.File) !== 0,
        () => false,
      ),
    ),
  );
  return candidates.filter((_, at) => found[at]);
}

export function named(uri: vscode.Uri): NamedFile {
  return { uri: uri.toString(), name: uri.path.slice(uri.path.lastIndexOf("/") + 1) };
}
