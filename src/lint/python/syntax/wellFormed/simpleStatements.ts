import type { Expression, Statement } from "../types.ts";
import { Patterns } from "./patterns.ts";
import { giveUp } from "./scanner.ts";
import * as kinds from "./tokens.ts";

/** Statements that end with their line, or at a semicolon. */
export abstract class SimpleStatements extends Patterns {
  protected simple(): Statement {
    const { from, unit, origin } = this;
    switch (this.kind) {
      case kinds.RETURN: {
        this.next();
        const value = this.kind === kinds.NEWLINE || !this.begins() ? null : this.tests(true);
        return { unit, from: from - origin, to: this.last - origin, type: "return", value };
      }
      case kinds.IMPORT:
      case kinds.FROM:
        return this.#import();
      case kinds.PASS:
        this.next();
        return { unit, from: from - origin, to: this.last - origin, type: "other" };
      case kinds.BREAK:
        this.next();
        return { unit, from: from - origin, to: this.last - origin, type: "break" };
      case kinds.CONTINUE:
        this.next();
        return { unit, from: from - origin, to: this.last - origin, type: "continue" };
      case kinds.RAISE: {
        this.#unheard(() => {
          if (!this.begins()) return;
          this.test();
          if (this.skipped(kinds.FROM)) this.test();
        });
        return { unit, from: from - origin, to: this.last - origin, type: "raise" };
      }
      case kinds.ASSERT:
        this.#unheard(() => this.tests(false));
        break;
      case kinds.DEL:
        this.#unheard(() => this.targets(false));
        break;
      case kinds.GLOBAL:
      case kinds.NONLOCAL:
        do {
          this.next();
          this.expect(kinds.NAME);
        } while (this.kind === kinds.COMMA);
        break;
      case kinds.YIELD:
        this.yielded();
        break;
      case kinds.NAME:
        if (this.word.startsWith("print")) this.#noOldPrint();
        else if (this.word === "type" && this.#isType()) {
          this.next();
          this.next();
          this.typeParameters();
          if (this.kind !== kinds.ASSIGN) giveUp();
          this.#unheard(() => this.test());
          break;
        }
        return this.#assignment();
      default:
        return this.#assignment();
    }
    return { unit, from: from - origin, to: this.last - origin, type: "other" };
  }

  /** Over one token and what follows, which nobody asks for. */
  #unheard(read: () => void): void {
    this.next();
    this.quiet++;
    read();
    this.quiet--;
  }

  /** `print x` is another statement for the tolerant parser. */
  #noOldPrint(): void {
    if (/^print\w/.test(this.word)) return;
    if (this.word !== "print") giveUp();
    const after = /[^ \t]/g;
    after.lastIndex = this.at;
    const sign = this.at < this.limit ? after.exec(this.text)?.[0] : undefined;
    if (sign === undefined || !"(.\n\r#".includes(sign)) giveUp();
  }

  /** `type X = …`: two names one behind the other. */
  #isType(): boolean {
    const { from } = this;
    this.next();
    const found = this.kind === kinds.NAME;
    this.backTo(from);
    return found;
  }

  #assignment(): Statement {
    const { from, unit, origin } = this;
    const first = this.tests(true);
    switch (this.kind) {
      case kinds.ASSIGN:
        return this.#assigned(from, first, false);
      case kinds.UPDATE: {
        const op = this.text.slice(this.from, this.at - 1);
        this.next();
        const value = this.kind === kinds.YIELD ? this.yielded() : this.tests(false);
        return { unit, from: from - origin, to: this.last - origin, type: "augment", target: first, op, value };
      }
      case kinds.COLON:
        if (first.type === "sequence") giveUp();
        this.annotation();
        if (this.kind === kinds.ASSIGN) return this.#assigned(from, first, true);
        return { unit, from: from - origin, to: this.last - origin, type: "declare", target: first };
      default:
        return { unit, from: from - origin, to: this.last - origin, type: "expression", value: first };
    }
  }

  #assigned(from: number, first: Expression, annotated: boolean): Statement {
    const targets: Expression[] = [];
    let value = first;
    while (this.kind === kinds.ASSIGN) {
      targets.push(value);
      this.next();
      value = this.kind === kinds.YIELD ? this.yielded() : this.tests(true);
    }
    const { unit, origin, last } = this;
    return { unit, from: from - origin, to: last - origin, type: "assign", targets, value, annotated };
  }

  #import(): Statement {
    const { from, unit, origin } = this;
    let module: string | null = null;
    if (this.kind === kinds.FROM) {
      this.next();
      module = "";
      while (this.kind === kinds.DOT || this.kind === kinds.ELLIPSIS) {
        module += this.kind === kinds.DOT ? "." : "...";
        this.next();
      }
      if (this.kind === kinds.NAME) module += this.#dotted();
      else if (module === "") giveUp();
    }
    this.expect(kinds.IMPORT);
    const names: { path: string; as: string }[] = [];
    if (module !== null && this.skipped(kinds.STAR)) names.push({ path: "*", as: "*" });
    else {
      const enclosed = this.kind === kinds.PAREN_OPEN;
      if (enclosed) this.open();
      do {
        if (this.kind !== kinds.NAME && names.length > 0) break;
        const path = this.#dotted();
        let as = "";
        if (this.skipped(kinds.AS)) {
          as = this.word;
          this.expect(kinds.NAME);
        }
        names.push({ path, as });
      } while (this.skipped(kinds.COMMA));
      if (enclosed) this.close(kinds.PAREN_CLOSE);
    }
    return { unit, from: from - origin, to: this.last - origin, type: "import", module, names };
  }

  #dotted(): string {
    let path = this.word;
    this.expect(kinds.NAME);
    while (this.skipped(kinds.DOT)) {
      path += `.${this.word}`;
      this.expect(kinds.NAME);
    }
    return path;
  }

  protected typeParameters(): void {
    if (this.kind !== kinds.SQUARE_OPEN) return;
    this.open();
    do {
      if (this.kind === kinds.SQUARE_CLOSE) break;
      const star = this.kind === kinds.STAR || this.kind === kinds.POWER;
      if (star) this.next();
      this.expect(kinds.NAME);
      if (!star && this.kind === kinds.COLON) this.annotation();
    } while (this.skipped(kinds.COMMA));
    this.close(kinds.SQUARE_CLOSE);
  }
}
