import type { Expression } from "../types.ts";
import { Builder } from "./builder.ts";
import { BACKSLASH, LINE_FEED } from "./characters.ts";
import { giveUp } from "./scanner.ts";
import * as kinds from "./tokens.ts";

const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;

/** Strings, and what format strings put into themselves. */
export abstract class Strings extends Builder {
  /** One after the other between commas, a comma at the end included; with stars where they may spread. */
  protected abstract tests(starred: boolean): Expression;

  /** Strings one behind the other are one. */
  protected strings(): Expression {
    const { from, unit, origin } = this;
    let value: string | null = "";
    while (this.kind === kinds.STRING || this.kind === kinds.FORMAT_STRING) {
      if (this.kind === kinds.FORMAT_STRING) {
        value = null;
        this.#formatString();
      } else if (value !== null) {
        const own = this.text.slice(this.contentFrom, this.contentTo);
        value = value === "" ? own : value + own;
      }
      this.next();
    }
    this.height = 1;
    return { unit, from: from - origin, to: this.last - origin, type: "string", value };
  }

  /** To its end; what it puts in is read, so that its end is found, and forgotten. */
  #formatString(): void {
    const { text, limit, quote, long, raw, from } = this;
    let at = this.contentFrom;
    for (;;) {
      if (at >= limit) giveUp();
      const code = text.charCodeAt(at);
      if (code === BACKSLASH) at = raw ? this.afterEscape(at) : this.#afterFormatEscape(at);
      else if (code === BRACE_OPEN) {
        if (text.charCodeAt(at + 1) === BRACE_OPEN) at += 2;
        else at = this.#replacement(at);
      } else if (code === quote) {
        if (!long || (text.charCodeAt(at + 1) === quote && text.charCodeAt(at + 2) === quote)) break;
        at++;
      } else {
        if (code === LINE_FEED && !long) giveUp();
        at++;
      }
    }
    this.kind = kinds.FORMAT_STRING;
    this.from = from;
    this.at = at + (long ? 3 : 1);
    if (this.at > limit) giveUp();
  }

  /** `\N{NAME}` holds braces that put nothing in. */
  #afterFormatEscape(at: number): number {
    if (!this.text.startsWith("N{", at + 1)) return this.afterEscape(at);
    const end = this.text.indexOf("}", at);
    const name = this.text.slice(at + 3, end);
    if (end < 0 || /['"\n]/.test(name)) giveUp();
    return end + 1;
  }

  /** Behind the brace that closes what is put in. */
  #replacement(brace: number): number {
    this.enter();
    this.quiet++;
    this.at = brace + 1;
    this.open();
    if (this.kind === kinds.YIELD || this.kind === kinds.LAMBDA) giveUp();
    this.tests(true);
    if (this.kind === kinds.ASSIGN) this.next();
    let at = this.from;
    if (this.kind === kinds.BANG) {
      if (!/[sra]/.test(this.text[at + 1] ?? "")) giveUp();
      at += 2;
    }
    if (this.text[at] === ":") at = this.#formatSpec(at + 1);
    if (this.text[at] !== "}" || at >= this.limit) giveUp();
    this.brackets--;
    this.quiet--;
    this.leave();
    return at + 1;
  }

  #formatSpec(from: number): number {
    let at = from;
    while (at < this.limit) {
      const code = this.text.charCodeAt(at);
      if (code === BRACE_CLOSE) return at;
      at = code === BRACE_OPEN ? this.#replacement(at) : at + 1;
    }
    return giveUp();
  }
}
