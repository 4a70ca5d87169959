import * as vscode from "vscode";
import type { TargetRef } from "../../analysis/types.ts";
import { ModeScopeError } from "../../base/errors.ts";
import type { TensorReading } from "../../base/tensor.ts";
import type { CodeLine, OfferedLabels, PanelContext, PanelMethods } from "../../protocol/contract.ts";
import { isFrame, isRecord } from "../../protocol/guards.ts";
import { type Handlers, Peer } from "../../protocol/peer.ts";
import type { CodeLinks } from "../codeLinks/codeLinks.ts";
import type { CodePlace } from "../codeLinks/definitions.ts";
import type { EngineClient } from "../engineClient.ts";
import type { LabelFiles } from "../files/labelFiles.ts";
import { watchFile } from "../files/watchFile.ts";
import { writeFolder } from "../files/writeFolder.ts";
import type { CheckpointLints } from "../lint/checkpointLints.ts";
import { CodeNetwork, type CodeServices } from "../lint/codeNetwork.ts";
import { panelSettings } from "../settings.ts";
import type { ChosenFiles } from "./chosenFiles.ts";
import { intoOneBuffer } from "./oneBuffer.ts";
import { named, PanelFiles } from "./panelFiles.ts";
import type { References } from "./references.ts";
import type { StudyPlace } from "./studyPlace.ts";

export interface PanelServices {
  readonly extensionUri: vscode.Uri;
  readonly engine: EngineClient;
  readonly references: References;
  readonly chosen: ChosenFiles;
  readonly codeLinks: CodeLinks;
  /** The lint, for panels that are opened from code. */
  readonly code: CodeServices;
  readonly labels: LabelFiles;
  readonly lints: CheckpointLints;
  openTensor(uri: vscode.Uri, target: TargetRef): void;
  openStudy(place: StudyPlace): void;
  /** How the person wants tensors to be read. */
  readings(): readonly TensorReading[];
  /** Told of every answer that a panel got: for the status bar and the tests. */
  observe(uri: vscode.Uri, method: string, params: unknown, result: unknown): void;
}

/** Engine methods that a panel may call. Everything else from a webview is refused. */
const PANEL_MAY_CALL = new Set([
  "engine/info",
  "checkpoint/open",
  "checkpoint/tensors",
  "checkpoint/labels",
  "checkpoint/label-sources",
  "checkpoint/label-words",
  "checkpoint/close",
  "run/start",
  "run/snapshot",
  "run/prioritize",
  "run/cancel",
  "analysis/run",
  "study/start",
  "study/snapshot",
  "study/values",
  "study/cancel",
]);
/** Those that read files under the readings that a person set. */
const READS_FILES = new Set(["checkpoint/open", "study/start"]);

/** Files that one panel watches. */
const MOST_WATCHED = 16;
/** More than these a panel does not list. */
const MOST_PLACES = 20;

function lineOf({ path, line, text }: CodePlace): CodeLine {
  return { file: vscode.workspace.asRelativePath(vscode.Uri.parse(path, true)), line: line + 1, text };
}

