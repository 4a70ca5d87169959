import { type Argument, type Expression, type Statement, type Unit, unitOf } from "../types.ts";

import { giveUp, NOT_WELL_FORMED } from "./scanner.ts";
import { SimpleStatements } from "./simpleStatements.ts";
import * as kinds from "./tokens.ts";

/** Blocks inside one another; deeper ones are left to the tolerant parser (see `DEEPEST_EXPRESSION`). */
const DEEPEST_BLOCKS = 30;
const NO_STATEMENTS: readonly Statement[] = [];

/** One statement of the module from its characters straight to what the lint sees, if it is well formed. */
class WellFormed extends SimpleStatements {
  #blocks = 0;
  #indentation = 0;

  read(text: string, from: number, to: number, unit: Unit, names: Set<string>, walruses: Set<string>): Statement[] {
    this.restart(unit, names, walruses, from);
    this.#blocks = 0;
    this.#indentation = 0;
    this.beginAt(text, from, to);
    const found: Statement[] = [];
    while (this.kind !== kinds.END) {
      if (this.column !== 0) giveUp();
      this.#statement(found);
    }
    return found;
  }

  #statement(found: Statement[]): void {
    switch (this.kind) {
      case kinds.DEF:
      case kinds.CLASS:
      case kinds.AT:
        found.push(this.#definition());
        return;
      case kinds.ASYNC:
        found.push(this.#async());
        return;
      case kinds.IF:
        found.push(this.#if());
        return;
      case kinds.FOR:
        found.push(this.#for(this.from));
        return;
      case kinds.WITH:
        found.push(this.#with(this.from));
        return;
      case kinds.WHILE:
        found.push(this.#while());
        return;
      case kinds.TRY:
        found.push(this.#try());
        return;
      case kinds.NAME:
        if (this.word === "match" && this.#isMatch()) {
          found.push(this.#match());
          return;
        }
        break;
      default:
    }
    this.#line(found);
  }

  /** Simple statements, and the end of their line. */
  #line(found: Statement[]): void {
    for (;;) {
      found.push(this.simple());
      if (this.kind !== kinds.SEMICOLON) break;
      this.next();
      if (this.kind === kinds.NEWLINE || this.kind === kinds.END) break;
    }
    this.nextLine();
  }

  #body(): readonly Statement[] {
    this.expect(kinds.COLON);
    const found: Statement[] = [];
    if (this.kind !== kinds.NEWLINE) {
      if (this.kind === kinds.END) giveUp();
      this.#line(found);
      return found;
    }
    const outside = this.#indentation;
    this.nextLine();
    const inside = this.column;
    if (inside <= outside || ++this.#blocks > DEEPEST_BLOCKS) giveUp();
    this.#indentation = inside;
    while (this.kind !== kinds.END && this.column === inside) this.#statement(found);
    if (this.column > inside) giveUp();
    this.#indentation = outside;
    this.#blocks--;
    return found;
  }

  #definition(): Statement {
    const decorators: Expression[] = [];
    while (this.kind === kinds.AT) {
      decorators.push(this.#decorator());
      if (this.column !== this.#indentation) giveUp();
    }
    const { from } = this;
    if (this.kind === kinds.CLASS) return this.#class(from, decorators);
    this.skipped(kinds.ASYNC);
    if (this.kind !== kinds.DEF) giveUp();
    return this.#function(from, decorators);
  }

  #async(): Statement {
    const { from } = this;
    this.next();
    if (this.kind === kinds.DEF) return this.#function(from, []);
    return this.kind === kinds.FOR ? this.#for(from) : this.#with(from);
  }

  #decorator(): Expression {
    const { from, unit, origin } = this;
    this.next();
    if (this.kind !== kinds.NAME) giveUp();
    const name = this.word;
    let path: Expression = { unit, from: this.from - origin, to: this.at - origin, type: "name", name };
    if (this.quiet === 0) this.names.add(name);
    const attributes: string[] = [];
    this.next();
    while (this.skipped(kinds.DOT)) {
      if (this.kind !== kinds.NAME) giveUp();
      attributes.push(this.word);
      this.next();
    }
    if (this.kind === kinds.PAREN_OPEN) {
      this.quiet++;
      this.calledWith();
      this.quiet--;
    }
    if (this.kind !== kinds.NEWLINE) giveUp();
    this.nextLine();
    for (const attribute of attributes)
      path = {
        unit,
        from: from - origin,
        to: this.last - origin,
        type: "attribute",
        object: path,
        name: attribute,
      };
    return path;
  }

  #function(from: number, decorators: readonly Expression[]): Statement {
    const { unit, origin } = this;
    this.expect(kinds.DEF);
    if (this.kind !== kinds.NAME) giveUp();
    const name = this.word;
    const nameFrom = this.from - origin;
    this.next();
    this.typeParameters();
    if (this.kind !== kinds.PAREN_OPEN) giveUp();
    this.open();
    const parameters = this.parameters(kinds.PAREN_CLOSE, true);
    this.close(kinds.PAREN_CLOSE);
    if (this.kind === kinds.ARROW) this.annotation();
    const body = this.#body();
    return {
      unit,
      from: from - origin,
      to: this.last - origin,
      name,
      nameFrom,
      body,
      decorators,
      type: "function",
      parameters,
    };
  }

  #class(from: number, decorators: readonly Expression[]): Statement {
    const { unit, origin } = this;
    this.next();
    if (this.kind !== kinds.NAME) giveUp();
    const name = this.word;
    const nameFrom = this.from - origin;
    this.next();
    this.typeParameters();
    const bases: readonly Argument[] = this.kind === kinds.PAREN_OPEN ? this.calledWith() : [];
    const body = this.#body();
    return {
      unit,
      from: from - origin,
      to: this.last - origin,
      name,
      nameFrom,
      body,
      decorators,
      type: "class",
      bases,
    };
  }

  #if(): Statement {
    const { from, unit, origin } = this;
    const branches: { test: Expression; body: readonly Statement[] }[] = [];
    let otherwise = NO_STATEMENTS;
    do {
      this.next();
      const test = this.namedTest();
      branches.push({ test, body: this.#body() });
    } while (this.#goesOn(kinds.ELIF));
    if (this.#goesOn(kinds.ELSE)) {
      this.next();
      otherwise = this.#body();
    }
    return { unit, from: from - origin, to: this.last - origin, type: "if", branches, otherwise };
  }

  /** Whether a further branch of the same statement begins here. */
  #goesOn(kind: number): boolean {
    return this.kind === kind && this.column === this.#indentation;
  }

  #for(from: number): Statement {
    const { unit, origin } = this;
    this.expect(kinds.FOR);
    const target = this.targets(true);
    this.expect(kinds.IN);
    const iterable = this.tests(false);
    const body = this.#body();
    let otherwise = NO_STATEMENTS;
    if (this.#goesOn(kinds.ELSE)) {
      this.next();
      otherwise = this.#body();
    }
    return { unit, from: from - origin, to: this.last - origin, type: "for", target, iterable, body, otherwise };
  }

  #while(): Statement {
    const { from, unit, origin } = this;
    this.next();
    const test = this.namedTest();
    const body = this.#body();
    if (this.#goesOn(kinds.ELSE)) {
      this.next();
      this.#body();
    }
    return { unit, from: from - origin, to: this.last - origin, type: "while", test, body };
  }

  #with(from: number): Statement {
    const { unit, origin } = this;
    this.expect(kinds.WITH);
    const items: { value: Expression; target: string | null }[] = [];
    do {
      if (this.kind === kinds.COLON) break;
      const value = this.test();
      let target: string | null = null;
      if (this.skipped(kinds.AS)) {
        target = this.word;
        this.expect(kinds.NAME);
      }
      items.push({ value, target });
    } while (this.skipped(kinds.COMMA));
    if (items.length === 0) giveUp();
    const body = this.#body();
    return { unit, from: from - origin, to: this.last - origin, type: "with", items, body };
  }

  #try(): Statement {
    const { from, unit, origin } = this;
    this.next();
    const body = this.#body();
    const handlers: (readonly Statement[])[] = [];
    let otherwise = NO_STATEMENTS;
    let last = NO_STATEMENTS;
    while (this.#goesOn(kinds.EXCEPT)) {
      this.next();
      this.skipped(kinds.STAR);
      if (this.kind !== kinds.COLON) {
        this.quiet++;
        this.test();
        this.quiet--;
        if (this.kind === kinds.AS || this.kind === kinds.COMMA) {
          this.next();
          this.expect(kinds.NAME);
        }
      }
      handlers.push(this.#body());
    }
    if (this.#goesOn(kinds.ELSE)) {
      this.next();
      otherwise = this.#body();
    }
    if (this.#goesOn(kinds.FINALLY)) {
      this.next();
      last = this.#body();
    }
    return { unit, from: from - origin, to: this.last - origin, type: "try", body, handlers, otherwise, last };
  }

  /** `match` is a name too: it begins a statement where the line ends with a colon. */
  #isMatch(): boolean {
    const { from, quiet, nesting } = this;
    let found = false;
    this.quiet++;
    try {
      this.next();
      if (this.kind !== kinds.COLON && this.begins() && this.kind !== kinds.DOT) {
        this.skipped(kinds.STAR);
        this.operation(kinds.ARITHMETIC);
        if (this.kind === kinds.COLON) {
          this.next();
          found = this.kind === kinds.NEWLINE;
        }
      }
    } catch (error) {
      if (error !== NOT_WELL_FORMED) throw error;
    }
    this.quiet = quiet;
    this.nesting = nesting;
    this.backTo(from);
    return found;
  }

