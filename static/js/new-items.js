// "3 new": counts what arrived since the page was made. The list itself is left alone until the person asks.

class NewItems extends HTMLElement {
  connectedCallback() {
    this.arrived = new Set();
    this.onReady = (event) => this.add(event.detail.id);
    document.addEventListener("studio:item-ready", this.onReady);
  }

  disconnectedCallback() {
    document.removeEventListener("studio:item-ready", this.onReady);
  }

  add(id) {
    if (!id || document.getElementById(`item-${id}`)) return;
    this.arrived.add(id);
    const count = this.arrived.size;
    const words = count === 1 ? this.dataset.one : this.dataset.other.replace("%s", count);
    this.querySelector("[data-count]").textContent = words;
    this.hidden = false;
  }
}

customElements.define("new-items", NewItems);
