import type { SerializedError } from "../../src/base/errors.ts";
import type { Frame } from "../../src/protocol/frames.ts";
import { answerTo, decodeRecording, type Recording } from "../../src/protocol/recording.ts";
import type { VsCodeApi } from "../shell/transport.ts";
import "./theme.css";

/**
 * Stands in for the editor in a report: a page of its own that shows a panel with the answers that were recorded when it was made. Loaded before the
 * panels' bundle, which finds here the function by which it reaches its host.
 */
const NOT_RECORDED: SerializedError = {
  code: "bad-request",
  message: "This report holds what was computed when it was made, and this was not asked then.",
  details: { remedy: "Open the file itself in ModeScope, or make the report again with other options." },
};

type Answer = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: SerializedError };

function respond(recording: Recording, method: string, params: unknown): Answer {
  if (method === "panel/context") return { ok: true, result: { ...recording.context, recorded: true } };
  if (method === "file/save") return { ok: true, result: download(params) };
  if (method === "clipboard/write") {
    void navigator.clipboard?.writeText(String(Reflect.get(Object(params), "text"))).catch(() => undefined);
    return { ok: true, result: null };
  }
  const answer = answerTo(recording, method, params);
  return answer === undefined ? { ok: false, error: NOT_RECORDED } : { ok: true, result: answer.result };
}

function download(params: unknown): { saved: boolean } {
  const { suggestedName, text, base64 } = Object(params) as {
    suggestedName?: unknown;
    text?: unknown;
    base64?: unknown;
  };
  const link = document.createElement("a");
  const content =
    typeof base64 === "string" ? Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)) : String(text);
  link.href = URL.createObjectURL(
    new Blob([content], { type: typeof base64 === "string" ? "image/png" : "text/plain" }),
  );
  link.download = String(suggestedName);
  link.click();
  URL.revokeObjectURL(link.href);
  return { saved: true };
}

function recordedApi(recording: Recording): VsCodeApi {
  let state: unknown;
  return {
    getState: () => state,
    setState(next) {
      state = next;
    },
    postMessage(message) {
      const frame = message as Frame;
      if (frame.kind !== "req") return;
      const response = { kind: "res", id: frame.id, ...respond(recording, frame.method, frame.params) };
      // Like the editor's: never before the caller has gone on.
      queueMicrotask(() => window.dispatchEvent(new MessageEvent("message", { data: response })));
    },
  };
}

/** The editor says its theme by classes of the body; here the system's preference does. */
function followSystemTheme(): void {
  const light = window.matchMedia("(prefers-color-scheme: light)");
  const more = window.matchMedia("(prefers-contrast: more)");
  const show = () => {
    const contrast = more.matches ? "high-contrast" : "";
    const kind = light.matches ? (contrast === "" ? "light" : "high-contrast-light") : contrast || "dark";
    document.body.className = `vscode-${kind}`;
  };
  light.addEventListener("change", show);
  more.addEventListener("change", show);
  show();
}

const recording = decodeRecording(document.getElementById("modescope-recording")?.textContent ?? "null");
followSystemTheme();
Object.assign(window, { acquireVsCodeApi: () => recordedApi(recording) });
