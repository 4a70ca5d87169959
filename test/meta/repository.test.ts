// House rules that no other tool checks.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { filesUnder, ROOT, text } from "./tree.testkit.ts";

/** Longest file of code. Most have 50 to 200 lines; one that grows beyond this has more than one reason to change. */
const MAX_LINES = 400;
const CODE = ["src", "webview", "test", "scripts"].flatMap((folder) => filesUnder(folder, /\.(ts|mjs)$/));
const PAGES = filesUnder("", /\.md$/);

test("no file of code is longer than the limit", () => {
  const long = CODE.filter((path) => !path.includes("/generated/")).map((path) => ({
    path,
    lines: text(path).split("\n").length,
  }));
  expect(long.length).toBeGreaterThan(100);
  expect(long.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
});

test("nothing is left for later, skipped or run alone", () => {
  // Written in parts: this file is searched as well.
  const later = new RegExp(`\\b(${["TO", "FIX"].map((word, i) => word + ["DO", "ME"][i]).join("|")})\\b`);
  const aside = new RegExp(
    `\\b(test|it|describe)\\.(${["sk", "on", "to"].map((word, i) => word + ["ip", "ly", "do"][i]).join("|")})(If)?\\b`,
  );
  const found = CODE.filter((path) => later.test(text(path)) || aside.test(text(path)));
  expect(found).toEqual([]);
});

test("the changelog says what is new", () => {
  const { version } = JSON.parse(text("package.json")) as { version: string };
  const [, heading, body] = /^## (.+)\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(text("CHANGELOG.md")) ?? [];
  expect(["Unreleased", version]).toContain(heading);
  expect(body).toMatch(/^- \S/m);
});

test("the contributor's table of commands and package.json agree", () => {
  const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
  const told = [...text("CONTRIBUTING.md").matchAll(/^\| `npm (?:run )?([\w:]+)[^`]*`/gm)].map((match) => match[1]);
  // npm itself calls this one, behind an install.
  const { prepare: _prepare, ...called } = scripts;
  expect([...new Set(told)].sort()).toEqual(Object.keys(called).sort());
});

test("decisions are numbered without a gap and complete", () => {
  const records = filesUnder("docs/adr", /\.md$/);
  expect(records.map((path) => path.slice("docs/adr/".length, "docs/adr/".length + 4))).toEqual(
    records.map((_, index) => String(index + 1).padStart(4, "0")),
  );
  for (const path of records) {
    const page = text(path);
    expect(page, path).toMatch(new RegExp(`^# ${path.slice(9, 13)}: \\S`));
    for (const part of ["Context", "Decision", "Consequences"]) expect(page, path).toContain(`## ${part}\n`);
    expect(page, path).toMatch(/^Status: (accepted|superseded by \d{4})$/m);
  }
});

/** What a page's headings are called in a link, by GitHub's rule. */
const anchors = (page: string): string[] =>
  [...page.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

test.each(PAGES)("the links of %s lead somewhere", (path) => {
  const page = text(path).replace(/^```[\s\S]*?^```/gm, "");
  const links = [...page.matchAll(/\]\(([^)\s]+)\)/g), ...page.matchAll(/\bsrc="([^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
  for (const link of links.filter((one) => !/^(https?|command|mailto):/.test(one))) {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : join(dirname(path), file);
    // Pictures come from `npm run pictures`: before its first run there are none.
    if (target.startsWith("docs/images/") && !existsSync(join(ROOT, "docs/images"))) continue;
    expect(existsSync(join(ROOT, target)), link).toBe(true);
    if (anchor !== undefined && target.endsWith(".md")) expect(anchors(text(target)), link).toContain(anchor);
  }
});

test("the files and folders that the architecture page names are there", () => {
  const named = [...text("docs/ARCHITECTURE.md").matchAll(/`((?:src|webview|test|scripts|docs)\/[\w./-]+)`/g)].map(
    (match) => match[1] ?? "",
  );
  expect(named.length).toBeGreaterThan(10);
  for (const path of named) expect(existsSync(join(ROOT, path)), path).toBe(true);
});
