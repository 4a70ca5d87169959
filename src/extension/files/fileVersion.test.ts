import { expect, test } from "vitest";
import { type FileStamp, FileVersion } from "./fileVersion.ts";

test("late words of a file that is as it was change nothing; another size, another time, a file that went or came do", async () => {
  let now: FileStamp | null = { mtime: 1000, size: 8 };
  const version = new FileVersion(async () => now);
  expect(await version.changed()).toBe(false);
  now = { mtime: 1000, size: 4 };
  expect(await version.changed()).toBe(true);
  expect(await version.changed()).toBe(false);
  now = { mtime: 1001, size: 4 };
  expect(await version.changed()).toBe(true);
  now = null;
  expect(await version.changed()).toBe(true);
  now = { mtime: 1001, size: 4 };
  expect(await version.changed()).toBe(true);
  expect(await version.changed()).toBe(false);
});

test("what was there when one began to look counts, however late the file system answers", async () => {
  let answer: (stamp: FileStamp) => void = () => {};
  let asked = 0;
  const version = new FileVersion(() =>
    asked++ === 0 ? new Promise((resolve) => (answer = resolve)) : Promise.resolve({ mtime: 2, size: 8 }),
  );
  const changed = version.changed();
  answer({ mtime: 1, size: 8 });
  expect(await changed).toBe(true);
});
