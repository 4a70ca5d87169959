/** What the charts ask of a canvas, written down as SVG: pictures for pages, drawn by the product's own code. Full circles only; transforms turn text alone. */
interface State {
  strokeStyle: string;
  fillStyle: string;
  lineWidth: number;
  globalAlpha: number;
  font: string;
  textAlign: string;
  textBaseline: string;
  dash: readonly number[];
  /** Of text: shift and angle. */
  x: number;
  y: number;
  angle: number;
  clip: string | null;
}

const FRESH: State = {
  strokeStyle: "#000",
  fillStyle: "#000",
  lineWidth: 1,
  globalAlpha: 1,
  font: "10px sans-serif",
  textAlign: "left",
  textBaseline: "alphabetic",
  dash: [],
  x: 0,
  y: 0,
  angle: 0,
  clip: null,
};

const ANCHORS: Readonly<Record<string, string>> = { center: "middle", right: "end", end: "end" };
/** From a line's place to its baseline, in units of the font's size. */
const BASELINES: Readonly<Record<string, number>> = { top: 0.8, middle: 0.35, alphabetic: 0, bottom: -0.2 };
/** Mean advance of a sans-serif letter in units of its size: what `measureText` answers. */
const ADVANCE = 0.56;

const short = (value: number) => String(Number(value.toFixed(1)) + 0);
const text = (value: string) => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

export class SvgContext {
  #state: State = { ...FRESH };
  #stack: State[] = [];
  #path = "";
  #clips: string[] = [];
  #parts: string[] = [];

  get strokeStyle() {
    return this.#state.strokeStyle;
  }
  set strokeStyle(value: string) {
    this.#state.strokeStyle = value;
  }
  get fillStyle() {
    return this.#state.fillStyle;
  }
  set fillStyle(value: string) {
    this.#state.fillStyle = value;
  }
  get lineWidth() {
    return this.#state.lineWidth;
  }
  set lineWidth(value: number) {
    this.#state.lineWidth = value;
  }
  get globalAlpha() {
    return this.#state.globalAlpha;
  }
  set globalAlpha(value: number) {
    this.#state.globalAlpha = value;
  }
  get font() {
    return this.#state.font;
  }
  set font(value: string) {
    this.#state.font = value;
  }
  get textAlign() {
    return this.#state.textAlign;
  }
  set textAlign(value: string) {
    this.#state.textAlign = value;
  }
  get textBaseline() {
    return this.#state.textBaseline;
  }
  set textBaseline(value: string) {
    this.#state.textBaseline = value;
  }

  setTransform(): void {
    this.#state = { ...this.#state, x: 0, y: 0, angle: 0 };
  }
  translate(x: number, y: number): void {
    this.#state.x += x;
    this.#state.y += y;
  }
  rotate(angle: number): void {
    this.#state.angle += angle;
  }
  scale(): void {}

  /** A new picture begins. */
  clearRect(): void {
    this.#parts = [];
    this.#clips = [];
  }
  save(): void {
    this.#stack.push({ ...this.#state });
  }
  restore(): void {
    this.#state = this.#stack.pop() ?? { ...FRESH };
  }
  setLineDash(dash: readonly number[]): void {
    this.#state.dash = dash;
  }

  beginPath(): void {
    this.#path = "";
  }
  moveTo(x: number, y: number): void {
    this.#path += `M${short(x)} ${short(y)}`;
  }
  lineTo(x: number, y: number): void {
    this.#path += `${this.#path === "" ? "M" : "L"}${short(x)} ${short(y)}`;
  }
  closePath(): void {
    this.#path += "Z";
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.#path += `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`;
  }
  arc(x: number, y: number, radius: number): void {
    const half = `A${short(radius)} ${short(radius)} 0 1 1`;
    this.#path += `M${short(x + radius)} ${short(y)}${half} ${short(x - radius)} ${short(y)}${half} ${short(x + radius)} ${short(y)}`;
  }
  clip(): void {
    this.#state.clip = `c${this.#clips.push(this.#path)}`;
  }
  stroke(): void {
    if (this.#path === "") return;
    const { strokeStyle, lineWidth, dash } = this.#state;
    const dashes = dash.length === 0 ? "" : ` stroke-dasharray="${dash.join(" ")}"`;
    this.#add(
      `<path d="${this.#path}" fill="none" stroke="${text(strokeStyle)}" stroke-width="${short(lineWidth)}"${dashes}`,
      "/>",
    );
  }
  fill(): void {
    if (this.#path !== "") this.#add(`<path d="${this.#path}" fill="${text(this.#state.fillStyle)}"`, "/>");
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    this.#add(
      `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${text(this.#state.fillStyle)}"`,
      "/>",
    );
  }
  measureText(words: string): { width: number } {
    return { width: ADVANCE * this.#size() * words.length };
  }
  fillText(words: string, x: number, y: number): void {
    const { angle, fillStyle, textAlign, textBaseline } = this.#state;
    const size = this.#size();
    const [px, py] = [this.#state.x + x, this.#state.y + y + size * (BASELINES[textBaseline] ?? 0)];
    const turn = angle === 0 ? "" : ` transform="rotate(${short((angle * 180) / Math.PI)} ${short(px)} ${short(py)})"`;
    const anchor = ANCHORS[textAlign];
    this.#add(
      `<text x="${short(px)}" y="${short(py)}" font-size="${size}" fill="${text(fillStyle)}"${anchor === undefined ? "" : ` text-anchor="${anchor}"`}${turn}`,
      `>${text(words)}</text>`,
    );
  }

  /** The picture so far, as a file. */
  svg(width: number, height: number, title: string): string {
    const clips = this.#clips.map((path, k) => `<clipPath id="c${k + 1}"><path d="${path}"/></clipPath>`);
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" role="img">`,
      `<title>${text(title)}</title>`,
      ...(clips.length === 0 ? [] : [`<defs>${clips.join("")}</defs>`]),
      `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
      ...this.#parts,
      "</svg>",
      "",
    ].join("\n");
  }

  #size(): number {
    return Number.parseFloat(this.#state.font);
  }

  #add(start: string, end: string): void {
    const { globalAlpha, clip } = this.#state;
    const alpha = globalAlpha === 1 ? "" : ` opacity="${Number(globalAlpha.toFixed(2))}"`;
    this.#parts.push(`${start}${alpha}${clip === null ? "" : ` clip-path="url(#${clip})"`}${end}`);
  }
}
