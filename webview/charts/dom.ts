/** A new element with class and text: charts build small trees, and nothing in them is parsed from strings. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = "",
  text = "",
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== "") element.className = className;
  if (text !== "") element.textContent = text;
  return element;
}

export interface Choice<Id extends string> {
  readonly id: Id;
  readonly label: string;
}

/** A row of buttons of which one is pressed. */
export function segments<Id extends string>(
  label: string,
  choices: readonly Choice<Id>[],
  chosen: Id,
  onChoose: (id: Id) => void,
): HTMLElement {
  const group = make("div", "ms-segments");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", label);
  const buttons = choices.map((choice) => {
    const button = make("button", "ms-segment", choice.label);
    button.type = "button";
    button.dataset.choice = choice.id;
    button.setAttribute("aria-pressed", String(choice.id === chosen));
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      onChoose(choice.id);
    });
    return button;
  });
  group.append(...buttons);
  return group;
}

let lastId = 0;

export function uniqueId(prefix: string): string {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