/** Puts a panel into a webview and ties it to the engine. What it may ask about is up to `PanelFiles`. */
export function hostPanel(
  webview: vscode.Webview,
  onDispose: vscode.Event<void>,
  place: {
    readonly panel: string;
    readonly uri: vscode.Uri;
    readonly target: TargetRef | null;
    readonly section?: string | null;
    readonly begin?: unknown;
    /** Files that it is about together; left out: `uri` alone. */
    readonly files?: readonly vscode.Uri[];
  },
  services: PanelServices,
): void {
  const uri = place.uri.toString();
  const assets = vscode.Uri.joinPath(services.extensionUri, "dist", "webview");
  webview.options = { enableScripts: true, localResourceRoots: [assets] };

  const { panel, target, section = null, begin = null, files = [place.uri] } = place;
  const about = files.map(named);
  const context = (): PanelContext => ({ panel, uri, files: about, target, section, begin, settings: panelSettings() });
  const panelFiles = new PanelFiles({ panel, uri: place.uri, files }, services, () => peer.emit("series/changed", {}));
  const code = new CodeNetwork(begin, services.code, () => peer.emit("network/changed", {}));
  /** The folder that this panel wrote last. */
  let written: vscode.Uri | null = null;
  const lint = services.lints.hold(place.uri, () => peer.emit("lint/changed", {}));
  const handlers: Handlers<PanelMethods> = {
    ...panelFiles.handlers,
    ...code.handlers,
    "panel/context": context,
    "panel/open": ({ panel: wanted, uri: asked, target }) => {
      if (isRecord(target)) services.openTensor(place.uri, target);
      else if (wanted === "tensor" || typeof wanted !== "string")
        throw new ModeScopeError("bad-request", "A tensor view needs a target.", { field: "target" });
      else
        services.openStudy({
          panel: wanted,
          files: written !== null && written.toString() === asked ? [written] : files,
        });
      return null;
    },
    "lint/start": async ({ anew }) => ({ run: await lint.start(anew === true) }),
    "panel/refresh": () => {
      webview.html = pageOf(webview, assets, place.panel);
      return null;
    },
    "file/save": ({ suggestedName, text, base64 }) => save(place.uri, suggestedName, bytesOf(text, base64)),
    "folder/write": async ({ files: made }) => {
      written = await writeFolder(place.uri, made);
      return {
        folder: written === null ? null : { ...named(written), name: vscode.workspace.asRelativePath(written) },
      };
    },
    "clipboard/write": async ({ text }) => {
      await vscode.env.clipboard.writeText(String(text));
      return null;
    },
    "checkpoint/reveal": async () => {
      await vscode.commands.executeCommand("revealInExplorer", place.uri);
      return null;
    },
    "checkpoint/openAsText": async () => {
      await vscode.commands.executeCommand("vscode.openWith", place.uri, "default");
      return null;
    },
    "log/show": async () => {
      await vscode.commands.executeCommand("modescope.showLog");
      return null;
    },
    "code/find": async ({ tensor }) => {
      const places = await services.codeLinks.find(place.uri, String(tensor));
      return { places: places.slice(0, MOST_PLACES).map(lineOf) };
    },
    "code/open": async ({ tensor }) => {
      await services.codeLinks.open(place.uri, String(tensor));
      return null;
    },
    "labels/find": () => services.labels.find(place.uri),
    "labels/choose": ({ offered }) => services.labels.choose(place.uri, offeredLabels(offered)),
  };

  const subscriptions: vscode.Disposable[] = [];
  /** Handles of this panel's own file, and of what it is compared with. */
  const own = new Set<string>();
  const compared = new Set<string>();
  /** Studies that it started: they end with the panel. */
  const studies = new Set<string>();
  const peer = new Peer<Record<never, never>, Record<string, unknown>>(
    {
      send: (frame) => void webview.postMessage(intoOneBuffer(frame)).then(undefined, () => undefined),
      onFrame: (listener) =>
        void subscriptions.push(webview.onDidReceiveMessage((message) => isFrame(message) && listener(message))),
      close() {},
    },
    handlers,
  );
  const watched = new Set<string>();
  /** Tells the panel when one of these changes. Of many, as a series has, only the first: its folder is watched already. */
  const watch = (about: readonly string[]) => {
    for (const one of about.length > MOST_WATCHED ? about.slice(0, 1) : about) {
      if (watched.has(one) || watched.size >= MOST_WATCHED) continue;
      watched.add(one);
      subscriptions.push(
        watchFile(vscode.Uri.parse(one, true), (change) => {
          // A panel that could not open the file hears of it too: it may be whole now.
          for (const checkpoint of one !== uri || own.size === 0 ? [""] : own)
            peer.emit("checkpoint/changed", { checkpoint, uri: one, change });
        }),
      );
    }
  };
  peer.otherwise(async (method, params, signal) => {
    if (!PANEL_MAY_CALL.has(method)) throw new ModeScopeError("bad-request", `A panel may not call ${method}.`);
    panelFiles.check(method, params);
    const asked = isRecord(params) && typeof params.uri === "string" ? params.uri : "";
    // Before it is read: what changes from here on is another version.
    if (method === "study/start") watch(urisIn(params));
    const result = await services.engine.request(
      method,
      READS_FILES.has(method) ? { ...Object(params), readings: services.readings() } : params,
      signal,
    );
    if (method === "study/start" && isRecord(result) && typeof result.run === "string") studies.add(result.run);
    if (method === "checkpoint/open" && isRecord(result) && typeof result.checkpoint === "string")
      (asked === uri ? own : compared).add(result.checkpoint);
    if (method === "checkpoint/close" && isRecord(params))
      for (const handles of [own, compared]) handles.delete(String(params.checkpoint));
    if (method !== "checkpoint/open" || asked === uri) services.observe(place.uri, method, params, result);
    return result;
  });

  // A panel about no file has none to watch.
  watch(files.map(String));
  subscriptions.push(
    services.engine.onEvent(({ event, data }) => peer.emit(event, data)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      // Other roles and layouts are another table: the page begins anew.
      if (event.affectsConfiguration("modescope.tensors.overrides"))
        webview.html = pageOf(webview, assets, place.panel);
      else if (event.affectsConfiguration("modescope")) peer.emit("panel/context-changed", {});
    }),
  );
  subscriptions.push(
    onDispose(() => {
      peer.dispose();
      lint.dispose();
      panelFiles.dispose();
      code.dispose();
      for (const run of studies) services.engine.request("study/cancel", { run }).catch(() => undefined);
      for (const checkpoint of [...own, ...compared])
        services.engine.request("checkpoint/close", { checkpoint }).catch(() => undefined);
      for (const subscription of subscriptions) subscription.dispose();
    }),
  );
  webview.html = pageOf(webview, assets, place.panel);
}

