import { DisposableStore } from "../../src/base/disposable.ts";
import { isCancelled, ModeScopeError } from "../../src/base/errors.ts";
import { Peer } from "../../src/protocol/peer.ts";
import { closeCard } from "./card.ts";
import { showError } from "./errorView.ts";
import { showSkeleton } from "./skeleton.ts";
import { panelState } from "./state.ts";
import { watchTheme } from "./theme.ts";
import { type VsCodeApi, webviewTransport } from "./transport.ts";
import type { Panel, PanelPeer } from "./types.ts";

/** Connects to the extension, asks what this webview is to show, and mounts that panel. */
export function boot(root: HTMLElement, api: VsCodeApi, panels: readonly Panel[]): PanelPeer {
  showSkeleton(root);
  const theme = watchTheme(document);
  const peer: PanelPeer = new Peer(webviewTransport(api, window));
  peer.hello("panel");
  let mounted = new DisposableStore();
  let generation = 0;
  let failed = false;

  const start = async () => {
    const mine = ++generation;
    const fail = (error: unknown) => {
      if (mine !== generation || isCancelled(error)) return;
      mounted.dispose();
      failed = true;
      const quietly = (asked: Promise<unknown>) => void asked.catch(() => {});
      showError(root, error, {
        retry: () => void start(),
        openAsText: () => quietly(peer.request("checkpoint/openAsText", {})),
        showLog: () => quietly(peer.request("log/show", {})),
      });
    };
    failed = false;
    mounted.dispose();
    closeCard();
    mounted = new DisposableStore();
    showSkeleton(root);
    try {
      const context = await peer.request("panel/context", {});
      if (mine !== generation) return;
      const panel = panels.find(({ id }) => id === context.panel);
      if (panel === undefined) {
        throw new ModeScopeError("bad-request", `There is no panel “${context.panel}”.`, {
          remedy: "Reload the window: the extension may just have been updated.",
        });
      }
      document.title = panel.title;
      const element = document.createElement("main");
      element.className = `ms-panel ms-panel-${panel.id}`;
      root.replaceChildren(element);
      mounted.add(panel.mount(element, { peer, context, state: panelState(api, context), theme, fail }));
    } catch (error) {
      fail(error);
    }
  };

  // A file that could not be opened is tried again when it changes: its writer or its download may be through.
  peer.on("checkpoint/changed", ({ change }) => {
    if (failed && change === "modified") void start();
  });
  peer.on("panel/context-changed", () => void start());
  void start();
  return peer;
}
