import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NO_OTHER_SOURCES } from "../remoteSources.ts";
import { nodeSources } from "./fileSource.ts";

let folder: string;
let uri: string;
const sources = nodeSources(NO_OTHER_SOURCES);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-source-"));
  await mkdir(join(folder, "model"));
  await writeFile(join(folder, "model", "a.bin"), new Uint8Array([0, 1, 2, 3, 4, 5]));
  await writeFile(join(folder, "outside.bin"), "secret");
  uri = pathToFileURL(join(folder, "model", "a.bin")).href;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("reads exactly the asked range", async () => {
  const source = await sources.open(uri);
  expect([...(await source.read(2, 3))]).toEqual([2, 3, 4]);
  await expect(source.read(4, 3)).rejects.toMatchObject({ code: "short-read", details: { offset: 4 } });
  await source.close();
});

test("a file that changes while open is stale, not garbage", async () => {
  const source = await sources.open(uri);
  await appendFile(join(folder, "model", "a.bin"), "more");
  await expect(source.read(0, 2)).rejects.toMatchObject({ code: "stale-source" });
  await source.close();
});

test("so is one that another was renamed over, or that is gone", async () => {
  const source = await sources.open(uri);
  await writeFile(join(folder, "new.bin"), new Uint8Array([9, 9, 9, 9, 9, 9]));
  await rename(join(folder, "new.bin"), join(folder, "model", "a.bin"));
  await expect(source.read(0, 2)).rejects.toMatchObject({ code: "stale-source" });
  await source.close();
  const next = await sources.open(uri);
  await rm(join(folder, "model", "a.bin"));
  await expect(next.read(0, 2)).rejects.toMatchObject({ code: "stale-source" });
  await next.close();
});

test("what is absent or no file has its own sentence", async () => {
  await expect(sources.open(pathToFileURL(join(folder, "none")).href)).rejects.toMatchObject({
    code: "source-missing",
    message: "The file is not there.",
  });
  await expect(sources.open(pathToFileURL(folder).href)).rejects.toMatchObject({ code: "source-missing" });
});

test.each(["../outside.bin", "/etc/hostname", "a/../../outside.bin", "..\\outside.bin", "C:\\x", "", "a\0b"])(
  "no sibling by the name %j",
  async (name) => {
    await expect(sources.sibling(uri, name)).rejects.toMatchObject({ code: "bad-format" });
  },
);

test("no sibling through a link that leaves the folder, but through one that stays", async () => {
  await symlink(join(folder, "outside.bin"), join(folder, "model", "out.bin"));
  await symlink(join(folder, "model", "a.bin"), join(folder, "model", "in.bin"));
  await expect(sources.sibling(uri, "out.bin")).rejects.toMatchObject({ code: "bad-format" });
  expect(await sources.sibling(uri, "in.bin")).toContain("in.bin");
});

test("a folder is listed by name and kind, links by what they lead to", async () => {
  const model = join(folder, "model");
  await mkdir(join(model, "chunks"));
  await writeFile(join(model, "chunks", "..0"), "a name that only begins like the folder above");
  await symlink(join(model, "a.bin"), join(model, "linked.bin"));
  await symlink(join(model, "nowhere"), join(model, "broken.bin"));
  expect(await sources.list(uri, "")).toEqual({
    entries: [
      { name: "a.bin", kind: "file" },
      { name: "chunks", kind: "folder" },
      { name: "linked.bin", kind: "file" },
    ],
    complete: true,
  });
  expect((await sources.list(uri, "chunks")).entries).toEqual([{ name: "..0", kind: "file" }]);
  expect(await sources.sibling(uri, "chunks/..0")).toContain("chunks/..0");
});

test.each(["..", "../model", "/", "chunks/../..", "C:"])("no listing of %j", async (name) => {
  await expect(sources.list(uri, name)).rejects.toMatchObject({ code: "bad-format" });
});

test("no listing through a link that leaves the folder, nor of a file", async () => {
  await symlink(folder, join(folder, "model", "up"));
  await expect(sources.list(uri, "up")).rejects.toMatchObject({ code: "bad-format" });
  await expect(sources.list(uri, "a.bin")).rejects.toMatchObject({ code: "source-missing" });
});
