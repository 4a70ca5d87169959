import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ModeScopeError } from "../../base/errors.ts";
import type { SimulatorResult } from "../../studies/simulator/types.ts";

/** Before the work begins: a folder with something in it is somebody's. */
export async function refuseFilled(folder: string): Promise<void> {
  const inside = await readdir(folder).catch(() => []);
  if (inside.length === 0) return;
  throw new ModeScopeError("bad-request", `${folder} is not empty: it holds ${inside[0]}.`, {
    field: "--out",
    remedy: "Name a new folder, or say --force to write beside what is there and over files of the same names.",
  });
}

/** Names come from the study: steps and data.csv, no paths. Without `force` nothing that is there is written over, even if it came meanwhile. */
export async function writeSeries(folder: string, files: SimulatorResult["files"], force: boolean): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, bytes } of files) await writeFile(join(folder, name), bytes, { flag: force ? "w" : "wx" });
}
