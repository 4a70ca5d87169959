import type { Disposable } from "../../src/base/disposable.ts";

/** What a picture asks of the editor's theme; the shell's Theme fits it. */
export interface ChartTheme {
  readonly kind: "dark" | "light" | "high-contrast" | "high-contrast-light";
  color(variable: string, fallback?: string): string;
  onChange(listener: () => void): Disposable;
}

export interface ChartPalette {
  readonly foreground: string;
  readonly muted: string;
  readonly grid: string;
  readonly background: string;
  readonly focus: string;
  readonly mark: string;
  /** Marks that stand out of the others. */
  readonly spike: string;
  /** Curves over the marks, told apart by dash as well as by colour. */
  readonly curves: readonly string[];
  /** Equals beside each other (modes, items), told apart by the shape of their marks as well. */
  readonly series: readonly string[];
}

export function paletteOf(theme: ChartTheme): ChartPalette {
  const light = theme.kind === "light" || theme.kind === "high-contrast-light";
  const foreground = theme.color("--vscode-foreground", light ? "#3b3b3b" : "#cccccc");
  return {
    foreground,
    muted: theme.color("--vscode-descriptionForeground", foreground),
    grid: theme.kind.startsWith("high-contrast")
      ? theme.color("--vscode-contrastBorder", foreground)
      : theme.color("--vscode-editorIndentGuide-background1", light ? "#d3d3d3" : "#404040"),
    background: theme.color("--vscode-editor-background", light ? "#ffffff" : "#1f1f1f"),
    focus: theme.color("--vscode-focusBorder", "#0078d4"),
    mark: theme.color("--vscode-charts-blue", light ? "#1a85ff" : "#3794ff"),
    spike: theme.color("--vscode-charts-red", light ? "#e51400" : "#f14c4c"),
    curves: [
      theme.color("--vscode-charts-yellow", "#cca700"),
      theme.color("--vscode-charts-purple", light ? "#652d90" : "#b180d7"),
      theme.color("--vscode-charts-green", light ? "#388a34" : "#89d185"),
    ],
    series: [
      theme.color("--vscode-charts-blue", light ? "#1a85ff" : "#3794ff"),
      opaque(theme.color("--vscode-charts-orange", "#d18616")),
      theme.color("--vscode-charts-green", light ? "#388a34" : "#89d185"),
      theme.color("--vscode-charts-purple", light ? "#652d90" : "#b180d7"),
      theme.color("--vscode-charts-red", light ? "#e51400" : "#f14c4c"),
      theme.color("--vscode-charts-yellow", light ? "#bf8803" : "#cca700"),
    ],
  };
}

export const CURVE_DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3]];

/** The editor's own orange is half transparent: a highlight, not a line. */
function opaque(colour: string): string {
  return colour.replace(/^(#[0-9a-f]{6})[0-9a-f]{2}$/i, "$1").replace(/^rgba\((.*),[^,]*\)$/, "rgb($1)");
}
