/** Kinds of token. Numbers rather than words: the scanner compares one for every token of a source. */

export const END: number = 0;
export const NEWLINE: number = 1;
export const NAME: number = 2;
export const NUMBER: number = 3;
export const STRING: number = 4;
/** Its prefix and opening quotes only: what is inside is read by whoever reads expressions. */
export const FORMAT_STRING: number = 5;
export const PAREN_OPEN: number = 6;
export const PAREN_CLOSE: number = 7;
export const SQUARE_OPEN: number = 8;
export const SQUARE_CLOSE: number = 9;
export const BRACE_OPEN: number = 10;
export const BRACE_CLOSE: number = 11;
export const COMMA: number = 12;
export const COLON: number = 13;
export const SEMICOLON: number = 14;
export const DOT: number = 15;
export const ELLIPSIS: number = 16;
export const ARROW: number = 17;
export const ASSIGN: number = 18;
export const WALRUS: number = 19;
/** `+=` and its like. */
export const UPDATE: number = 20;
export const BANG: number = 21;
export const AT: number = 22;
export const STAR: number = 23;
export const POWER: number = 24;
export const PLUS: number = 25;
export const MINUS: number = 26;
export const TIMES: number = 27;
export const PIPE: number = 28;
export const CARET: number = 29;
export const AMPERSAND: number = 30;
export const SHIFT: number = 31;
export const TILDE: number = 32;
export const COMPARE: number = 33;

/** Words that are never names, in the order of their kinds from `FIRST_KEYWORD` on. */
export const KEYWORDS = [
  "and",
  "as",
  "assert",
  "async",
  "await",
  "break",
  "class",
  "continue",
  "def",
  "del",
  "elif",
  "else",
  "except",
  "False",
  "finally",
  "for",
  "from",
  "global",
  "if",
  "import",
  "in",
  "is",
  "lambda",
  "None",
  "nonlocal",
  "not",
  "or",
  "pass",
  "raise",
  "return",
  "True",
  "try",
  "while",
  "with",
  "yield",
] as const;

export const FIRST_KEYWORD: number = 64;
const kindOf = (word: (typeof KEYWORDS)[number]) => FIRST_KEYWORD + KEYWORDS.indexOf(word);

const AND = kindOf("and");
export const AS = kindOf("as");
export const ASSERT = kindOf("assert");
export const ASYNC = kindOf("async");
export const AWAIT = kindOf("await");
export const BREAK = kindOf("break");
export const CLASS = kindOf("class");
export const CONTINUE = kindOf("continue");
export const DEF = kindOf("def");
export const DEL = kindOf("del");
export const ELIF = kindOf("elif");
export const ELSE = kindOf("else");
export const EXCEPT = kindOf("except");
export const FALSE = kindOf("False");
export const FINALLY = kindOf("finally");
export const FOR = kindOf("for");
export const FROM = kindOf("from");
export const GLOBAL = kindOf("global");
export const IF = kindOf("if");
export const IMPORT = kindOf("import");
export const IN = kindOf("in");
export const IS = kindOf("is");
export const LAMBDA = kindOf("lambda");
export const NONE = kindOf("None");
export const NONLOCAL = kindOf("nonlocal");
export const NOT = kindOf("not");
const OR = kindOf("or");
export const PASS = kindOf("pass");
export const RAISE = kindOf("raise");
export const RETURN = kindOf("return");
export const TRUE = kindOf("True");
export const TRY = kindOf("try");
export const WHILE = kindOf("while");
export const WITH = kindOf("with");
export const YIELD = kindOf("yield");

/** How tightly operators between two operands bind; 0 for everything else. `not` before an operand binds at `NEGATION`, a sign at `SIGN`. */
export const BINDING = new Uint8Array(FIRST_KEYWORD + KEYWORDS.length);
export const DISJUNCTION: number = 1;
export const NEGATION: number = 3;
const COMPARISON: number = 4;
/** From here on the operators of which targets of loops may consist. */
export const ARITHMETIC: number = 5;
export const SIGN: number = 11;
export const EXPONENT: number = 12;
BINDING[OR] = DISJUNCTION;
BINDING[AND] = 2;
for (const kind of [COMPARE, IN, IS, NOT]) BINDING[kind] = COMPARISON;
BINDING[PIPE] = ARITHMETIC;
BINDING[CARET] = 6;
BINDING[AMPERSAND] = 7;
BINDING[SHIFT] = 8;
for (const kind of [PLUS, MINUS]) BINDING[kind] = 9;
for (const kind of [TIMES, STAR, AT]) BINDING[kind] = 10;
BINDING[POWER] = EXPONENT;
