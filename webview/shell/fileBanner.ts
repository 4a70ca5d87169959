import type { Disposable } from "../../src/base/disposable.ts";
import type { EngineEvents } from "../../src/protocol/contract.ts";
import type { PanelPeer } from "./types.ts";

type Change = EngineEvents["checkpoint/changed"];

const ENDINGS = {
  modified: "changed on disk: what is shown is of the version before.",
  deleted: "is gone from disk: what is shown is of the version that was there.",
} as const;

export interface FileBanner extends Disposable {
  readonly element: HTMLElement;
  /** What is shown is of now again. */
  clear(): void;
}

/**
 * Says above a panel that a file it shows is another now, and offers to read it again. Not by itself: a file that is written during training would
 * take what one is reading away every second. `name`: what to call the file; null where the panel does not show it.
 */
export function fileBanner(peer: PanelPeer, name: (change: Change) => string | null, again: () => void): FileBanner {
  const element = document.createElement("div");
  element.className = "ms-file-banner";
  element.setAttribute("role", "status");
  const listening = peer.on("checkpoint/changed", (change) => {
    const called = name(change);
    if (called === null) return;
    const refresh = document.createElement("vscode-button");
    refresh.textContent = "Refresh";
    refresh.addEventListener("click", () => {
      element.replaceChildren();
      again();
    });
    const words = document.createElement("span");
    words.textContent = `${called} ${ENDINGS[change.change]}`;
    element.replaceChildren(words, refresh);
  });
  return {
    element,
    clear: () => element.replaceChildren(),
    dispose() {
      listening.dispose();
      element.remove();
    },
  };
}
