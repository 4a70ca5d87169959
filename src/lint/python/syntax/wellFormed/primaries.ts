import { numberValue } from "../literals.ts";
import type { Expression } from "../types.ts";
import { giveUp } from "./scanner.ts";
import { Sequences } from "./sequences.ts";
import * as kinds from "./tokens.ts";

/** An expression whose brackets are counted to it. */
type Movable = { from: number; to: number };

/** What stands in brackets, and words, numbers and strings. */
export abstract class Primaries extends Sequences {
  protected atom(): Expression {
    const { kind, from, at, unit, origin } = this;
    switch (kind) {
      case kinds.NAME: {
        const name = this.word;
        if (this.quiet === 0) this.names.add(name);
        this.next();
        this.height = 1;
        return { unit, from: from - origin, to: at - origin, type: "name", name };
      }
      case kinds.NUMBER: {
        const value = numberValue(this.text.slice(from, at));
        this.next();
        if (Number.isNaN(value)) return this.unknown(from, at);
        this.height = 1;
        return { unit, from: from - origin, to: at - origin, type: "number", value };
      }
      case kinds.STRING:
      case kinds.FORMAT_STRING:
        return this.strings();
      case kinds.TRUE:
      case kinds.FALSE:
      case kinds.NONE:
        this.next();
        this.height = 1;
        return {
          unit,
          from: from - origin,
          to: at - origin,
          type: "constant",
          value: kind === kinds.NONE ? null : kind === kinds.TRUE,
        };
      case kinds.ELLIPSIS:
        this.next();
        return this.unknown(from, at);
      case kinds.PAREN_OPEN:
        return this.#parentheses();
      case kinds.SQUARE_OPEN:
        return this.#list();
      case kinds.BRACE_OPEN:
        return this.#braces();
      default:
        return giveUp();
    }
  }

  #parentheses(): Expression {
    const { from, unit, origin } = this;
    this.open();
    if (this.kind === kinds.YIELD) {
      this.yielded();
      this.close(kinds.PAREN_CLOSE);
      this.raise(1);
      return { unit, from: from - origin, to: this.last - origin, type: "unknown" };
    }
    if (this.kind === kinds.PAREN_CLOSE) {
      this.close(kinds.PAREN_CLOSE);
      this.height = 1;
      return { unit, from: from - origin, to: this.last - origin, type: "sequence", mutable: false, items: [] };
    }
    this.enter();
    const star = this.kind === kinds.STAR;
    const first = this.starred(true, true);
    if (this.kind === kinds.COMMA) {
      const items = this.#items(first, kinds.PAREN_CLOSE, true);
      this.leave();
      return { unit, from: from - origin, to: this.last - origin, type: "sequence", mutable: false, items };
    }
    if (star) giveUp();
    if (this.kind === kinds.FOR || this.kind === kinds.ASYNC) {
      const whole = this.comprehension(from, first, null, kinds.PAREN_CLOSE);
      this.leave();
      return whole;
    }
    this.leave();
    this.close(kinds.PAREN_CLOSE);
    this.raise(this.height);
    const place: Movable = first;
    place.from = from - origin;
    place.to = this.last - origin;
    return first;
  }

  /** The rest of a display in brackets, of which the first was read, with the closing bracket. */
  #items(first: Expression, end: number, named: boolean): Expression[] {
    const items = [first];
    let { height } = this;
    while (this.kind === kinds.COMMA) {
      this.next();
      if (this.kind === end) break;
      items.push(this.starred(true, named));
      if (this.height > height) height = this.height;
    }
    this.close(end);
    this.raise(height);
    return items;
  }

  #list(): Expression {
    const { from, unit, origin } = this;
    this.open();
    this.enter();
    let items: readonly Expression[] = [];
    if (this.kind === kinds.SQUARE_CLOSE) {
      this.close(kinds.SQUARE_CLOSE);
      this.height = 1;
    } else {
      const star = this.kind === kinds.STAR;
      const first = this.starred(true, true);
      if (this.kind === kinds.FOR || this.kind === kinds.ASYNC) {
        if (star) giveUp();
        const whole = this.comprehension(from, first, null, kinds.SQUARE_CLOSE);
        this.leave();
        return whole;
      }
      items = this.#items(first, kinds.SQUARE_CLOSE, true);
    }
    this.leave();
    return { unit, from: from - origin, to: this.last - origin, type: "sequence", mutable: true, items };
  }

  #braces(): Expression {
    const { from, unit, origin } = this;
    this.open();
    this.enter();
    if (this.kind === kinds.BRACE_CLOSE || this.kind === kinds.POWER) {
      const whole = this.#entries(from, [], 0);
      this.leave();
      return whole;
    }
    const star = this.kind === kinds.STAR;
    const first = this.starred(true, false);
    if (!star && this.kind === kinds.COLON) {
      let { height } = this;
      this.next();
      const value = this.test();
      height = Math.max(height, this.height);
      if (this.kind === kinds.FOR || this.kind === kinds.ASYNC) {
        this.height = height;
        const whole = this.comprehension(from, first, value, kinds.BRACE_CLOSE);
        this.leave();
        return whole;
      }
      const whole = this.#entries(from, [{ key: first, value }], height);
      this.leave();
      return whole;
    }
    if (this.kind === kinds.FOR || this.kind === kinds.ASYNC) {
      if (star) giveUp();
      const whole = this.comprehension(from, first, null, kinds.BRACE_CLOSE);
      this.leave();
      return whole;
    }
    const items = this.#items(first, kinds.BRACE_CLOSE, false);
    this.leave();
    return { unit, from: from - origin, to: this.last - origin, type: "sequence", mutable: true, items };
  }

  /** The rest of a dictionary. */
  #entries(from: number, entries: { key: Expression | null; value: Expression }[], highest: number): Expression {
    let height = highest;
    if (entries.length > 0 && this.kind !== kinds.BRACE_CLOSE) this.expect(kinds.COMMA);
    while (this.kind !== kinds.BRACE_CLOSE) {
      let key: Expression | null = null;
      if (this.kind === kinds.POWER) {
        this.next();
        entries.push({ key, value: this.operation(kinds.ARITHMETIC) });
      } else {
        key = this.test();
        if (this.height > height) height = this.height;
        this.expect(kinds.COLON);
        entries.push({ key, value: this.test() });
      }
      if (this.height > height) height = this.height;
      if (this.kind !== kinds.COMMA) break;
      this.next();
    }
    this.close(kinds.BRACE_CLOSE);
    this.raise(height);
    const { unit, origin, last } = this;
    return { unit, from: from - origin, to: last - origin, type: "dict", entries };
  }
}
