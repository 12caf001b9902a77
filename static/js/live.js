// One socket per page. htmx's ws extension opens it, swaps what comes and reconnects; this element says what to watch
// and which numbers the page already shows. Whatever was missed while away comes back as one catch-up.

const RECONNECTING_AFTER_MS = 1500; // a short drop is not worth a banner

// A card put in by a swap keeps the element that carried it.
const whole = (card) => (card.parentElement.id === "cards" ? card : card.parentElement);
const numberOf = (card) => Number(card.querySelector("[data-seq]")?.dataset.seq ?? 0);

class StudioLive extends HTMLElement {
  connectedCallback() {
    document.addEventListener("htmx:config:request", (event) => {
      if (this.dataset.connected !== undefined) event.detail.ctx.request.headers["Studio-Live"] = "1";
    });
    this.addEventListener("htmx:ws:after:connection", (event) => this.watch(event.detail.connection.socket));
    this.addEventListener("htmx:ws:close", (event) => this.closed(event.detail.code));
    this.addEventListener("htmx:ws:before:message:incoming", (event) => this.before(event));
    this.addEventListener("htmx:ws:after:message:incoming", (event) => this.after(event));
    document.addEventListener("htmx:after:swap", () => this.keepOne());
    const early = this._htmx?.ws?.connection?.socket; // from a warm cache the socket may be open before this file ran
    if (early?.readyState === WebSocket.OPEN) this.watch(early);
  }

  // A card sent just before the socket opened comes twice, by HTTP and by the socket: the newer one stays.
  keepOne() {
    const kept = new Map();
    for (const card of this.querySelectorAll("#cards [data-generation]")) {
      const key = card.dataset.generation;
      const other = kept.get(key);
      if (other && numberOf(other) >= numberOf(card)) {
        whole(card).remove();
        continue;
      }
      if (other) whole(other).remove();
      kept.set(key, card);
    }
  }

  positions() {
    if (this.dataset.positions) return JSON.parse(this.dataset.positions);
    const shown = {};
    for (const card of this.querySelectorAll("[data-generation]")) {
      shown[card.dataset.generation] = numberOf(card);
    }
    return shown;
  }

  watch(socket) {
    clearTimeout(this.late);
    this.banner(false);
    const { watch, subject, language } = this.dataset;
    socket.send(JSON.stringify({ watch, subject, language, positions: this.positions() }));
    this.dataset.connected = "";
  }

  closed(code) {
    delete this.dataset.connected;
    if (code === 4401 || code === 4403) {
      location.reload(); // signed out or no longer a member: the server says which
      return;
    }
    clearTimeout(this.late);
    if (!document.hidden) this.late = setTimeout(() => this.banner(true), RECONNECTING_AFTER_MS);
  }

  banner(shown) {
    const banner = document.getElementById("connection");
    if (banner) banner.hidden = !shown;
  }

  before(event) {
    const text = event.detail.message.data;
    if (typeof text !== "string") return;
    const envelope = JSON.parse(text);
    // A card this page already has (its own send came by HTTP) is morphed, never put in twice.
    const card = document.getElementById(`generation-${envelope.key}`);
    if (card && envelope.content?.startsWith('<div hx-swap-oob="afterbegin:#cards">')) {
      envelope.content = envelope.content.replace("afterbegin:#cards", `outerMorph:#generation-${envelope.key}`);
      event.detail.message.data = JSON.stringify(envelope);
    }
  }

  after(event) {
    const text = event.detail.message.data;
    if (typeof text !== "string") return;
    this.keepOne();
    const envelope = JSON.parse(text);
    if (envelope.announce) {
      const announcer = document.getElementById("announcer");
      if (announcer) announcer.textContent = envelope.announce;
    }
    if (envelope.event) document.dispatchEvent(new CustomEvent(`studio:${envelope.event}`, { detail: { id: envelope.key } }));
    if (envelope.key) document.dispatchEvent(new CustomEvent("studio:painted", { detail: { key: envelope.key, seq: envelope.seq } }));
  }
}

customElements.define("studio-live", StudioLive);
