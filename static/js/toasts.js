// The toasts in the corner. Server-made ones come with the page or out of band, the page's own through toast().
// One that asks something (a form, such as Undo) or tells of an error stays until it is answered or closed.

const SHOWN_MS = 8000;

export function toast(text, kind = "info") {
  const box = document.createElement("div");
  box.className = "toast";
  box.dataset.kind = kind;
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words);
  document.getElementById("toasts")?.append(box);
}

class ToastRegion extends HTMLElement {
  connectedCallback() {
    this.observer = new MutationObserver((changes) => {
      for (const change of changes) for (const node of change.addedNodes) this.take(node);
    });
    this.observer.observe(this, { childList: true });
    for (const box of this.children) this.take(box);
    this.addEventListener("click", this.clicked);
    this.addEventListener("htmx:after:swap", this.answered);
  }

  disconnectedCallback() {
    this.observer.disconnect();
  }

  take(box) {
    if (!(box instanceof HTMLElement) || box.querySelector(".toast-close")) return;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button icon-only toast-close";
    close.setAttribute("aria-label", this.dataset.close);
    close.append(document.getElementById("icon-close").content.cloneNode(true));
    box.append(close);
    if (box.querySelector("form") || box.dataset.kind === "error") return;
    let left = setTimeout(() => box.remove(), SHOWN_MS);
    const stay = () => clearTimeout(left);
    const go = () => {
      clearTimeout(left);
      left = setTimeout(() => box.remove(), SHOWN_MS);
    };
    box.addEventListener("pointerenter", stay);
    box.addEventListener("focusin", stay);
    box.addEventListener("pointerleave", go);
    box.addEventListener("focusout", go);
  }

  clicked(event) {
    event.target.closest(".toast-close")?.closest(".toast").remove();
  }

  answered(event) {
    event.target.closest?.(".toast")?.remove();
  }
}

customElements.define("toast-region", ToastRegion);