  #match(): Statement {
    const { from, unit, origin } = this;
    const bodies: (readonly Statement[])[] = [];
    this.next();
    this.quiet++;
    this.skipped(kinds.STAR);
    this.operation(kinds.ARITHMETIC);
    this.quiet--;
    this.expect(kinds.COLON);
    const outside = this.#indentation;
    this.nextLine();
    const inside = this.column;
    if (inside <= outside || ++this.#blocks > DEEPEST_BLOCKS) giveUp();
    this.#indentation = inside;
    while (this.kind !== kinds.END && this.column === inside) {
      if (this.kind !== kinds.NAME || this.word !== "case") giveUp();
      this.next();
      this.patterns();
      if (this.kind === kinds.IF) {
        this.next();
        this.quiet++;
        this.test();
        this.quiet--;
      }
      bodies.push(this.#body());
    }
    if (this.column > inside || bodies.length === 0) giveUp();
    this.#indentation = outside;
    this.#blocks--;
    return { unit, from: from - origin, to: this.last - origin, type: "match", bodies };
  }
}

const reader = new WellFormed();

/** The statements between two places of a text; null: not all of it is well formed, or it is something that is left to the tolerant parser. */
export function wellFormed(
  text: string,
  from: number,
  to: number,
): { readonly unit: Unit; readonly statements: readonly Statement[] } | null {
  const names = new Set<string>();
  const walruses = new Set<string>();
  const unit = unitOf(names, walruses);
  try {
    return { unit, statements: reader.read(text, from, to, unit, names, walruses) };
  } catch (error) {
    if (error === NOT_WELL_FORMED) return null;
    throw error;
  }
}
