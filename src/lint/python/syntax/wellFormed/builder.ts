import { type Expression, type Unit, unitOf } from "../types.ts";
import { giveUp, Scanner } from "./scanner.ts";

/**
 * Expressions inside one another, in brackets and on the left of operators: more is left to the tolerant parser, which bounds them in its own way
 * (`DEEPEST_NESTING`; with `DEEPEST_BLOCKS` this stays below it, so that both say the same).
 */
const DEEPEST_EXPRESSION = 80;

/** What is being read, and how deep it has become. */
export abstract class Builder extends Scanner {
  protected unit: Unit = unitOf(new Set(), new Set());
  protected names = new Set<string>();
  protected walruses = new Set<string>();
  /** Where the statement of the module begins, which places are relative to. */
  protected origin = 0;
  /** Above 0 nobody looks at what is read; its names do not count. */
  protected quiet = 0;
  /** Levels of the expression that was read last. */
  protected height = 0;
  protected nesting = 0;

  protected restart(unit: Unit, names: Set<string>, walruses: Set<string>, origin: number): void {
    this.unit = unit;
    this.names = names;
    this.walruses = walruses;
    this.origin = origin;
    this.quiet = 0;
    this.height = 0;
    this.nesting = 0;
  }

  protected unknown(from: number, to: number): Expression {
    this.height = 1;
    return { unit: this.unit, from: from - this.origin, to: to - this.origin, type: "unknown" };
  }

  /** One level above those that were read. */
  protected raise(height: number): void {
    if (height >= DEEPEST_EXPRESSION) giveUp();
    this.height = height + 1;
  }

  protected enter(): void {
    if (++this.nesting > DEEPEST_EXPRESSION) giveUp();
  }

  protected leave(): void {
    this.nesting--;
  }
}
