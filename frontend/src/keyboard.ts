// "/" searches, j and k move through the list of the page, "?" shows the keys.

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function step(by: 1 | -1): void {
  const items = [...document.querySelectorAll<HTMLElement>("[data-item]")].filter((item) => item.offsetParent !== null);
  if (!items.length) return;
  const active = document.activeElement;
  const here = items.findIndex((item) => active !== null && item.contains(active));
  const next = here < 0 ? (by > 0 ? 0 : items.length - 1) : Math.min(Math.max(here + by, 0), items.length - 1);
  const item = items[next];
  item?.querySelector<HTMLElement>("a[href]")?.focus({ preventScroll: true });
  item?.scrollIntoView({ block: "nearest" });
}

function focusSearch(): void {
  const inputs = [...document.querySelectorAll<HTMLInputElement>("input[type=search]")];
  const input = inputs.find((one) => one.closest("main") !== null) ?? inputs[0];
  input?.focus();
  input?.select();
}

export function installKeyboard(): void {
  const help = document.querySelector<HTMLDialogElement>("dialog[data-keys]");
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-keys-open]")) {
    button.hidden = false;
    button.addEventListener("click", () => help?.showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && typing(event.target)) (event.target as HTMLElement).blur();
    if (typing(event.target) || help?.open) return;
    const actions: Record<string, () => void> = {
      "/": focusSearch,
      j: () => step(1),
      k: () => step(-1),
      "?": () => help?.showModal(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
