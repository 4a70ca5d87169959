/** A cell that begins with `%%` holds another language. */
export function isOtherLanguage(text: string): boolean {
  return /^\s*%%(?!time|timeit|capture|prun)/.test(text);
}

/**
 * IPython's lines (`%matplotlib inline`, `!pip install x`, `?thing`) are no Python: spaces take their place, so that offsets stay. A cell in another language
 * is blank as a whole. A percent sign that continues an expression is kept: it follows an open line.
 */
export function blankMagics(text: string): string {
  const lines = text.includes("\r\n") ? text.replace(WINDOWS_END, (end) => (end.length > 2 ? " \\\n" : " \n")) : text;
  return withoutMagics(lines.includes(".") ? lines.replace(TRAILING_DOT, "$1_") : lines);
}

/** Windows' ends of lines, perhaps continued: the grammar takes them for two, ends what is continued, and loses its way in long blocks of them. */
const WINDOWS_END = /\\?\r\n/g;

/** `2.` is a number that the grammar does not know; with an underscore for its dot it is the same number, and as long. */
const TRAILING_DOT = /(?<![\w.])(\d[\d_]*)\.(?![\w.])/g;

/** Whether a line begins as IPython's do; it may be within a string. */
export function hasMagics(text: string): boolean {
  return /^[ \t]*[%!?]/m.test(text);
}

function withoutMagics(text: string): string {
  if (!hasMagics(text)) return text;
  if (isOtherLanguage(text)) return text.replace(/[^\n\r]/g, " ");
  let open = 0;
  return text
    .split("\n")
    .map((line) => {
      const magic = open === 0 && /^[ \t]*[%!?][^\s=]/.test(line);
      if (magic) return line.replace(/[^\r]/g, " ");
      for (const sign of line.replace(/(["'])(?:\\.|(?!\1)[^\\])*\1|#.*$/g, "")) {
        if ("([{".includes(sign)) open++;
        else if (")]}".includes(sign)) open = Math.max(0, open - 1);
      }
      return line;
    })
    .join("\n");
}
