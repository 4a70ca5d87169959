import { expect, test } from "vitest";
import { hashOf, Names } from "./names.ts";
import { KEYWORDS } from "./tokens.ts";

const found = (names: Names, word: string) => names.find(word, 0, word.length, hashOf(word));

test("the same word has the same place, keywords the first ones", () => {
  const names = new Names();
  expect(KEYWORDS.map((word) => found(names, word))).toEqual(KEYWORDS.map((_, index) => index));
  const place = found(names, "a_word_of_some_length");
  expect(names.find("x = a_word_of_some_length", 4, 25, hashOf("a_word_of_some_length"))).toBe(place);
  expect(names.at(place)).toBe("a_word_of_some_length");
});

test("words with one hash are not all kept, so that no word is searched among thousands", () => {
  const names = new Names();
  // "Aa" and "BB" have one hash, and so has every word that is made of them.
  const words = Array.from({ length: 4_096 }, (_, number) =>
    number.toString(2).padStart(12, "0").replaceAll("0", "Aa").replaceAll("1", "BB"),
  );
  expect(new Set(words.map(hashOf)).size).toBe(1);
  for (const word of words) {
    const place = found(names, word);
    if (place >= 0) expect(names.at(place)).toBe(word);
  }
  expect(names.size).toBeLessThanOrEqual(KEYWORDS.length + 64);
  expect(KEYWORDS.map((word) => found(names, word))).toEqual(KEYWORDS.map((_, index) => index));
});

test("a table that is full begins anew", () => {
  const names = new Names();
  for (let number = 0; number < 40_000; number++) found(names, `v${number}`);
  expect(names.size).toBeLessThanOrEqual(1 << 15);
  expect(found(names, "while")).toBe(KEYWORDS.indexOf("while"));
});
