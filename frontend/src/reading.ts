// Sentences of both sides light up together; selected words show the words that stand for them on the other side.

const PARTNER = "partner";

interface Aligned {
  start: number;
  end: number;
}

/** The sentence that `target` lies in. */
function sentenceOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("#reading [data-s]") : null;
}

function light(key: string | null): void {
  for (const sentence of document.querySelectorAll<HTMLElement>("#reading [data-s]")) {
    sentence.classList.toggle("paired", key !== null && sentence.dataset["s"] === key);
  }
}

function rangeOf(block: HTMLElement, start: number, end: number): Range | null {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let seen = 0;
  let begun = false;
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    let units = 0;
    for (const sign of node.data) {
      if (seen === start) {
        range.setStart(node, units);
        begun = true;
      }
      units += sign.length;
      seen += 1;
      if (begun && seen === end) {
        range.setEnd(node, units);
        return range;
      }
    }
  }
  return null;
}

function mark(range: Range | null): void {
  if (!("highlights" in CSS)) return; // an older browser lights up the sentence only
  if (range) CSS.highlights.set(PARTNER, new Highlight(range));
  else CSS.highlights.delete(PARTNER);
}

/** Code points from the beginning of `block` to (`node`, `offset`). */
function pointsTo(block: Node, node: Node, offset: number): number {
  const range = document.createRange();
  range.setStart(block, 0);
  range.setEnd(node, offset);
  return [...range.toString()].length;
}

/** The words that are selected, if they lie within one side of one sentence. */
function selected(): { words: HTMLElement; key: string; side: string; start: number; end: number } | null {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const common = range.commonAncestorContainer;
  const element = common instanceof Element ? common : common.parentElement;
  const words = element?.closest<HTMLElement>("#reading [data-words]") ?? null;
  const key = words?.closest<HTMLElement>("[data-s]")?.dataset["s"];
  if (!words || !key) return null;
  const start = pointsTo(words, range.startContainer, range.startOffset);
  const end = pointsTo(words, range.endContainer, range.endOffset);
  return end > start ? { words, key, side: words.dataset["words"] ?? "original", start, end } : null;
}

async function showPartner(signal: AbortSignal): Promise<void> {
  const asked = selected();
  mark(null);
  const id = document.querySelector<HTMLElement>("#reading")?.dataset["document"];
  if (!asked || !id) return;
  const { key, side, start, end } = asked;
  const other = side === "original" ? "reading" : "original";
  const target = document.querySelector<HTMLElement>(`#reading [data-s="${key}"] [data-words="${other}"], #reading [data-s="${key}"][data-words="${other}"]`);
  if (!target) return;
  const query = new URLSearchParams({ sentence: key, side, start: String(start), end: String(end) });
  const answer = await fetch(`/api/v1/documents/${id}/words?${query}`, { signal });
  if (!answer.ok) return;
  const found = (await answer.json()) as Aligned;
  if (found.end > found.start && !signal.aborted) mark(rangeOf(target, found.start, found.end));
}

export function installReading(): void {
  if (!document.querySelector("#reading")) return;
  for (const name of ["pointerover", "focusin"]) {
    document.addEventListener(name, (event) => light(sentenceOf(event.target)?.dataset["s"] ?? null));
  }
  let running = new AbortController();
  let waiting = 0;
  document.addEventListener("selectionchange", () => {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    clearTimeout(waiting);
    waiting = setTimeout(() => void showPartner(signal).catch(() => undefined), 150); // gone on, or no answer: no light
  });
  // after the browser has gone to the sentence in the address, which takes the focus away
  const begin = (): void => document.querySelector<HTMLElement>(".panel textarea")?.focus({ preventScroll: true });
  addEventListener("load", () => setTimeout(begin, 0));
}
