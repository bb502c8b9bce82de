// What is selected on the chart: teeth with their faces, written as addresses and forms carry them ("16MO 17").

const FACES = "MOIDVPL";

export class Selection {
  private readonly teeth = new Map<string, Set<string>>();

  constructor(written = "") {
    for (const token of written.split(/\s+/).filter(Boolean)) {
      this.teeth.set(token.slice(0, 2), new Set(token.slice(2)));
    }
  }

  get size(): number {
    return this.teeth.size;
  }

  /** The tooth that was chosen last. */
  get last(): string | undefined {
    return [...this.teeth.keys()].pop();
  }

  has(tooth: string, face = ""): boolean {
    const faces = this.teeth.get(tooth);
    return faces !== undefined && (face === "" || faces.has(face));
  }

  only(tooth: string): void {
    const faces = this.teeth.get(tooth);
    this.teeth.clear();
    this.teeth.set(tooth, faces ?? new Set());
  }

  add(tooth: string): void {
    if (!this.teeth.has(tooth)) this.teeth.set(tooth, new Set());
  }

  drop(tooth: string): void {
    this.teeth.delete(tooth);
  }

  clear(): void {
    this.teeth.clear();
  }

  /** Choose or leave a face of a tooth. */
  turn(tooth: string, face: string): void {
    this.add(tooth);
    const faces = this.teeth.get(tooth);
    if (faces?.has(face)) faces.delete(face);
    else faces?.add(face);
  }

  written(): string {
    const order = (a: string, b: string) => FACES.indexOf(a) - FACES.indexOf(b);
    return [...this.teeth].map(([tooth, faces]) => tooth + [...faces].sort(order).join("")).join(" ");
  }
}
