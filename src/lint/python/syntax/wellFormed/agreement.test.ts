import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { agreement } from "./agreement.testkit.ts";

/**
 * What holds the parser of well-formed Python to the tolerant one: whatever it reads, the other reads to the same tree, places and names included. It may leave a
 * statement to the other at any time, so that mutated and broken sources are as good a question as whole ones.
 */

const ROOT = new URL("../../../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");
const sources = (folder: string) =>
  readdirSync(new URL(folder, ROOT))
    .filter((name) => name.endsWith(".py"))
    .map((name) => read(`${folder}${name}`));
const SOURCES = [
  ...sources("test/fixtures/lint/historical/"),
  ...sources("samples/transformer/"),
  ...sources("scripts/fixtures/"),
];
/** Each corner of the grammar that is well formed; none may be left to the tolerant parser. */
const CORNERS = read("test/fixtures/lint/grammar/corners.py").split(/^# ---\n/m);
/** Valid too, but the tolerant parser knows them as errors: it shall say so. */
const LEFT = read("test/fixtures/lint/grammar/left.py").split(/^# ---\n/m);

test.each(SOURCES.map((text, index) => [index, text] as const))("source %i is read alike", (_index, text) => {
  expect(agreement(text)).toMatchObject({ differences: [], left: [] });
});

test.each(CORNERS.map((text) => [text]))("read alike, and by both: %s", (text) => {
  expect(agreement(text)).toMatchObject({ differences: [], left: [] });
});

test.each(LEFT.map((text) => [text]))("left to the tolerant parser: %s", (text) => {
  const { left } = agreement(text);
  expect(left).not.toEqual([]);
});

test("with Windows' ends of lines, and with tabs", () => {
  const long = `class A:\n${Array.from({ length: 2_000 }, (_, k) => `    some_constant_${k} = ${k}\n`).join("")}`;
  for (const text of [...SOURCES, ...CORNERS, long, "x = a \\\n    + b\n"]) {
    expect(agreement(text.replaceAll("\n", "\r\n")).differences).toEqual([]);
    expect(agreement(text.replaceAll("    ", "\t")).differences).toEqual([]);
  }
});

const PIECES = [
  ..."\n ( ) [ ] { } , : ; = . * ' \" # @ \\ 1 x % ! $ ~ - \t é".split(" "),
  ...[
    " ",
    "    ",
    ":=",
    "==",
    "**",
    "...",
    "'''",
    "f'",
    "f'{x}'",
    "r'",
    "\\\n",
    "\n  ",
    "\n\n",
    "\r\n",
    "1.",
    "0x",
    "1e",
    "->",
    "%=",
  ],
  ...[
    "not ",
    " and ",
    " or ",
    " if ",
    " else ",
    "lambda ",
    "await ",
    "yield ",
    "in ",
    "is ",
    "for ",
    "async ",
    "match ",
    "case ",
  ],
  ...[
    "type ",
    "print ",
    "def ",
    "class ",
    "return ",
    "del ",
    "as ",
    "import ",
    "from ",
    "with ",
    "try:",
    "except ",
    "else:",
  ],
];

/** Ten lines of a source, or a corner, without what they are indented by, and with up to three places where something was typed or deleted. */
function mutated(random: (below: number) => number): string {
  const source = (random(2) === 0 ? SOURCES[random(SOURCES.length)] : CORNERS[random(CORNERS.length)]) ?? "";
  const lines = source.split("\n");
  const first = random(Math.max(1, lines.length - 10));
  const indent = /^\s*/.exec(lines[first] ?? "")?.[0] ?? "";
  let text = lines
    .slice(first, first + 10)
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    .join("\n");
  for (let edits = random(4); edits > 0; edits--) {
    const at = random(text.length + 1);
    text = text.slice(0, at) + (PIECES[random(PIECES.length)] ?? "") + text.slice(at + random(4) * random(2));
  }
  return text;
}

test("whatever is typed into them", () => {
  let state = 20_261_125;
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  let both = 0;
  for (let round = 0; round < 12_000; round++) {
    const text = mutated(random);
    const { statements, left, differences } = agreement(text);
    expect(differences, text).toEqual([]);
    both += statements - left.length;
  }
  // Most of what was mutated is still read by both, so that there was something to compare.
  expect(both).toBeGreaterThan(12_000);
}, 120_000);

/** Expressions at random, all of them well formed. */
function expression(random: (below: number) => number, depth: number): string {
  const inner = () => expression(random, depth - 1);
  if (depth === 0)
    return ["a", "b.c", "1", "2.5", "'s'", "None", "True", "f'{d!r:>{w}}'", "...", "x1"][random(10)] ?? "a";
  const op = ["+", "-", "*", "/", "//", "%", "@", "**", "<<", ">>", "&", "|", "^"][random(13)] ?? "+";
  const compare = ["<", ">=", "==", "!=", "in", "not in", "is", "is not"][random(8)] ?? "<";
  switch (random(16)) {
    case 0:
      return `(${inner()} ${compare} ${inner()})`;
    case 1:
      return `(${inner()} and not ${inner()} or ${inner()})`;
    case 2:
      return `(not ${inner()} and ${inner()})`;
    case 3:
      return `(${inner()} if ${inner()} else ${inner()})`;
    case 4:
      return `(lambda p, *q, r=${inner()}: ${inner()})`;
    case 5:
      return `[${inner()} for i, j in ${inner()} if ${inner()} for k in ${inner()}]`;
    case 6:
      return `{${inner()}: ${inner()}, **${inner()}}`;
    case 7:
      return `{${inner()}, *${inner()}}`;
    case 8:
      return `(${inner()}, *${inner()},)`;
    case 9:
      return `f(${inner()}, *${inner()}, k=${inner()}, **${inner()})`;
    case 10:
      return `g(y for y in ${inner()})[${inner()}:${inner()}, ::${inner()}, ${inner()}]`;
    case 11:
      return `-${inner()} ${op} ~${inner()}`;
    case 12:
      return `(w := ${inner()})`;
    default:
      return `${inner()} ${op} ${inner()}`;
  }
}

test("expressions at random are read by both, and alike", () => {
  let state = 7;
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let round = 0; round < 2_000; round++) {
    const text = `x = ${expression(random, 1 + random(4))}`;
    expect(agreement(text), text).toEqual({ statements: 1, left: [], differences: [] });
  }
});
