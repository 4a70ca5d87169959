// The words behind `npm run bench --`.

export const HELP = `Measures ModeScope beside NumPy, SciPy, PyTorch, WeightWatcher and ml-matrix in one interleaved run.

  npm run bench                     everything, about a quarter of an hour; writes docs/performance.md and its picture
  npm run bench -- --quick          small sizes, few rounds, a few minutes; prints, and leaves docs alone
  npm run bench -- --rows a,b       only these rows (--help names them); earlier results of the others are kept

  --rounds N    rounds of each row (default 5, quick 3)
  --no-docs     leave docs alone
  --docs-only   write docs from the results of earlier runs, measure nothing
  --help`;

/** Reads the words; an error is a sentence that says what to write instead. */
export function parseArguments(words, rowIds) {
  const options = { quick: false, rows: rowIds, rounds: undefined, docs: true, measure: true, help: false };
  const rest = [...words];
  const wordAfter = (name) => {
    const value = rest.shift();
    if (value === undefined || value.startsWith("--")) throw new Error(`${name} needs a value.`);
    return value;
  };
  while (rest.length > 0) {
    const word = rest.shift();
    if (word === "--quick") options.quick = true;
    else if (word === "--no-docs") options.docs = false;
    else if (word === "--docs-only") options.measure = false;
    else if (word === "--help" || word === "-h") options.help = true;
    else if (word === "--rows") options.rows = chosenRows(wordAfter(word), rowIds);
    else if (word === "--rounds") options.rounds = wholeNumber(word, wordAfter(word));
    else throw new Error(`“${word}” is not known. Try: npm run bench -- --help`);
  }
  options.rounds ??= options.quick ? 3 : 5;
  // Numbers of a quick run are for orientation: they do not belong in the table that people read.
  if (options.quick) options.docs = false;
  return options;
}

function chosenRows(list, rowIds) {
  const wanted = list.split(",").map((id) => id.trim());
  const unknown = wanted.filter((id) => !rowIds.includes(id));
  if (unknown.length > 0) throw new Error(`There is no row “${unknown.join(", ")}”. Rows: ${rowIds.join(", ")}.`);
  return rowIds.filter((id) => wanted.includes(id));
}

function wholeNumber(name, text) {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new Error(`${name} needs a whole number from 1 to 999, not “${text}”.`);
}
