// `npm start`: from a bare clone to a VS Code window on the samples, with the packaged extension in it. `--build-only` stops at the .vsix.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCommand, must, ROOT, SetupError, until } from "./_lib/process.mjs";
import { checkNode, ensurePackages } from "./_lib/setup.mjs";
import { CALM_SETTINGS, ensureCodeServer, freePort } from "./_lib/vscodeServer.mjs";

const SAMPLES = join(ROOT, "samples");
const NEXT =
  "Next: in the Explorer, open toy-world › eight-items › checkpoints, right-click a checkpoint and choose\n      “Analyze Checkpoint”. Then press Enter on a row to see that tensor.";

async function packageExtension() {
  const { name, version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8"));
  const vsix = join(ROOT, `${name}-${version}.vsix`);
  await must(process.execPath, ["esbuild.mjs", "--minify"], { quiet: true });
  await must(join(ROOT, "node_modules", ".bin", "vsce"), ["package", "--no-dependencies", "--out", vsix], {
    quiet: true,
  });
  return vsix;
}

async function openDesktop(code, vsix) {
  await must(code, ["--install-extension", vsix, "--force"]);
  await must(code, ["--new-window", SAMPLES]);
  console.log(`\nVS Code opens on ${SAMPLES}.\n${NEXT}`);
}

async function openEmbedded(vsix) {
  const { node, wrapper } = await ensureCodeServer();
  // Its own data folder: neither a code-server of the person's own nor its extensions are touched.
  const data = await mkdtemp(join(tmpdir(), "modescope-start-"));
  const machine = join(data, "user", "Machine");
  await mkdir(machine, { recursive: true });
  await writeFile(join(machine, "settings.json"), JSON.stringify(CALM_SETTINGS, null, 2));
  const common = [
    wrapper,
    "--user-data-dir",
    join(data, "user"),
    "--extensions-dir",
    join(data, "extensions"),
    "--config",
    join(data, "config.yaml"),
  ];
  await must(node, [...common, "--install-extension", vsix], { quiet: true });
  const port = process.env.PORT || String(await freePort());
  const address = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(SAMPLES)}`;
  const quiet = [
    "--auth",
    "none",
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-workspace-trust",
    "--disable-getting-started-override",
  ];
  const server = spawn(node, [...common, ...quiet, "--bind-addr", `127.0.0.1:${port}`, SAMPLES], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding("utf8").on("data", (chunk) => (output += chunk));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.kill());
  await until("VS Code to answer", async () => {
    if (server.exitCode !== null) throw new SetupError(`VS Code did not start:\n${output}`);
    return (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok ? true : undefined;
  });
  console.log(`\nVS Code is at  ${address}\n${NEXT}\nCtrl+C here stops it.`);
  await new Promise((resolve) => server.once("exit", resolve));
}

try {
  checkNode();
  console.log(`▶ Packages: ${await ensurePackages()}`);
  const vsix = await packageExtension();
  console.log(`▶ Packaged ${vsix}`);
  if (!process.argv.includes("--build-only")) {
    const code = findCommand("code");
    if (code === undefined) await openEmbedded(vsix);
    else await openDesktop(code, vsix);
  }
} catch (error) {
  console.error(error instanceof SetupError ? error.message : (error?.stack ?? error));
  process.exitCode = 1;
}
