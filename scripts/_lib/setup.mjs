// What a fresh machine lacks: npm packages and Debian packages.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findCommand, must, ROOT, run, SetupError } from "./process.mjs";

/** The oldest Node that the tools run on. */
const NODE_MAJOR = 20;

export function checkNode() {
  if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR) return;
  throw new SetupError(
    `Node ${NODE_MAJOR} or later is needed; this is ${process.version}. Get one from https://nodejs.org.`,
  );
}

/** `npm ci`, unless node_modules was already installed from this very lockfile. */
export async function ensurePackages() {
  const installed = join(ROOT, "node_modules", ".package-lock.json");
  const lockfile = join(ROOT, "package-lock.json");
  const stamp = join(ROOT, "node_modules", ".modescope-lock");
  const digest = createHash("sha256").update(readFileSync(lockfile)).digest("hex");
  if (existsSync(installed)) {
    // By content: a checkout of another branch touches the file and changes nothing. By time: someone ran npm by hand.
    const known = existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
    if (known || statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs) return "up to date";
  }
  // esbuild and Biome bring their programs as optional packages, so no install script is needed; browsers are not wanted.
  // All that builds and tests is a development dependency: NODE_ENV=production must not leave it out.
  const { code } = await run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund"], {
    env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1" },
  });
  if (code === 0) {
    writeFileSync(stamp, digest);
    return "installed";
  }
  const registry = runQuietly("npm", ["config", "get", "registry"]).output.trim();
  throw new SetupError(
    `“npm ci” ended with exit code ${code} (its words are above). It fetches the packages of package-lock.json from ${registry || "the npm registry"}: on a machine that cannot reach it, set a registry or a proxy that it can (npm config set registry …) and run the command again.`,
  );
}

/**
 * Installs Debian packages if one of them is missing: as root at once, otherwise the error gives the command.
 * On a system without dpkg nothing can be looked up: that is a failure, or with `elsewhere: "try"` a word of advice.
 */
export async function ensureDebian(packages, why, { elsewhere = "fail" } = {}) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  if (findCommand("dpkg-query") === undefined) {
    const advice = `${why} On Debian or Ubuntu: sudo ${command}. On other systems install the packages of the same purpose.`;
    if (elsewhere === "fail") throw new SetupError(advice);
    console.log(`${advice} Going on, as they may be there.`);
    return;
  }
  const missing = [];
  for (const name of packages) {
    const { code, output } = runQuietly("dpkg-query", ["-W", "-f", "$" + "{Status}", name]);
    if (code !== 0 || !output.includes("install ok installed")) missing.push(name);
  }
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0)
    throw new SetupError(`${why} Run: sudo apt-get install -y --no-install-recommends ${missing.join(" ")}`);
  console.log(`Installing Debian packages: ${missing.join(" ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "-y", "--no-install-recommends", ...missing];
  if ((await run("apt-get", install, { env, quiet: true })).code === 0) return;
  // The package lists of a new machine may be empty or old.
  await must("apt-get", ["update"], { env, quiet: true });
  if ((await run("apt-get", install, { env, quiet: true })).code === 0) return;
  throw new SetupError(`${why} They could not be installed (see above). Try: apt-get ${install.join(" ")}`);
}

function runQuietly(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  return { code: status ?? 1, output: stdout ?? "" };
}
