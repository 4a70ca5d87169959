import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "./cli.testkit.ts";

const run = promisify(execFile);

/** What `npm pack` takes of the built tree; nothing is built or written. */
async function packed(): Promise<string[]> {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: ROOT,
    shell: process.platform === "win32",
  });
  const listing: unknown = JSON.parse(stdout);
  // A list of packages, or from npm 11 on a table of them by name.
  const [one] = Object.values(listing as Record<string, { readonly files: readonly { readonly path: string }[] }>);
  return (one?.files ?? []).map(({ path }) => path);
}

test("what npm packs, and so pre-commit installs, runs on its own: the command line with its worker and its pages", async () => {
  const files = await packed();
  expect(files).toEqual(expect.arrayContaining(["package.json", "dist/node/cli.cjs", "dist/node/worker.cjs"]));
  expect(files.filter((path) => /\.(ts|map)$|extension|^test/.test(path))).toEqual([]);
  const folder = await mkdtemp(join(tmpdir(), "modescope-package-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const path of files) await cp(join(ROOT, path), join(folder, path));

  const source = join(folder, "net.py");
  await writeFile(
    source,
    [
      "import torch.nn as nn",
      "class Net(nn.Module):",
      "    def __init__(self):",
      "        super().__init__()",
      "        self.a = nn.Linear(100, 100)",
      "        self.b = nn.Linear(100, 10)",
      "        nn.init.constant_(self.a.weight, 0.1)",
      "    def forward(self, x):",
      "        return self.b(nn.functional.relu(self.a(x)))",
    ].join("\n"),
  );
  const cli = (...args: string[]) =>
    run(process.execPath, [join(folder, "dist/node/cli.cjs"), ...args], { cwd: folder }).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { readonly code: number; readonly stdout: string }) => error,
    );
  expect(await cli("lint", source)).toMatchObject({ code: 1, stdout: expect.stringContaining("MF009") });
  // A checkpoint needs the worker.
  const table = await cli("analyze", join(ROOT, "samples/two-seeds/seed-1.weights.safetensors"), "--no-cache");
  expect(table).toMatchObject({ code: 0 });
});
