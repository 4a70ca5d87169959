// A real VS Code without its own download: the server inside the npm package `code-server`, driven by Chromium (see browser.mjs).
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { CACHE, must, SetupError, until } from "./process.mjs";
import { ensureDebian } from "./setup.mjs";

const CODE_SERVER = "4.139.1";
/** code-server refuses any other major version; npm carries Node's binary under a name for each system. */
const NODE_MAJOR = 24;
/** What its native modules (keyboard layout, keychain, Kerberos, terminal) compile against. */
const HEADERS = [
  "build-essential",
  "python3",
  "pkg-config",
  "libkrb5-dev",
  "libsecret-1-dev",
  "libx11-dev",
  "libxkbfile-dev",
];

const FOLDER = join(CACHE, `code-server-${CODE_SERVER}`);

function layout(folder) {
  const modules = join(folder, "node_modules");
  const node = join(modules, `node-${process.platform}-${process.arch}`, "bin");
  return {
    node: join(node, "node"),
    nodeFolder: node,
    wrapper: join(modules, "code-server", "out", "node", "entry.js"),
    server: join(modules, "code-server", "lib", "vscode", "out", "server-main.js"),
  };
}

/** Paths into an installed code-server, installing it into the cache first if it is not there (about two minutes, once a machine). */
export async function ensureCodeServer() {
  const paths = layout(FOLDER);
  if (existsSync(join(FOLDER, "complete"))) return paths;
  if (process.platform === "win32") {
    throw new SetupError(
      "The embedded VS Code does not run on Windows: install VS Code (https://code.visualstudio.com) so that `code` is on the PATH.",
    );
  }
  console.log(
    `Installing an embedded VS Code (code-server ${CODE_SERVER}) into ${FOLDER}; this takes about two minutes, once.`,
  );
  if (process.platform === "linux")
    await ensureDebian(HEADERS, "The embedded VS Code compiles native modules.", { elsewhere: "try" });
  await mkdir(CACHE, { recursive: true });
  // Built aside and renamed at the end: an interrupted installation is never taken for a whole one.
  const building = await mkdtemp(join(CACHE, "building-"));
  try {
    await writeFile(
      join(building, "package.json"),
      JSON.stringify({ name: "modescope-embedded-vscode", private: true }),
    );
    const packages = [`node-${process.platform}-${process.arch}@${NODE_MAJOR}`, `code-server@${CODE_SERVER}`];
    // First only the files; the install scripts run below, once Node 24 is there to run them.
    await must("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", ...packages], {
      cwd: building,
      quiet: true,
    });
    const { nodeFolder } = layout(building);
    await must("npm", ["rebuild", "--ignore-scripts=false", "--loglevel=error"], {
      cwd: building,
      quiet: true,
      env: {
        PATH: `${nodeFolder}${delimiter}${process.env.PATH}`,
        // Under \`npm test\` this names the outer npm's Node, and code-server's install script believes it.
        npm_config_user_agent: undefined,
        // Nested installs inherit this: npm 11.10 and later ask before running the scripts of dependencies.
        npm_config_dangerously_allow_all_scripts: "true",
        npm_config_ignore_scripts: "false",
        // Headers that the system has need not be downloaded. Native modules here use Node-API, so another major version's serve.
        ...(existsSync("/usr/include/node/node_api.h") ? { npm_config_nodedir: "/usr" } : {}),
      },
    });
    if (
      !existsSync(
        join(building, "node_modules/code-server/lib/vscode/node_modules/@vscode/spdlog/build/Release/spdlog.node"),
      )
    ) {
      throw new SetupError(
        `code-server's native modules did not compile. Try: cd ${building} && PATH=${nodeFolder}:$PATH npm rebuild --foreground-scripts`,
      );
    }
    await writeFile(join(building, "complete"), new Date().toISOString());
    await rm(FOLDER, { recursive: true, force: true });
    await rename(building, FOLDER);
  } catch (error) {
    if (!(error instanceof SetupError)) await rm(building, { recursive: true, force: true });
    throw error;
  }
  return paths;
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Starts VS Code's own server, with the smoke-test driver: without it the build ignores payloads that name a test suite.
 * `settings` become machine settings: they reach every window of this server.
 */
export async function startServer({ settings = {} } = {}) {
  const { node, server } = await ensureCodeServer();
  const data = await mkdtemp(join(tmpdir(), "modescope-server-"));
  const machine = join(data, "data", "Machine");
  await mkdir(machine, { recursive: true });
  const writeSettings = (values) =>
    writeFile(join(machine, "settings.json"), JSON.stringify({ ...BASE_SETTINGS, ...settings, ...values }, null, 2));
  await writeSettings({});
  const port = await freePort();
  const child = spawn(
    node,
    [
      server,
      "--enable-smoke-test-driver",
      "--without-connection-token",
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--accept-server-license-terms",
      "--telemetry-level",
      "off",
      "--server-data-dir",
      data,
      "--disable-workspace-trust",
    ],
    { stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk) => (output += chunk));
  const stop = async () => {
    if (child.exitCode === null) {
      // The server leads a process group of its own: its extension hosts end with it.
      try {
        process.kill(-child.pid, "SIGTERM");
      } catch {
        child.kill("SIGKILL");
      }
    }
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  };
  const dying = () => void (child.exitCode === null && process.kill(-child.pid, "SIGKILL"));
  process.once("exit", dying);
  child.once("exit", () => process.off("exit", dying));
  try {
    await until(
      "the VS Code server to answer",
      async () => {
        if (child.exitCode !== null)
          throw new Error(`The VS Code server ended with code ${child.exitCode}:\n${output}`);
        const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
        return answer?.ok ? true : undefined;
      },
      { timeout: 60_000 },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    pid: child.pid,
    authority: `127.0.0.1:${port}`,
    data,
    writeSettings,
    stop,
    logs: () => extensionHostLogs(data),
    output: () => output,
  };
}

/** A first window without panes that nobody asked for. */
export const CALM_SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "chat.disableAIFeatures": true,
  "git.openRepositoryInParentFolders": "never",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
};

/** Nothing on screen that is not the product's. */
const BASE_SETTINGS = {
  ...CALM_SETTINGS,
  // How the suite and its driver talk to each other is no part of the workspace.
  "files.exclude": { "**/.modescope-*": true },
  // As on a desktop: in a browser what is typed would be on disk a second later.
  "files.autoSave": "off",
  "workbench.enableExperiments": false,
  "telemetry.telemetryLevel": "off",
  "extensions.ignoreRecommendations": true,
  "security.workspace.trust.enabled": false,
  "update.mode": "none",
};

/** The tail of what the extension host and the extension logged, for a failing test. */
async function extensionHostLogs(data) {
  const folder = join(data, "data", "logs");
  if (!existsSync(folder)) return "";
  const files = (await readdir(folder, { recursive: true })).filter((name) =>
    /remoteexthost\.log$|ModeScope\.log$/i.test(name),
  );
  const parts = await Promise.all(
    files.map(
      async (name) => `--- ${name}\n${(await readFile(join(folder, name), "utf8")).split("\n").slice(-60).join("\n")}`,
    ),
  );
  return parts.join("\n");
}

/** The address of a window on a folder, with the extension under development and, if given, the suite that runs in its host. */
export function windowAddress(server, { workspace, extension, suite, open }) {
  const remote = (path) => `vscode-remote://${server.authority}${path}`;
  const payload = [["extensionDevelopmentPath", remote(extension)]];
  if (suite !== undefined) payload.push(["extensionTestsPath", remote(suite)]);
  if (open !== undefined) payload.push(["openFile", remote(open)]);
  return `http://${server.authority}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}
