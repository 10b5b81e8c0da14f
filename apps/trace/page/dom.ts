/**
 * Makes DOM elements from HTML templates. A string or number becomes text or part of an attribute,
 * a node is inserted, and a function becomes the listener of an `@` attribute. Values are never
 * parsed as HTML, so a recording cannot inject markup. Attributes must be quoted. A line break next
 * to a tag or value adds no space.
 *
 *   html`<button type="button" title="${name}" @click="${act}">${sign} ${picture}</button>`
 */

type Listener = (event: never) => void;
/** A value in a template; null, undefined and booleans become ''. */
type Value = Node | Listener | string | number | boolean | null | undefined | readonly Value[];

/** The entities of the characters that HTML reserves. */
const ENTITIES: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' },
};

/** Builds the nodes of a template. @param texts the parts of the template between the values */
function buildFragment(texts: readonly string[], values: readonly Value[]): DocumentFragment {
  /** Nodes and listeners, which the markup names by their indices. */
  const slots: (Node | Listener)[] = [];
  /** Makes the markup of a value; puts nodes and listeners into `slots`. */
  const makeMarkup = (value: Value): string => {
    if (value === null || value === undefined || typeof value === 'boolean') return '';
    if (Array.isArray(value)) return value.map(makeMarkup).join('');
    if (typeof value === 'function') return String(slots.push(value) - 1);
    if (value instanceof Node) return `<!--${slots.push(value) - 1}-->`;
    return String(value).replace(/[&<>"]/g, (character) => ENTITIES[character]!);
  };
  const template = document.createElement('template');
  template.innerHTML = texts
    .map(
      (text, index) =>
        text.replace(/(^|>)\s*\n\s*|\s*\n\s*(?=<|$)/g, '$1') + makeMarkup(values[index]),
    )
    .join('');
  const { content } = template;
  const nodeTypes = NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT;
  const nodes: Node[] = [];
  for (const walker = document.createTreeWalker(content, nodeTypes); walker.nextNode(); )
    nodes.push(walker.currentNode);
  for (const node of nodes) {
    if (node instanceof Comment) node.replaceWith(slots[Number(node.data)] as Node);
    else if (node instanceof Element) addListeners(node, slots);
  }
  return content;
}

/** Replaces the `@` attributes of an element by listeners. */
function addListeners(element: Element, slots: readonly unknown[]): void {
  for (const { name, value } of [...element.attributes]) {
    if (name[0] !== '@') continue;
    element.removeAttribute(name);
    element.addEventListener(name.slice(1), slots[Number(value)] as EventListener);
  }
}

/** Makes the single element of a template. */
export const html = <E extends Element = HTMLElement>(
  texts: TemplateStringsArray,
  ...values: Value[]
): E => document.adoptNode(buildFragment(texts, values).firstElementChild as E);

/** Makes the single element of a template, which is a part of an SVG picture. */
export const svg = <E extends SVGElement = SVGElement>(
  texts: TemplateStringsArray,
  ...values: Value[]
): E =>
  buildFragment([`<svg>${texts[0]}`, ...texts.slice(1)], values).firstElementChild!
    .firstElementChild as E;

/** Makes a button with a short sign, such as `×`, and a name for screen readers. */
export const makeButton = (sign: string, name: string, act: () => void): HTMLButtonElement =>
  html`<button type="button" aria-label="${name}" title="${name}" @click="${act}">${sign}</button>`;

/** Reads a colour from the style sheet's custom property `--name`. */
export const readColour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Decodes base64 to bytes. */
export function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  // A string with a character for each byte.
  const units = atob(base64);
  const bytes = new Uint8Array(units.length);
  for (let i = 0; i < units.length; i++) bytes[i] = units.charCodeAt(i);
  return bytes;
}

/**
 * Returns whether a key is for the page: it has no modifier, and the focus is in no field that
 * handles keys itself. @param fieldSelector of these fields
 */
export const isPageKey = (
  { ctrlKey, altKey, metaKey, target }: KeyboardEvent,
  fieldSelector: string,
) =>
  !ctrlKey &&
  !altKey &&
  !metaKey &&
  !(target instanceof Element && target.closest(fieldSelector) !== null);
