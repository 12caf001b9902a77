// A filter is the page's address: what is chosen stands there, so Reload, Back and a shared link show the same.

class GalleryFilters extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", () => this.address());
  }

  address() {
    const form = this.querySelector("form");
    const chosen = new URLSearchParams([...new FormData(form)].filter(([name, value]) => value && !(name === "state" && value === "ready")));
    const query = String(chosen);
    history.replaceState(history.state, "", form.getAttribute("action") + (query ? `?${query}` : ""));
  }
}

customElements.define("gallery-filters", GalleryFilters);
