// The composer: grows with its text, sends on Ctrl/Cmd+Enter, shows what the chosen model can do and what it costs.

class StudioComposer extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("input", () => this.refresh());
    this.addEventListener("change", () => this.refresh());
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("htmx:after:swap", () => this.refresh());
    this.refresh();
    const box = this.prompt;
    if (matchMedia("(min-width: 721px)").matches) { // on a phone a focused box would raise the keyboard over everything
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
    }
  }

  get form() { return this.querySelector("form"); }
  get prompt() { return this.querySelector("textarea[name=prompt]"); }

  key(event) {
    // During IME composition Enter chooses a candidate; it never sends.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.form.requestSubmit(this.querySelector("#generate"));
    }
  }

  clicked(event) {
    const more = event.target.closest(".composer-more");
    if (!more) return;
    const panel = this.querySelector("#advanced");
    panel.hidden = !panel.hidden;
    more.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) panel.querySelector("input, textarea, select")?.focus();
  }

  refresh() {
    const box = this.prompt;
    if (!box) return;
    if (!CSS.supports("field-sizing", "content")) {
      box.style.height = "auto";
      box.style.height = `${box.scrollHeight}px`;
    }
    this.offer();
  }

  // Lengths and orientations the model does not make are switched off rather than refused later.
  offer() {
    const facts = JSON.parse(this.querySelector("#model-facts")?.textContent ?? "{}")[this.value("model")];
    this.limit("seconds", facts?.seconds?.map(String));
    this.limit("orientation", facts?.orientations);
    const price = this.querySelector(".composer-price");
    price.textContent = facts ? this.cost(facts) : "";
  }

  value(name) { return this.form.elements.namedItem(name)?.value ?? ""; }

  limit(name, legal) {
    const select = this.form.elements.namedItem(name);
    for (const option of select?.options ?? []) {
      option.disabled = Boolean(legal?.length && option.value && !legal.includes(option.value));
      option.hidden = option.disabled;
      if (option.disabled && option.selected) select.value = "";
    }
  }

  cost(facts) {
    if (facts.price === null) return "";
    const seconds = Number(this.value("seconds"));
    if (facts.unit === "second" && !seconds) return "";
    const clip = facts.unit === "second" ? Number(facts.price) * seconds : Number(facts.price);
    const total = clip * Number(this.value("variants") || 1);
    return new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: facts.currency }).format(total);
  }
}

customElements.define("studio-composer", StudioComposer);

document.addEventListener("click", (event) => {
  const example = event.target.closest("[data-example]");
  if (!example) return;
  const box = document.querySelector("studio-composer textarea[name=prompt]");
  box.value = example.dataset.example;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
});
