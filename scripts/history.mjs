// Writes docs/lint-history.md: known bugs of initialization, from the sources in test/fixtures/lint that make them again. `--check` fails on drift instead.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FIXTURES = join(ROOT, "test", "fixtures", "lint");
const PAGE = join(ROOT, "docs", "lint-history.md");

function bugsIn(folder) {
  return readdirSync(join(FIXTURES, folder))
    .sort()
    .map((file) => {
      const text = readFileSync(join(FIXTURES, folder, file), "utf8");
      const words = /^"""(.*?)"""/s.exec(text)?.[1]?.replaceAll(/\s+/g, " ").trim() ?? "";
      return {
        file,
        words,
        rules: [
          ...new Set([...text.matchAll(/# expect: ([\w, ]+)$/gm)].flatMap(([, rules]) => rules.split(", "))),
        ].sort(),
        threads: [...text.matchAll(/^# reported: (\S+)#(\d+) \((issue|pull)\)$/gm)].map(
          ([, repository, number, kind]) =>
            `[${repository}#${number}](https://github.com/${repository}/${kind === "issue" ? "issues" : "pull"}/${number})`,
        ),
        why: /^# unfound: (.*)$/m.exec(text)?.[1] ?? "",
      };
    });
}

const escaped = (words) => words.replaceAll("|", "\\|").replaceAll("*", "\\*").replaceAll("_", "\\_");

function table(heads, rows) {
  return [
    `| ${heads.join(" | ")} |`,
    `| ${heads.map(() => "---").join(" | ")} |`,
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
  ].join("\n");
}

function page() {
  const found = bugsIn("historical");
  const reported = found.filter(({ threads }) => threads.length > 0);
  const own = found.filter(({ threads }) => threads.length === 0);
  const unfound = bugsIn("unfound");
  const link = (folder, file) => `[${file}](../test/fixtures/lint/${folder}/${file})`;
  const row = (bug) => [
    escaped(bug.words),
    bug.rules.map((rule) => `[${rule}](rules/${rule}.md)`).join(", "),
    link("historical", bug.file),
  ];
  return `# Bugs of initialization that people have made

Written by \`node scripts/history.mjs\` from \`test/fixtures/lint\`. Each bug was reported in a public thread; the source that stands here for it is our own smallest
one with the same mistake, not the code of that thread. A test holds that the lint finds each at the marked line and nothing else, and nothing at all in the mended
twin of the same name in \`test/fixtures/lint/fixed\`.

## Found

${reported.length} bugs, ${new Set(reported.flatMap(({ threads }) => threads)).size} threads.

${table(
  ["bug", "found by", "source", "reported in"],
  reported.map((bug) => [...row(bug), bug.threads.join(", ")]),
)}

## Found, from papers and lectures

${own.length} that we know no one thread of.

${table(["bug", "found by", "source"], own.map(row))}

## Not found

${unfound.length} that the lint of sources is silent about; a test holds that too, so that this list ends when a rule learns them.

${table(
  ["bug", "why", "source", "reported in"],
  unfound.map((bug) => [escaped(bug.words), escaped(bug.why), link("unfound", bug.file), bug.threads.join(", ")]),
)}

Two kinds no source shows: tied weights that a copy or another device parts
([Modalities/modalities#357](https://github.com/Modalities/modalities/issues/357)), and a head that is drawn again after it was filled
([huggingface/transformers#45079](https://github.com/huggingface/transformers/pull/45079)). Compared with a file of before training, both are [MF024](rules/MF024.md).
`;
}

const text = page();
if (process.argv.includes("--check")) {
  if (readFileSync(PAGE, "utf8").replaceAll(/[ -]+/g, "") !== text.replaceAll(/[ -]+/g, "")) {
    console.error("docs/lint-history.md does not say what test/fixtures/lint holds: run node scripts/history.mjs.");
    process.exit(1);
  }
} else writeFileSync(PAGE, text);
