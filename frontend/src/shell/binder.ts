// Binds behaviour to elements by `data-module`, on load and after every htmx swap.

export type Undo = () => void;
export type Module = (element: HTMLElement) => Undo | void;

const modules = new Map<string, Module>();
const bound = new WeakMap<HTMLElement, Map<string, Undo | undefined>>();

/** Give a name its behaviour. Elements already on the page get it at once. */
export function define(name: string, module: Module): void {
  modules.set(name, module);
  if (document.readyState !== "loading") bind(document.body);
}

/** Bind every element under `root` that asks for a module and has not got it. */
export function bind(root: ParentNode & Node): void {
  const asking = [...root.querySelectorAll<HTMLElement>("[data-module]")];
  if (root instanceof HTMLElement && root.dataset["module"]) asking.unshift(root);
  for (const element of asking) {
    const done = bound.get(element) ?? new Map<string, Undo | undefined>();
    bound.set(element, done);
    for (const name of (element.dataset["module"] ?? "").split(/\s+/)) {
      const module = modules.get(name);
      if (module && !done.has(name)) done.set(name, module(element) ?? undefined);
    }
  }
}

/** Undo what an element got; htmx is taking it away. */
export function release(element: Element): void {
  if (!(element instanceof HTMLElement)) return;
  bound.get(element)?.forEach((undo) => undo?.());
  bound.delete(element);
}
