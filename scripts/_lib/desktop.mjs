// The integration suite in desktop VS Code, through @vscode/test-electron. Run as a process of its own: node desktop.mjs WORKSPACE SUITE
import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { findCommand, ROOT } from "./process.mjs";

const UPDATES = "https://update.code.visualstudio.com/api/releases/stable";

/** Where the desktop's program is, beside its command line tool `code`. */
function installedProgram() {
  const command = findCommand("code");
  if (command === undefined) return undefined;
  const folder = dirname(dirname(realpathSync(command)));
  const program = {
    linux: join(folder, "code"),
    darwin: join(folder, "..", "..", "MacOS", "Electron"),
    win32: join(folder, "Code.exe"),
  }[process.platform];
  const { status } = spawnSync(
    process.platform === "win32" ? "where" : "test",
    process.platform === "win32" ? [program] : ["-x", program],
  );
  return status === 0 ? program : undefined;
}

/** How desktop VS Code can run here, or why it cannot. */
export async function desktopHost() {
  const prefix =
    process.platform === "linux" && process.env.DISPLAY === undefined && process.env.WAYLAND_DISPLAY === undefined
      ? findCommand("xvfb-run")
      : "";
  if (prefix === undefined) return { reason: "there is no display and no xvfb-run" };
  const program = installedProgram();
  if (program !== undefined) return { program, prefix };
  try {
    const answer = await fetch(UPDATES, { signal: AbortSignal.timeout(5_000) });
    if (answer.ok) return { program: undefined, prefix };
    return { reason: `no \`code\` is installed and its download answers ${answer.status}` };
  } catch {
    return { reason: "no `code` is installed and its download is out of reach" };
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [workspace, suite, program] = process.argv.slice(2);
  const { runTests } = await import("@vscode/test-electron");
  const code = await runTests({
    ...(program ? { vscodeExecutablePath: program } : {}),
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: suite,
    launchArgs: [
      workspace,
      "--disable-extensions",
      "--disable-workspace-trust",
      "--skip-welcome",
      "--skip-release-notes",
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
  process.exitCode = code;
}
