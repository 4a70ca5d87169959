import type { Argument, Expression } from "../types.ts";
import { Primaries } from "./primaries.ts";
import { giveUp } from "./scanner.ts";
import * as kinds from "./tokens.ts";

const NO_ARGUMENTS: readonly Argument[] = [];

/** Operators, calls, attributes and subscripts, conditions and lambdas. */
export abstract class Expressions extends Primaries {
  protected test(): Expression {
    if (this.kind === kinds.LAMBDA) return this.#lambda();
    const { from } = this;
    const chosen = this.operation(kinds.DISJUNCTION);
    if (this.kind !== kinds.IF) return chosen;
    let { height } = this;
    this.next();
    const test = this.operation(kinds.DISJUNCTION);
    if (this.height > height) height = this.height;
    this.expect(kinds.ELSE);
    this.enter();
    const otherwise = this.test();
    this.leave();
    this.raise(Math.max(height, this.height));
    const { unit, origin, last } = this;
    return { unit, from: from - origin, to: last - origin, type: "conditional", test, chosen, otherwise };
  }

  #lambda(): Expression {
    const { from, unit, origin } = this;
    this.next();
    this.enter();
    const parameters = this.parameters(kinds.COLON, false);
    const { height } = this;
    this.expect(kinds.COLON);
    const body = this.test();
    this.leave();
    this.raise(Math.max(height, this.height));
    return { unit, from: from - origin, to: this.last - origin, type: "lambda", parameters, body };
  }

  protected operation(binding: number): Expression {
    const { from, unit, origin } = this;
    let left: Expression;
    if (this.kind === kinds.NOT) {
      if (binding > kinds.NEGATION) giveUp();
      left = this.#unary("not", kinds.NEGATION);
    } else if (this.kind === kinds.MINUS || this.kind === kinds.PLUS || this.kind === kinds.TILDE)
      left = this.#unary(this.kind === kinds.MINUS ? "-" : this.kind === kinds.PLUS ? "+" : "~", kinds.SIGN);
    else if (this.kind === kinds.AWAIT) {
      this.next();
      left = this.#trailed();
      this.raise(this.height);
      // Where the tolerant parser takes more into what is awaited, it shall say so.
      if ((kinds.BINDING[this.kind] ?? 0) >= kinds.ARITHMETIC) giveUp();
    } else left = this.#trailed();
    for (;;) {
      const { kind } = this;
      const own = kinds.BINDING[kind] ?? 0;
      if (own < binding || own === 0) return left;
      const { height } = this;
      const op = this.#operator(kind);
      this.enter();
      // Powers bind from the right, and a sign may stand before their exponent.
      const right = this.operation(own === kinds.EXPONENT ? kinds.SIGN : own + 1);
      this.leave();
      this.raise(Math.max(this.height, height));
      left = { unit, from: from - origin, to: this.last - origin, type: "binary", op, left, right };
    }
  }

  #unary(op: string, binding: number): Expression {
    const { from, unit, origin } = this;
    this.next();
    this.enter();
    const operand = this.operation(binding);
    this.leave();
    this.raise(this.height);
    return { unit, from: from - origin, to: this.last - origin, type: "unary", op, operand };
  }

  /** The operator that begins here; it may be of two words. */
  #operator(kind: number): string {
    if (kind === kinds.NOT) {
      this.next();
      this.expect(kinds.IN);
      return "not in";
    }
    if (kind === kinds.IS) {
      this.next();
      return this.skipped(kinds.NOT) ? "is not" : "is";
    }
    const { from, at, word, text } = this;
    this.next();
    return kind >= kinds.FIRST_KEYWORD ? word : text.slice(from, at);
  }

  /** With calls, attributes and subscripts behind it. */
  #trailed(): Expression {
    const { from, unit, origin } = this;
    let left = this.atom();
    for (;;) {
      switch (this.kind) {
        case kinds.DOT: {
          this.next();
          if (this.kind !== kinds.NAME && this.kind < kinds.FIRST_KEYWORD) giveUp();
          const name = this.word;
          this.next();
          this.raise(this.height);
          left = { unit, from: from - origin, to: this.last - origin, type: "attribute", object: left, name };
          break;
        }
        case kinds.PAREN_OPEN: {
          const open = this.from - origin;
          const { height } = this;
          const args = this.calledWith();
          this.raise(Math.max(this.height, height));
          const to = this.last - origin;
          left = { unit, from: from - origin, to, type: "call", callee: left, args, open, close: to - 1 };
          break;
        }
        case kinds.SQUARE_OPEN: {
          const { height } = this;
          const index = this.#indices();
          this.raise(Math.max(this.height, height));
          left = { unit, from: from - origin, to: this.last - origin, type: "subscript", object: left, index };
          break;
        }
        default:
          return left;
      }
    }
  }

  /** Arguments with the brackets around them. */
  protected calledWith(): readonly Argument[] {
    this.open();
    if (this.kind === kinds.PAREN_CLOSE) {
      this.close(kinds.PAREN_CLOSE);
      this.height = 0;
      return NO_ARGUMENTS;
    }
    this.enter();
    const found: Argument[] = [];
    let height = 0;
    do {
      if (this.kind === kinds.PAREN_CLOSE) break;
      found.push(this.#argument());
      if (this.height > height) height = this.height;
    } while (this.skipped(kinds.COMMA));
    this.leave();
    this.close(kinds.PAREN_CLOSE);
    this.height = height;
    return found;
  }

  #argument(): Argument {
    const { from, unit, origin, kind } = this;
    if (kind === kinds.STAR || kind === kinds.POWER) {
      this.next();
      const value = this.test();
      const star = kind === kinds.STAR ? "*" : "**";
      return { unit, from: from - origin, to: this.last - origin, name: null, star, value };
    }
    if (kind === kinds.NAME && this.isNamed(false)) {
      const name = this.word;
      this.next();
      this.next();
      const value = this.test();
      return { unit, from: from - origin, to: this.last - origin, name, star: "", value };
    }
    let value = this.namedTest();
    if (this.kind === kinds.FOR || this.kind === kinds.ASYNC) value = this.comprehension(from, value, null, kinds.END);
    return { unit, from: from - origin, to: this.last - origin, name: null, star: "", value };
  }

  #indices(): Expression[] {
    this.open();
    this.enter();
    const index: Expression[] = [];
    let height = 0;
    do {
      if (this.kind === kinds.SQUARE_CLOSE) break;
      index.push(this.#slice());
      if (this.height > height) height = this.height;
    } while (this.skipped(kinds.COMMA));
    if (index.length === 0) giveUp();
    this.leave();
    this.close(kinds.SQUARE_CLOSE);
    this.height = height;
    return index;
  }

  #slice(): Expression {
    const { from, unit, origin } = this;
    const lower = this.kind === kinds.COLON ? null : this.namedTest();
    if (this.kind !== kinds.COLON) return lower ?? giveUp();
    let { height } = this;
    this.next();
    let upper: Expression | null = null;
    if (this.begins()) {
      upper = this.namedTest();
      if (this.height > height) height = this.height;
    }
    const stepped = this.kind === kinds.COLON;
    if (stepped) {
      this.next();
      // Nobody asks how long its steps are.
      this.quiet++;
      if (this.begins()) this.namedTest();
      this.quiet--;
    }
    this.raise(height);
    return { unit, from: from - origin, to: this.last - origin, type: "slice", lower, upper, stepped };
  }
}
