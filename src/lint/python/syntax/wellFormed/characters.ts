import * as kinds from "./tokens.ts";

export const TAB = 9;
export const LINE_FEED = 10;
export const FORM_FEED = 12;
export const CARRIAGE_RETURN = 13;
export const SPACE = 32;
export const DOUBLE_QUOTE = 34;
export const HASH = 35;
export const SINGLE_QUOTE = 39;
export const POINT = 46;
export const EQUALS = 61;
export const BACKSLASH = 92;
export const UNDERSCORE = 95;
/** First character beyond ASCII that may stand in a name. */
export const FIRST_LETTER = 0xa1;

/** What a token that begins with a character of ASCII is. */
export const LETTER = 1;
export const DIGIT = 2;
export const QUOTE = 3;
export const SINGLE = 4;
export const OPERATOR = 5;
export const CLASSES = new Uint8Array(128);
/** Kinds of tokens that are one character. */
export const SINGLES = new Uint8Array(128);
/** Kinds of operators of one character that may be doubled or followed by `=`. */
export const FIRSTS = new Uint8Array(128);

const inside = (sign: string) => sign.charCodeAt(0);
for (const sign of "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") CLASSES[inside(sign)] = LETTER;
for (const sign of "0123456789") CLASSES[inside(sign)] = DIGIT;
for (const sign of "\"'") CLASSES[inside(sign)] = QUOTE;
for (const [sign, kind] of [
  ["(", kinds.PAREN_OPEN],
  [")", kinds.PAREN_CLOSE],
  ["[", kinds.SQUARE_OPEN],
  ["]", kinds.SQUARE_CLOSE],
  ["{", kinds.BRACE_OPEN],
  ["}", kinds.BRACE_CLOSE],
  [",", kinds.COMMA],
  [";", kinds.SEMICOLON],
  ["~", kinds.TILDE],
] as const) {
  CLASSES[inside(sign)] = SINGLE;
  SINGLES[inside(sign)] = kind;
}
for (const [sign, kind] of [
  [".", kinds.DOT],
  [":", kinds.COLON],
  ["=", kinds.ASSIGN],
  ["!", kinds.BANG],
  ["<", kinds.COMPARE],
  [">", kinds.COMPARE],
  ["@", kinds.AT],
  ["*", kinds.STAR],
  ["+", kinds.PLUS],
  ["-", kinds.MINUS],
  ["/", kinds.TIMES],
  ["%", kinds.TIMES],
  ["|", kinds.PIPE],
  ["^", kinds.CARET],
  ["&", kinds.AMPERSAND],
] as const) {
  CLASSES[inside(sign)] = OPERATOR;
  FIRSTS[inside(sign)] = kind;
}

export function isWordCode(code: number): boolean {
  if (code >= 128) return code >= FIRST_LETTER;
  const found = CLASSES[code];
  return found === LETTER || found === DIGIT;
}
