// Links to a passage: #t=START,END counts Unicode code points of the original text, like every anchor in the record.

const HASH = /^#t=(\d{1,9}),(\d{1,9})$/;

function textNodes(root: Node): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  while (walker.nextNode()) nodes.push(walker.currentNode as Text);
  return nodes;
}

/** UTF-16 offset of code point `points` in `text`. */
function utf16(text: string, points: number): number {
  let offset = 0;
  for (let i = 0; i < points && offset < text.length; i += 1) offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}

/** Code points before (`node`, `offset`) within `root`; paragraphs carry their start in data-start. */
function position(node: Node, offset: number): number | null {
  const element = node instanceof Element ? node : node.parentElement;
  const block = element?.closest<HTMLElement>("[data-start]");
  if (!block) return null;
  const range = document.createRange();
  range.setStart(block, 0);
  range.setEnd(node, offset);
  return Number(block.dataset["start"]) + [...range.toString()].length;
}

function rangeIn(block: HTMLElement, from: number, to: number): Range | null {
  const range = document.createRange();
  let seen = 0;
  let begun = false;
  for (const node of textNodes(block)) {
    const size = [...node.data].length;
    if (!begun && from < seen + size) {
      range.setStart(node, utf16(node.data, from - seen));
      begun = true;
    }
    if (begun && to <= seen + size) {
      range.setEnd(node, utf16(node.data, to - seen));
      return range;
    }
    seen += size;
  }
  if (begun) range.setEndAfter(block.lastChild ?? block);
  return begun ? range : null;
}

function ranges(start: number, end: number): Range[] {
  const found: Range[] = [];
  for (const block of document.querySelectorAll<HTMLElement>("[data-text] [data-start]")) {
    const first = Number(block.dataset["start"]);
    const size = [...(block.textContent ?? "")].length;
    if (first >= end || first + size <= start) continue;
    const range = rangeIn(block, Math.max(start - first, 0), Math.min(end - first, size));
    if (range) found.push(range);
  }
  return found;
}

function wrap(range: Range): void {
  for (const node of textNodes(range.commonAncestorContainer)) {
    if (!range.intersectsNode(node)) continue;
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : node.data.length;
    if (from >= to) continue;
    const part = document.createRange();
    part.setStart(node, from);
    part.setEnd(node, to);
    const span = document.createElement("span");
    span.className = "passage";
    part.surroundContents(span);
  }
}

function clear(): void {
  for (const span of document.querySelectorAll("span.passage")) {
    const parent = span.parentNode;
    span.replaceWith(...span.childNodes);
    parent?.normalize();
  }
}

function show(): void {
  clear();
  const match = HASH.exec(location.hash);
  if (!match) return;
  const [start, end] = [Number(match[1]), Number(match[2])];
  // from the last to the first: wrapping splits text nodes, and earlier ranges must stay valid
  for (const range of ranges(start, end).reverse()) {
    if (range.startContainer === range.endContainer) {
      const span = document.createElement("span");
      span.className = "passage";
      range.surroundContents(span);
    } else wrap(range);
  }
  const first = document.querySelector<HTMLElement>("span.passage");
  if (!first) return;
  first.tabIndex = -1;
  first.focus({ preventScroll: true });
  first.scrollIntoView({ block: "center" });
  const status = document.querySelector("[data-passage-status]");
  if (status) status.textContent = `Passage, characters ${start} to ${end} of the original.`;
}

function offerLink(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-passage-copy]");
  if (!button) return;
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const range = selection && !selection.isCollapsed && selection.rangeCount ? selection.getRangeAt(0) : null;
    const start = range && position(range.startContainer, range.startOffset);
    const end = range && position(range.endContainer, range.endOffset);
    button.hidden = start === null || end === null || end <= start;
    if (!button.hidden) button.dataset["hash"] = `#t=${start},${end}`;
  });
  button.addEventListener("click", () => {
    const hash = button.dataset["hash"] ?? "";
    const address = new URL(hash, location.href).href;
    document.getSelection()?.removeAllRanges();
    history.replaceState(null, "", hash);
    show();
    const status = document.querySelector("[data-passage-status]");
    const say = (words: string): void => void (status && (status.textContent = words));
    navigator.clipboard?.writeText(address).then(
      () => say("Link to the passage copied."),
      () => say("The link to the passage is in the address bar."),
    ) ?? say("The link to the passage is in the address bar.");
  });
}

export function installPassages(): void {
  if (!document.querySelector("[data-text]")) return;
  addEventListener("hashchange", show);
  show();
  offerLink();
}