/** Files that a study was asked about: `PanelFiles` has let them pass. */
function urisIn(params: unknown): readonly string[] {
  const files: readonly unknown[] = isRecord(params) && Array.isArray(params.files) ? params.files : [];
  return files.flatMap((file) => (isRecord(file) && typeof file.uri === "string" ? [file.uri] : []));
}

/** What a panel says that the model offers: its word, so every field is looked at. */
function offeredLabels(offered: unknown): readonly OfferedLabels[] {
  if (!Array.isArray(offered)) return [];
  return offered.flatMap((one: unknown) =>
    isRecord(one) && typeof one.id === "string" && typeof one.title === "string"
      ? [{ id: one.id, title: one.title }]
      : [],
  );
}

function pageOf(webview: vscode.Webview, assets: vscode.Uri, panel: string): string {
  const nonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  const asset = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(assets, name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data: blob:`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${asset("codicon.css")}" id="vscode-codicon-stylesheet">
<link rel="stylesheet" href="${asset("main.css")}">
<title>ModeScope</title>
</head>
<body data-panel="${panel}">
<div id="root"></div>
<script nonce="${nonce}" src="${asset("main.js")}"></script>
</body>
</html>`;
}

async function save(beside: vscode.Uri, suggestedName: string, bytes: Uint8Array): Promise<{ saved: boolean }> {
  const name = String(suggestedName).replace(/[/\\:]/g, "_");
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(beside, "..", name) });
  if (target === undefined) return { saved: false };
  await vscode.workspace.fs.writeFile(target, bytes);
  return { saved: true };
}

function bytesOf(text: string, base64: string | undefined): Uint8Array {
  if (typeof base64 !== "string") return new TextEncoder().encode(String(text));
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
