/** Milliseconds between two refreshes of the page. */
const interval = Number(document.body.dataset["refresh"] ?? 0);

/** Content of each live part as the server sent it last. */
const seen = new WeakMap<HTMLElement, string>();

/** Whether a button of the pointer is down. What is under it must stay: an element that is replaced gets no click. */
let pressed = false;
for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"] as const)
  addEventListener(kind, ({ buttons }) => (pressed = buttons > 0));

/** Returns whether the user has typed or ticked something in a part of the page, which must stay until it is sent. */
function isFilledIn(part: HTMLElement): boolean {
  const fields = part.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea");
  return [...fields].some(
    (field) =>
      field.value !== field.defaultValue ||
      (field instanceof HTMLInputElement && field.checked !== field.defaultChecked),
  );
}

/** Fetches this page again and puts what changed into its live parts; the rest of the page keeps its state. */
async function refresh(): Promise<void> {
  if (document.hidden) return;
  const note = document.getElementById("connection");
  try {
    const response = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!response.ok) throw new Error(String(response.status));
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (pressed) return;
    for (const part of document.querySelectorAll<HTMLElement>("[data-live]")) {
      const other = fresh.getElementById(part.id);
      if (!other || isFilledIn(part)) continue;
      if (other.innerHTML !== (seen.get(part) ?? part.innerHTML)) replace(part, other);
      seen.set(part, other.innerHTML);
    }
    if (note) note.hidden = true;
  } catch {
    if (note) note.hidden = false;
  }
}

/** Replaces the content of a part; focused and opened elements stay so. */
function replace(part: HTMLElement, other: HTMLElement): void {
  const focused = part.contains(document.activeElement) ? pathOf(document.activeElement) : undefined;
  const open = [...part.querySelectorAll<HTMLDetailsElement>("details[open][id]")].map(({ id }) => id);
  part.replaceChildren(...[...other.childNodes].map((node) => document.importNode(node, true)));
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  // Sets the address's fragment again: the new element is not its target until then.
  if (location.hash && part.querySelector(`#${CSS.escape(location.hash.slice(1))}`))
    location.replace(location.hash);
  if (focused) part.querySelector<HTMLElement>(focused)?.focus({ preventScroll: true });
}

/** Returns a selector that finds the same element in the new content. */
function pathOf(element: Element | null): string | undefined {
  if (element?.id) return `#${CSS.escape(element.id)}`;
  const href = element?.getAttribute("href");
  return href ? `[href="${CSS.escape(href)}"]` : undefined;
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy]") : null;
  const source = button && document.getElementById(button.dataset["copy"] ?? "");
  if (!button || !source) return;
  void navigator.clipboard.writeText(source.textContent ?? "").then(() => {
    button.dataset["done"] = "true";
    setTimeout(() => delete button.dataset["done"], 1_500);
  });
});

document.addEventListener("keydown", (event) => {
  if (event.target instanceof Element && event.target.closest("input, textarea, select")) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row === document.activeElement);
  if (event.key === "/") {
    document.querySelector<HTMLElement>("[data-search]")?.focus();
    event.preventDefault();
  } else if (event.key === "j" || event.key === "k") {
    const next = event.key === "j" ? at + 1 : Math.max(0, at - 1);
    rows[next]?.focus();
  }
});

if (interval > 0) {
  const again = () => {
    const startedAt = performance.now();
    // Waits at least twice as long as the page took, so that a slow page is not requested all the time.
    void refresh().finally(() => setTimeout(again, Math.max(interval, 2 * (performance.now() - startedAt))));
  };
  setTimeout(again, interval);
  document.addEventListener("visibilitychange", () => void refresh());
}
