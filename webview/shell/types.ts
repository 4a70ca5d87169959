import type { Disposable } from "../../src/base/disposable.ts";
import type { EngineEvents, Methods, PanelContext, PanelEvents } from "../../src/protocol/contract.ts";
import type { Peer } from "../../src/protocol/peer.ts";

export type ThemeKind = "dark" | "light" | "high-contrast" | "high-contrast-light";

/** The editor's theme, live. Canvases read their colours here; everything else uses the CSS variables themselves. */
export interface Theme {
  readonly kind: ThemeKind;
  /** Computed value of a CSS variable such as "--vscode-charts-blue"; the fallback where the theme does not set it. */
  color(variable: string, fallback?: string): string;
  /** Called after the editor switched to another theme. */
  onChange(listener: () => void): Disposable;
}

/** What survives reload and tab moves; plain JSON data. */
export interface PanelState {
  get(): unknown;
  set(value: unknown): void;
}

export type PanelPeer = Peer<Methods, EngineEvents & PanelEvents>;

export interface PanelHost {
  readonly peer: PanelPeer;
  readonly context: PanelContext;
  readonly state: PanelState;
  readonly theme: Theme;
  /** Replaces the panel by the error view (what, where, remedy, Retry). */
  fail(error: unknown): void;
}

/** One panel: a folder, and a line in the registry. */
export interface Panel {
  readonly id: string;
  readonly title: string;
  mount(element: HTMLElement, host: PanelHost): Disposable;
}
