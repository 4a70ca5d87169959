// Measured parts of a page stand between two comments; the words around them are people's.

/** The page with the text between `<!-- bench:ID -->` and `<!-- /bench:ID -->` replaced. A part that the page does not have is an error. */
export function replacePart(page, id, text) {
  const [open, close] = [`<!-- bench:${id} -->`, `<!-- /bench:${id} -->`];
  const start = page.indexOf(open);
  const end = page.indexOf(close);
  if (start < 0 || end < start) throw new Error(`The page has no part between “${open}” and “${close}”.`);
  return `${page.slice(0, start + open.length)}\n\n${text.trim()}\n\n${page.slice(end)}`;
}

/** The ids of the parts that a page has, in order. */
export function partsOf(page) {
  return [...page.matchAll(/<!-- bench:([\w-]+) -->/g)].map((match) => match[1]);
}
