import type { ModuleValue, ObjectValue, ParameterValue } from "../values/types.ts";

type Part = ModuleValue | ObjectValue;

/**
 * Who holds a module, who uses it and whose a parameter is: written on the values themselves, past the journal, for a branch that is undone may still have
 * shown that something is part of a network. What a root adds is taken back as a whole.
 */
export class Kinship {
  #undo: (() => void)[] | null = null;

  begin(): void {
    this.#undo = [];
  }

  takeBack(): void {
    for (const undo of (this.#undo ?? []).reverse()) undo();
    this.#undo = null;
  }

  hold(part: Part, holder: Part): void {
    const before = part.kin.holder;
    if (before === holder) return;
    this.#undo?.push(() => move(part, before));
    move(part, holder);
  }

  use({ kin }: Part): void {
    if (kin.used) return;
    this.#undo?.push(() => {
      kin.used = false;
    });
    kin.used = true;
  }

  own(parameter: ParameterValue, owner: Part): void {
    const before = parameter.owner;
    if (before === owner) return;
    this.#undo?.push(() => {
      parameter.owner = before;
    });
    parameter.owner = owner;
  }
}

function move(part: Part, holder: Part | null): void {
  part.kin.holder?.kin.parts?.delete(part);
  part.kin.holder = holder;
  if (holder === null) return;
  holder.kin.parts ??= new Set();
  holder.kin.parts.add(part);
}
