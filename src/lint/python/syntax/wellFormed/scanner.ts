import {
  BACKSLASH,
  CARRIAGE_RETURN,
  CLASSES,
  DIGIT,
  DOUBLE_QUOTE,
  EQUALS,
  FIRST_LETTER,
  FIRSTS,
  FORM_FEED,
  HASH,
  isWordCode,
  LETTER,
  LINE_FEED,
  OPERATOR,
  POINT,
  QUOTE,
  SINGLE,
  SINGLE_QUOTE,
  SINGLES,
  SPACE,
  TAB,
  UNDERSCORE,
} from "./characters.ts";
import { Names } from "./names.ts";
import * as kinds from "./tokens.ts";

/** Thrown where a statement is not what this parser reads: the tolerant one reads it then. One object, so that giving up costs nothing. */
export const NOT_WELL_FORMED = new Error("Not read here.");

export function giveUp(): never {
  throw NOT_WELL_FORMED;
}

const names = new Names();

/**
 * Tokens of one statement of the module, one at a time, straight from its characters. The present token is `kind` from `from` to `at`; `last` is where the one
 * before it ended. Ends of lines are tokens outside of brackets only. The last character of a line belongs to the statement that it ends, so that blocks
 * lie where the tolerant parser puts them.
 */
export class Scanner {
  protected text = "";
  protected limit = 0;
  protected kind = kinds.END;
  protected from = 0;
  protected at = 0;
  protected last = 0;
  protected word = "";
  protected brackets = 0;
  /** Columns before the first token of the present line. */
  protected column = 0;

  protected beginAt(text: string, from: number, to: number): void {
    this.text = text;
    this.limit = to;
    this.brackets = 0;
    this.column = 0;
    this.last = from;
    this.#scan(from);
  }

  protected next(): void {
    this.last = this.at;
    this.#scan(this.at);
  }

  /** To a token outside of brackets that was read already. */
  protected backTo(from: number): void {
    this.brackets = 0;
    this.#scan(from);
  }

  protected expect(kind: number): void {
    if (this.kind !== kind) giveUp();
    this.next();
  }

  protected skipped(kind: number): boolean {
    if (this.kind !== kind) return false;
    this.next();
    return true;
  }

  /** Over an opening bracket. */
  protected open(): void {
    this.brackets++;
    this.next();
  }

  protected close(kind: number): void {
    if (this.kind !== kind) giveUp();
    this.brackets--;
    this.next();
  }

  /** Over the end of a line, and all empty lines behind it. */
  protected nextLine(): void {
    if (this.kind === kinds.END) {
      this.column = 0;
      return;
    }
    if (this.kind !== kinds.NEWLINE) giveUp();
    const end = this.at;
    const { text, limit } = this;
    let at = end;
    for (;;) {
      let column = 0;
      let code = 0;
      for (; at < limit; at++) {
        code = text.charCodeAt(at);
        if (code === SPACE) column++;
        else if (code === TAB) column += 8 - (column % 8);
        else break;
      }
      if (at >= limit) {
        this.column = 0;
        break;
      }
      if (code === HASH) at = this.#lineEnd(at);
      else if (code === LINE_FEED || code === CARRIAGE_RETURN) at++;
      else {
        if (code === FORM_FEED || code === BACKSLASH) giveUp();
        this.column = column;
        break;
      }
    }
    this.last = end;
    this.#scan(at);
  }

  /** Whether the present token, which is a name, is followed by `=`, or by `:=`. */
  protected isNamed(walrus: boolean): boolean {
    const { text } = this;
    let { at } = this;
    let code = text.charCodeAt(at);
    while (code === SPACE || (code === LINE_FEED && this.brackets > 0)) code = text.charCodeAt(++at);
    return walrus
      ? code === 58 && text.charCodeAt(at + 1) === EQUALS
      : code === EQUALS && text.charCodeAt(at + 1) !== EQUALS;
  }

