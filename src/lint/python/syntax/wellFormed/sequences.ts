import type { ComprehensionClause, Expression, Parameter } from "../types.ts";
import { CARRIAGE_RETURN } from "./characters.ts";
import { giveUp } from "./scanner.ts";
import { Strings } from "./strings.ts";
import * as kinds from "./tokens.ts";

/** What stands between commas, and what loops and functions bind. */
export abstract class Sequences extends Strings {
  /** With conditions and lambdas. */
  protected abstract test(): Expression;
  /** Operators that bind at least so tightly. */
  protected abstract operation(binding: number): Expression;

  protected namedTest(): Expression {
    if (this.kind !== kinds.NAME || !this.isNamed(true)) return this.test();
    const { from, word } = this;
    this.next();
    this.next();
    if (this.quiet === 0) this.walruses.add(word);
    const value = this.test();
    this.raise(this.height);
    const { unit, origin, last } = this;
    return { unit, from: from - origin, to: last - origin, type: "walrus", name: word, value };
  }

  /** `yield` and what follows; nobody asks for it. */
  protected yielded(): Expression {
    const { from } = this;
    this.quiet++;
    this.next();
    if (this.skipped(kinds.FROM)) this.test();
    else if (this.begins()) this.tests(true);
    // To the tolerant parser it lacks something, which reaches to the end of the line.
    else if (this.from !== this.last || this.text.charCodeAt(this.from) === CARRIAGE_RETURN) giveUp();
    this.quiet--;
    return this.unknown(from, this.last);
  }

  protected tests(starred: boolean): Expression {
    const star = this.kind === kinds.STAR;
    const first = this.starred(starred, false);
    return star || this.kind === kinds.COMMA ? this.sequenceFrom(first, () => this.starred(starred, false)) : first;
  }

  /** The rest of a sequence without brackets, of which the first was read. */
  protected sequenceFrom(first: Expression, item: () => Expression): Expression {
    const items = [first];
    let { height } = this;
    let last = first;
    while (this.kind === kinds.COMMA) {
      this.next();
      if (!this.begins()) break;
      last = item();
      items.push(last);
      if (this.height > height) height = this.height;
    }
    this.raise(height);
    return { unit: this.unit, from: first.from, to: last.to, type: "sequence", mutable: false, items };
  }

  /** Whether an expression, perhaps after a star, begins here: a comma may be the last. */
  protected begins(): boolean {
    switch (this.kind) {
      case kinds.END:
      case kinds.NEWLINE:
      case kinds.ASSIGN:
      case kinds.UPDATE:
      case kinds.COLON:
      case kinds.COMMA:
      case kinds.SEMICOLON:
      case kinds.PAREN_CLOSE:
      case kinds.SQUARE_CLOSE:
      case kinds.BRACE_CLOSE:
      case kinds.IN:
        return false;
      default:
        return true;
    }
  }

  protected starred(allowed: boolean, named: boolean): Expression {
    if (this.kind !== kinds.STAR) return named ? this.namedTest() : this.test();
    if (!allowed) giveUp();
    this.next();
    const value = this.operation(kinds.ARITHMETIC);
    return { unit: this.unit, from: value.from, to: value.to, type: "star", value };
  }

  /** Clauses and the closing bracket; of an argument, whose bracket is the call's, without it. */
  protected comprehension(from: number, element: Expression, value: Expression | null, end: number): Expression {
    let { height } = this;
    const higher = () => {
      if (this.height > height) height = this.height;
    };
    const clauses: ComprehensionClause[] = [];
    while (this.kind === kinds.FOR || this.kind === kinds.ASYNC) {
      if (this.kind === kinds.ASYNC) this.next();
      this.expect(kinds.FOR);
      const target = this.targets(false);
      higher();
      this.expect(kinds.IN);
      const iterable = this.operation(kinds.DISJUNCTION);
      higher();
      const conditions: Expression[] = [];
      while (this.skipped(kinds.IF)) {
        conditions.push(this.operation(kinds.DISJUNCTION));
        higher();
      }
      clauses.push({ target, iterable, conditions });
    }
    if (end !== kinds.END) this.close(end);
    this.raise(height + 1);
    const { unit, origin, last } = this;
    const [begin, finish] = [from - origin, last - origin];
    return {
      unit,
      from: begin,
      to: finish,
      type: "comprehension",
      dict: value !== null,
      element,
      value,
      clauses,
    };
  }

  /** What a loop binds. */
  protected targets(starred: boolean): Expression {
    const item = () => {
      if (!starred || this.kind !== kinds.STAR) return this.operation(kinds.ARITHMETIC);
      return this.starred(true, false);
    };
    const star = this.kind === kinds.STAR;
    const first = item();
    return star || this.kind === kinds.COMMA ? this.sequenceFrom(first, item) : first;
  }

  protected parameters(end: number, annotated: boolean): Parameter[] {
    const found: Parameter[] = [];
    const { unit, origin } = this;
    let keywordOnly = false;
    let height = 0;
    while (this.kind !== end) {
      if (annotated && this.kind === kinds.TIMES && this.at === this.from + 1 && this.text[this.from] === "/")
        this.next();
      else {
        const star = this.kind === kinds.STAR ? "*" : this.kind === kinds.POWER ? "**" : "";
        if (star !== "") this.next();
        if (star === "*") keywordOnly = true;
        if (this.kind === kinds.NAME) {
          const { from, word } = this;
          this.next();
          if (annotated && this.kind === kinds.COLON) this.annotation();
          let initial: Expression | null = null;
          if (star === "" && this.skipped(kinds.ASSIGN)) {
            initial = this.test();
            if (this.height > height) height = this.height;
          }
          found.push({
            unit,
            from: from - origin,
            to: this.last - origin,
            name: word,
            star,
            keywordOnly: star === "" && keywordOnly,
            initial,
          });
        } else if (star !== "*") giveUp();
      }
      if (this.kind === end) break;
      this.expect(kinds.COMMA);
      if (!annotated && this.kind === end) giveUp();
    }
    this.height = height;
    return found;
  }

  /** A colon and a type. */
  protected annotation(): void {
    this.next();
    this.quiet++;
    this.test();
    this.quiet--;
  }
}
