// An icon of the sprite, whose address the page gives.

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: string): SVGSVGElement {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.documentElement.dataset["icons"] ?? ""}#${name}`);
  drawing.append(use);
  return drawing;
}
