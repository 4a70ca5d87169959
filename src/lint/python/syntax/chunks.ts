/**
 * Where the statements of a module begin, by a walk over the characters that knows strings, comments, brackets and no more. Each is then parsed alone, so that
 * what it means depends on its own text: code in the middle of being typed spoils one statement, and all others need not be read again.
 */
export interface Chunk {
  readonly from: number;
  /** Behind its last character of code: comments and empty lines that follow belong to nobody. */
  readonly to: number;
  /** Most brackets that are open at once. */
  readonly deepest: number;
}

/** Words that never stand inside brackets at the beginning of a line: whoever types one there has not closed them yet. */
const NEVER_INSIDE =
  /(?:class|def|import|while|with|try|return|raise|del|assert|global|pass|async[ \t]+def)\b|from[ \t]+[\w.]+[ \t]+import\b|@[A-Za-z_]/y;
/** What goes on with the statement above. */
const GOES_ON = /(?:else|elif|except|finally)\b|[)\]}]/y;

const LINE_FEED = 10;
const HASH = 35;
const BACKSLASH = 92;
const AT_SIGN = 64;

/**
 * All chunks from a place where one begins. A beginning is a beginning whatever stands before it, so whoever knows the rest already may stop there.
 */
export function chunksFrom(text: string, from: number, stop: (beginning: number) => boolean): Chunk[] {
  const chunks: Chunk[] = [];
  const { length } = text;
  let begin = from;
  let codeEnd = from;
  let deepest = 0;
  let depth = 0;
  let decorated = false;
  let at = from;
  const close = () => {
    if (codeEnd > begin) chunks.push({ from: begin, to: codeEnd, deepest });
  };
  while (at < length) {
    // A line begins, outside of strings.
    const first = text.charCodeAt(at);
    if (at > begin && isCode(first) && beginsHere(text, at, depth, decorated)) {
      close();
      if (stop(at)) return chunks;
      [begin, codeEnd, deepest, depth] = [at, at, 0, 0];
    }
    // A decorator may go on in brackets over several lines.
    if (isCode(first) && depth === 0) decorated = first === AT_SIGN;
    // To the end of the line, which a string, or a backslash, may put off.
    for (; at < length; at++) {
      const code = text.charCodeAt(at);
      if (code === LINE_FEED) break;
      if (code <= 32) continue;
      if (code === HASH) {
        const end = text.indexOf("\n", at);
        at = (end < 0 ? length : end) - 1;
        continue;
      }
      if (code === 34 || code === 39) at = stringEnd(text, at, code) - 1;
      else if (code === 40 || code === 91 || code === 123) {
        depth++;
        if (depth > deepest) deepest = depth;
      } else if (code === 41 || code === 93 || code === 125) {
        if (depth > 0) depth--;
      } else if (code === BACKSLASH) {
        if (text.charCodeAt(at + 1) === LINE_FEED) at++;
        else if (text.startsWith("\r\n", at + 1)) at += 2;
      }
      codeEnd = Math.min(at + 1, length);
    }
    at++;
  }
  close();
  return chunks;
}

/** Neither empty, nor indented, nor a comment. */
function isCode(code: number): boolean {
  return code > 32 && code !== HASH;
}

function beginsHere(text: string, at: number, depth: number, decorated: boolean): boolean {
  if (depth > 0) return matches(NEVER_INSIDE, text, at);
  return !decorated && !matches(GOES_ON, text, at);
}

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Behind the closing quotes; a string in one pair of quotes ends with its line at the latest. */
function stringEnd(text: string, from: number, quote: number): number {
  const { length } = text;
  const triple = text.charCodeAt(from + 1) === quote && text.charCodeAt(from + 2) === quote;
  for (let at = from + (triple ? 3 : 1); at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === LINE_FEED && !triple) return at;
    else if (code === quote) {
      if (!triple) return at + 1;
      if (text.charCodeAt(at + 1) === quote && text.charCodeAt(at + 2) === quote) return at + 3;
    }
  }
  return length;
}
