import * as vscode from "vscode";
import type { PanelSettings } from "../protocol/contract.ts";

/** The settings, read when needed; package.json gives the defaults. */
export function panelSettings(): PanelSettings {
  const section = vscode.workspace.getConfiguration("modescope");
  return {
    exactSpectrumLimit: section.get("spectrum.exactLimit", 1024),
    significantDigits: section.get("display.significantDigits", 4),
  };
}

export function computeSettings(): { readonly workers: number; readonly cacheBytes: number } {
  const section = vscode.workspace.getConfiguration("modescope");
  return {
    workers: section.get("compute.workers", 0),
    cacheBytes: section.get("compute.cacheMegabytes", 512) * 2 ** 20,
  };
}

export function wholeFileLimitBytes(): number {
  return vscode.workspace.getConfiguration("modescope").get("files.wholeFileMegabytes", 256) * 2 ** 20;
}

/** 0 means never. */
export function notificationSeconds(): number {
  return vscode.workspace.getConfiguration("modescope").get("progress.notificationSeconds", 5);
}

/** What the person says about tensors, as the setting holds it: by pattern of the name. */
export function tensorOverrides(): Readonly<Record<string, unknown>> {
  return vscode.workspace.getConfiguration("modescope").get("tensors.overrides", {});
}

/** Remembered with the workspace; in a window without one, for the person. */
export async function setTensorOverrides(overrides: Readonly<Record<string, unknown>>): Promise<void> {
  const target =
    vscode.workspace.workspaceFolders === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  const value = Object.keys(overrides).length === 0 ? undefined : overrides;
  await vscode.workspace.getConfiguration("modescope").update("tensors.overrides", value, target);
}
