import * as vscode from "vscode";

/** Where a new panel goes: never over the code. Beside it, in a group that is there already or in a new one; and else where the person is. */
export function panelColumn(): vscode.ViewColumn {
  const { all, activeTabGroup } = vscode.window.tabGroups;
  if (!showsCode(activeTabGroup)) return vscode.ViewColumn.Active;
  return all.find((group) => !showsCode(group))?.viewColumn ?? vscode.ViewColumn.Beside;
}

function showsCode({ activeTab }: vscode.TabGroup): boolean {
  return activeTab?.input instanceof vscode.TabInputText || activeTab?.input instanceof vscode.TabInputNotebook;
}
