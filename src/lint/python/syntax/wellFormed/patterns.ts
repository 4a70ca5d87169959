import { Expressions } from "./expressions.ts";
import { giveUp } from "./scanner.ts";
import * as kinds from "./tokens.ts";

/** What stands behind `case`: nobody asks for it, but it must be known where it ends. */
export abstract class Patterns extends Expressions {
  protected patterns(): void {
    if (this.kind === kinds.COLON) giveUp();
    this.#several(kinds.END, () => this.#pattern());
  }

  /** One or more between commas, up to a closing bracket if there is one. */
  #several(end: number, one: () => void): void {
    // `C()`, `[]`: errors to the tolerant parser, past which it does not always find its way.
    if (this.kind === end) giveUp();
    do {
      if (end === kinds.END ? !this.begins() || this.kind === kinds.IF : this.kind === end) break;
      one();
    } while (this.skipped(kinds.COMMA));
    if (end !== kinds.END) this.close(end);
  }

  #pattern(): void {
    this.enter();
    if (this.skipped(kinds.STAR)) this.#pattern();
    else {
      do this.#alternative();
      while (this.skipped(kinds.PIPE));
      if (this.skipped(kinds.AS)) this.expect(kinds.NAME);
    }
    this.leave();
  }

  #alternative(): void {
    switch (this.kind) {
      case kinds.NAME:
        this.#named();
        return;
      case kinds.MINUS:
      case kinds.NUMBER:
        this.skipped(kinds.MINUS);
        this.expect(kinds.NUMBER);
        if (this.kind === kinds.PLUS || this.kind === kinds.MINUS) {
          this.next();
          this.expect(kinds.NUMBER);
        }
        return;
      case kinds.STRING:
      case kinds.NONE:
      case kinds.TRUE:
      case kinds.FALSE:
        this.next();
        return;
      case kinds.SQUARE_OPEN:
        this.open();
        this.#several(kinds.SQUARE_CLOSE, () => this.#pattern());
        return;
      case kinds.PAREN_OPEN:
        this.open();
        this.#several(kinds.PAREN_CLOSE, () => this.#pattern());
        return;
      case kinds.BRACE_OPEN:
        this.open();
        this.#several(kinds.BRACE_CLOSE, () => this.#entry());
        return;
      default:
        giveUp();
    }
  }

  /** A name that is bound, a value with dots, or a class with what it holds. */
  #named(): void {
    this.next();
    while (this.skipped(kinds.DOT)) this.expect(kinds.NAME);
    if (this.kind !== kinds.PAREN_OPEN) return;
    this.open();
    this.#several(kinds.PAREN_CLOSE, () => {
      if (this.kind === kinds.NAME && this.isNamed(false)) {
        this.next();
        this.next();
      }
      this.#pattern();
    });
  }

  #entry(): void {
    if (this.skipped(kinds.POWER)) {
      this.#pattern();
      return;
    }
    if (this.kind === kinds.NAME) this.next();
    else if (this.kind === kinds.SQUARE_OPEN || this.kind === kinds.PAREN_OPEN || this.kind === kinds.BRACE_OPEN)
      giveUp();
    else this.#alternative();
    this.expect(kinds.COLON);
    this.#pattern();
  }
}