  #lineEnd(from: number): number {
    const { text, limit } = this;
    let at = from;
    while (at < limit) {
      const code = text.charCodeAt(at);
      if (code === LINE_FEED || code === CARRIAGE_RETURN) break;
      at++;
    }
    return at;
  }

  #scan(from: number): void {
    const { text, limit } = this;
    let at = from;
    let code = 0;
    for (;;) {
      if (at >= limit) {
        this.kind = kinds.END;
        this.from = limit;
        this.at = limit;
        return;
      }
      code = text.charCodeAt(at);
      if (code > SPACE && code !== HASH && code !== BACKSLASH) break;
      if (code === SPACE || code === TAB || code === FORM_FEED) at++;
      else if (code === LINE_FEED || code === CARRIAGE_RETURN) {
        if (this.brackets === 0) {
          this.#token(kinds.NEWLINE, at, at + 1);
          return;
        }
        at++;
      } else if (code === HASH) at = this.#lineEnd(at);
      else if (code === BACKSLASH) at = this.afterBackslash(at);
      else giveUp();
    }
    if (code >= 128) {
      if (code < FIRST_LETTER) giveUp();
      this.#scanWord(at);
      return;
    }
    switch (CLASSES[code]) {
      case LETTER:
        this.#scanWord(at);
        return;
      case SINGLE:
        this.#token(SINGLES[code] ?? 0, at, at + 1);
        return;
      case OPERATOR:
        this.#scanOperator(at, code);
        return;
      case DIGIT:
        this.#scanNumber(at, code);
        return;
      case QUOTE:
        this.#scanString(at, at, false, false);
        return;
      default:
        giveUp();
    }
  }

  #token(kind: number, from: number, to: number): void {
    this.kind = kind;
    this.from = from;
    this.at = to;
  }

  /** Behind a backslash and the end of its line; the line that it is joined to must not be empty. */
  protected afterBackslash(at: number): number {
    const { text } = this;
    const code = text.charCodeAt(at + 1);
    const end = code === CARRIAGE_RETURN && text.charCodeAt(at + 2) === LINE_FEED ? at + 3 : at + 2;
    let first = end;
    while (text.charCodeAt(first) === SPACE || text.charCodeAt(first) === TAB) first++;
    const next = text.charCodeAt(first);
    if (first >= this.limit || (code !== LINE_FEED && code !== CARRIAGE_RETURN)) giveUp();
    if (next === LINE_FEED || next === CARRIAGE_RETURN || next === HASH) giveUp();
    return end;
  }

  #scanWord(from: number): void {
    const { text, limit } = this;
    let at = from;
    let hash = 0;
    let code = 0;
    for (; at < limit; at++) {
      code = text.charCodeAt(at);
      if (!isWordCode(code)) break;
      hash = (Math.imul(hash, 31) + code) | 0;
    }
    if ((code === DOUBLE_QUOTE || code === SINGLE_QUOTE) && at < limit && at - from <= 2) {
      const prefix = text.slice(from, at).toLowerCase();
      const format = prefix === "f" || prefix === "rf" || prefix === "fr";
      const raw = prefix === "r" || prefix === "rb" || prefix === "br" || prefix.length === 2;
      if (!format && !raw && prefix !== "u" && prefix !== "b") giveUp();
      if (prefix.length === 2 && !/^(?:r[bf]|[bf]r)$/.test(prefix)) giveUp();
      this.#scanString(from, at, raw, format);
      return;
    }
    const place = names.find(text, from, at, hash);
    this.word = place < 0 ? text.slice(from, at) : names.at(place);
    this.#token(place >= 0 && place < kinds.KEYWORDS.length ? kinds.FIRST_KEYWORD + place : kinds.NAME, from, at);
  }

  #scanOperator(at: number, code: number): void {
    const { text } = this;
    const kind = FIRSTS[code] ?? 0;
    const second = at + 1 < this.limit ? text.charCodeAt(at + 1) : 0;
    if (kind === kinds.DOT) {
      if (CLASSES[second] === DIGIT && second < 128) this.#scanNumber(at, code);
      else if (second === POINT && text.charCodeAt(at + 2) === POINT && at + 2 < this.limit)
        this.#token(kinds.ELLIPSIS, at, at + 3);
      else this.#token(kinds.DOT, at, at + 1);
      return;
    }
    if (second === EQUALS) {
      const together =
        kind === kinds.COLON
          ? kinds.WALRUS
          : kind === kinds.COMPARE || kind === kinds.ASSIGN || kind === kinds.BANG
            ? kinds.COMPARE
            : kinds.UPDATE;
      this.#token(together, at, at + 2);
      return;
    }
    if (second === code && (kind === kinds.STAR || kind === kinds.TIMES || kind === kinds.COMPARE) && code !== 37) {
      const updates = text.charCodeAt(at + 2) === EQUALS && at + 2 < this.limit;
      const doubled = kind === kinds.STAR ? kinds.POWER : kind === kinds.COMPARE ? kinds.SHIFT : kinds.TIMES;
      this.#token(updates ? kinds.UPDATE : doubled, at, updates ? at + 3 : at + 2);
      return;
    }
    if (second === 62) {
      // `->`; and `<>` is no operator any more.
      if (kind === kinds.MINUS) {
        this.#token(kinds.ARROW, at, at + 2);
        return;
      }
      if (kind === kinds.COMPARE) giveUp();
    }
    this.#token(kind, at, at + 1);
  }

  /** Numbers as the grammar of the tolerant parser knows them. */
  #scanNumber(from: number, first: number): void {
    const { text } = this;
    let at = from;
    const second = text.charCodeAt(from + 1) | 32;
    if (first === 48 && (second === 98 || second === 111 || second === 120)) {
      at += 2;
      const begin = at;
      while (isWordCode(text.charCodeAt(at))) at++;
      const digits = second === 98 ? /^[_01]+$/ : second === 111 ? /^[_0-7]+$/ : /^[_0-9a-fA-F]+$/;
      if (at > this.limit || !digits.test(text.slice(begin, at))) giveUp();
      this.#number(from, at);
      return;
    }
    at = this.#digits(at);
    if (text.charCodeAt(at) === POINT) {
      const after = text.charCodeAt(at + 1);
      if (CLASSES[after] === DIGIT && after < 128) {
        at = this.#digits(at + 1);
      } else {
        if (isWordCode(after) || after === POINT) giveUp();
        this.#number(from, at + 1);
        return;
      }
    }
    if ((text.charCodeAt(at) | 32) === 101) {
      const sign = text.charCodeAt(at + 1);
      const digits = at + (sign === 43 || sign === 45 ? 2 : 1);
      const code = text.charCodeAt(digits);
      if (!(code >= 48 && code <= 57)) giveUp();
      at = this.#digits(digits);
    }
    if ((text.charCodeAt(at) | 32) === 106) at++;
    if (text.charCodeAt(at) === POINT || isWordCode(text.charCodeAt(at))) giveUp();
    this.#number(from, at);
  }

  #digits(from: number): number {
    let at = from;
    for (; ; at++) {
      const code = this.text.charCodeAt(at);
      if (!(code >= 48 && code <= 57) && code !== UNDERSCORE) return at;
    }
  }

  #number(from: number, at: number): void {
    if (at > this.limit) giveUp();
    this.#token(kinds.NUMBER, from, at);
  }

  /** Where the characters between the quotes begin and end; of a format string only the first. */
  protected contentFrom = 0;
  protected contentTo = 0;
  protected quote = 0;
  protected long = false;
  protected raw = false;

  #scanString(from: number, quotes: number, raw: boolean, format: boolean): void {
    const { text } = this;
    const quote = text.charCodeAt(quotes);
    const long = text.charCodeAt(quotes + 1) === quote && text.charCodeAt(quotes + 2) === quote;
    const begin = quotes + (long ? 3 : 1);
    this.contentFrom = begin;
    this.quote = quote;
    this.long = long;
    this.raw = raw;
    if (format) {
      this.#token(kinds.FORMAT_STRING, from, begin);
      return;
    }
    for (let at = begin; at < this.limit; at++) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) at = this.afterEscape(at) - 1;
      else if (code === quote) {
        if (long && (text.charCodeAt(at + 1) !== quote || text.charCodeAt(at + 2) !== quote)) continue;
        const end = at + (long ? 3 : 1);
        if (end > this.limit) giveUp();
        this.contentTo = at;
        this.#token(kinds.STRING, from, end);
        return;
      } else if (!long && (code === LINE_FEED || code === CARRIAGE_RETURN)) giveUp();
    }
    giveUp();
  }

  /** Behind a backslash in a string and what it stands before. */
  protected afterEscape(at: number): number {
    return this.text.charCodeAt(at + 1) === CARRIAGE_RETURN && this.text.charCodeAt(at + 2) === LINE_FEED
      ? at + 3
      : at + 2;
  }
}
