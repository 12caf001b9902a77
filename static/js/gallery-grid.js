// Roving focus over the cards, and a page address that remembers where one was: Back and "Gallery" return to the card.

import { walk } from "./grid-walk.js";

const STOP = ".gallery-open, .gallery-undo";

class GalleryGrid extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("focusin", (event) => this.rove(event.target.closest(".gallery-card")));
    this.addEventListener("click", (event) => this.remember(event));
    // Cards come and go by swaps: one of them stays the way in.
    this.watcher = new MutationObserver((changes) => this.changed(changes));
    this.watcher.observe(this, { childList: true, subtree: true });
    const here = this.card(location.hash);
    this.rove(here ?? this.querySelector(".gallery-card"));
    if (here) this.comeBack(here.querySelector(STOP));
  }

  disconnectedCallback() {
    this.watcher.disconnect();
  }

  // Going to a fragment takes the focus away from everything, as late as the load event: ours comes after it.
  comeBack(stop) {
    const focus = () => requestAnimationFrame(() => document.activeElement === document.body && stop.focus({ preventScroll: true }));
    if (document.readyState === "complete") focus();
    else window.addEventListener("load", focus, { once: true });
  }

  card(hash) {
    return /^#item-[0-9a-f-]+$/.test(hash) ? this.querySelector(hash) : null;
  }

  cards() {
    return [...this.querySelectorAll(".gallery-card")];
  }

  rove(current) {
    if (!current) return;
    this.current = current;
    for (const card of this.cards()) {
      for (const stop of card.querySelectorAll("a, button")) stop.tabIndex = card === current ? 0 : -1;
    }
  }

  changed(changes) {
    if (!changes.some((change) => change.type === "childList" && change.target.classList?.contains("gallery-grid"))) return;
    if (this.current?.isConnected) return this.rove(this.current);
    const next = this.next && this.querySelector(`#${this.next}`);
    this.rove(next || this.querySelector(".gallery-card"));
    // Focus was on the card that went: it stays where the hand is, not at the top of the page.
    if (next && document.activeElement === document.body) next.querySelector(STOP)?.focus({ preventScroll: true });
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const card = event.target.closest(".gallery-card");
    if (!card) return;
    if (event.key === "Delete") return this.delete(event, card);
    const cards = this.cards();
    const to = walk(event.key, cards.indexOf(card), cards.map((each) => each.getBoundingClientRect()));
    if (to < 0) return;
    event.preventDefault();
    const stop = cards[to].querySelector(STOP);
    stop?.focus({ preventScroll: true });
    cards[to].scrollIntoView({ block: "nearest" });
  }

  delete(event, card) {
    const form = card.querySelector("form.gallery-delete");
    if (!form) return;
    event.preventDefault();
    const cards = this.cards();
    const at = cards.indexOf(card);
    this.next = (cards[at + 1] ?? cards[at - 1] ?? card).id;
    form.requestSubmit();
  }

  remember(event) {
    const card = event.target.closest(".gallery-open")?.closest(".gallery-card");
    if (event.defaultPrevented || !card || !card.id.startsWith("item-")) return;
    const address = new URL(location.href);
    address.searchParams.delete("after");
    address.searchParams.delete("deleted");
    address.searchParams.set("through", this.cards().at(-1).id.replace("item-", ""));
    address.hash = card.id;
    history.replaceState(history.state, "", address);
  }
}

customElements.define("gallery-grid", GalleryGrid);
