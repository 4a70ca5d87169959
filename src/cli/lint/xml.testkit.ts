/** What an element of a document holds: attributes and its own text, with entities resolved. */
export interface XmlElement {
  readonly name: string;
  /** Name of the element around it; empty for the root. */
  readonly parent: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
};
/** XML 1.0, production 2: every character that a document may hold. */
const CHARACTERS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const TAG = /^<(\/?)([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.-]*="[^"<]*")*)\s*(\/?)>/;

/** Elements of a document of elements, attributes and text alone, in order. Throws at the first thing that is not well formed. */
export function elementsOf(document: string): readonly XmlElement[] {
  const head = '<?xml version="1.0" encoding="UTF-8"?>';
  if (!document.startsWith(head)) throw new Error("no XML declaration");
  if (!CHARACTERS.test(document)) throw new Error("a character that XML forbids");
  const found: { name: string; parent: string; attributes: Record<string, string>; text: string }[] = [];
  const open: (typeof found)[number][] = [];
  let rest = document.slice(head.length).trim();
  while (rest !== "") {
    const text = /^[^<]+/.exec(rest)?.[0] ?? "";
    const around = open.at(-1);
    if (text !== "") {
      if (around === undefined) throw new Error("text outside of the root");
      if (text.includes("]]>")) throw new Error("the end of a section that was not begun");
      around.text += resolved(text);
      rest = rest.slice(text.length);
      continue;
    }
    const [tag, closes, name = "", attributes = "", single] = TAG.exec(rest) ?? [];
    if (tag === undefined) throw new Error(`no tag: ${rest.slice(0, 60)}`);
    rest = rest.slice(tag.length);
    if (closes === "/") {
      if (around?.name !== name || attributes !== "") throw new Error(`</${name}> closes <${around?.name}>`);
      open.pop();
      continue;
    }
    if (around === undefined && found.length > 0) throw new Error("a second root");
    const element = { name, parent: around?.name ?? "", attributes: attributesOf(attributes), text: "" };
    found.push(element);
    if (single === "") open.push(element);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)?.name}> is not closed`);
  return found;
}

function attributesOf(text: string): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [, name = "", value = ""] of text.matchAll(/([\w.-]+)="([^"]*)"/g)) {
    if (Object.hasOwn(all, name)) throw new Error(`${name} twice`);
    all[name] = resolved(value);
  }
  return all;
}

function resolved(text: string): string {
  return text.replace(/&[^;]*;?/g, (entity) => {
    const character = ENTITIES[entity];
    if (character === undefined) throw new Error(`unknown entity ${entity}`);
    return character;
  });
}
