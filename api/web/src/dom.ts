/** Elements, made without markup: whatever comes out of a map or a claim is text and stays text. */

type Child = Node | string | number | null | undefined | false;
export type Children = Child | readonly Children[];
type Handler = (event: Event) => void;
type Value = string | number | boolean | null | undefined | Handler;

const SVG = "http://www.w3.org/2000/svg";

function fill(node: Element, children: readonly Children[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) fill(node, child as readonly Children[]);
    else node.append(child instanceof Node ? child : String(child));
  }
}

function dress(node: Element, props: Record<string, Value>): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2).toLowerCase(), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Make an element; `onclick` and its like are listeners, the rest are attributes. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Record<string, Value> = {},
  ...children: Children[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  dress(node, props);
  fill(node, children);
  return node;
}

/** Make an element of a drawing. */
export function s(tag: string, props: Record<string, Value> = {}, ...children: Children[]): SVGElement {
  const node = document.createElementNS(SVG, tag);
  dress(node, props);
  fill(node, children);
  return node;
}

/** Text that only a screen reader gets. */
export const aside = (...children: Children[]): HTMLElement => h("span", { class: "aside" }, ...children);

/** A link may lead to the web and nowhere else: `javascript:` in a source's address is text. */
export function safeLink(address: unknown, text: string): HTMLElement {
  if (typeof address === "string" && /^https?:\/\//i.test(address)) {
    return h("a", { href: address, rel: "noreferrer noopener", target: "_blank" }, text);
  }
  return h("span", {}, text);
}

/** Give a file that was made here to whoever asked for it. */
export function save(name: string, data: Blob): void {
  const address = URL.createObjectURL(data);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
