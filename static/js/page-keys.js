// Keys for what is on the page: an element says its own in data-keys ("[ ArrowLeft"), and the key does what a click does.
// Around the dialog that lists them (page.js opens it by "?").

/** Whether a key is meant for the page: not for a text field, a list, a dialog, an input method or a browser command. */
export function isForThePage(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target instanceof Element ? event.target : document.body;
  if (document.querySelector("dialog[open]")) return false;
  if (target.closest("input[type='range']")) return !/^(Arrow|Page|Home|End)/.test(event.key); // those move the slider
  return !target.closest("input, textarea, select, [contenteditable]");
}

class PageKeys extends HTMLElement {
  connectedCallback() {
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.addEventListener("click", (event) => event.target.closest("[data-close]") && this.querySelector("dialog").close());
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
  }

  key(event) {
    if (!isForThePage(event)) return;
    for (const element of document.querySelectorAll("[data-keys]")) {
      if (!element.dataset.keys.split(" ").includes(event.key)) continue;
      event.preventDefault();
      element.click();
      return;
    }
  }
}

customElements.define("page-keys", PageKeys);
