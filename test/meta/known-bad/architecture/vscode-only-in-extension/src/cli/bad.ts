import "vscode";
