// A poster that comes alive: a small silent loop after a moment's rest, the frames of the sprite along its lower edge.
// One plays at a time; on touch a long press plays. Nothing moves for people who asked for less motion.

import { clock, tileAt } from "./timecode.js";

const DWELL_MS = 150;
const LONG_PRESS_MS = 350;
const SCRUB_EDGE = 0.72; // below this part of the height the pointer scrubs
let playing = null;

const still = matchMedia("(prefers-reduced-motion: reduce)");
const mayMove = () => !still.matches && !navigator.connection?.saveData;

class HoverPreview extends HTMLElement {
  connectedCallback() {
    this.link = this.closest("a") ?? this;
    this.badge = this.querySelector("[data-length]");
    this.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.rest(DWELL_MS));
    this.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.scrub(event));
    this.addEventListener("pointerleave", () => this.leave());
    this.addEventListener("pointerdown", (event) => event.pointerType === "touch" && this.rest(LONG_PRESS_MS));
    for (const end of ["pointerup", "pointercancel"]) this.addEventListener(end, (event) => event.pointerType === "touch" && this.leave());
    this.addEventListener("contextmenu", (event) => this.video && this.pressed && event.preventDefault());
    this.link.addEventListener("focus", () => this.link.matches(":focus-visible") && this.rest(DWELL_MS));
    this.link.addEventListener("blur", () => this.leave());
    this.link.addEventListener("click", (event) => this.open(event));
  }

  disconnectedCallback() {
    this.leave();
  }

  rest(delay) {
    clearTimeout(this.timer);
    this.pressed = false;
    this.timer = setTimeout(() => {
      this.pressed = delay === LONG_PRESS_MS;
      this.play();
    }, delay);
  }

  play() {
    if (!mayMove() || this.video || !this.dataset.preview) return;
    if (playing && playing !== this) playing.leave();
    playing = this;
    const video = document.createElement("video");
    Object.assign(video, { muted: true, loop: true, playsInline: true, disablePictureInPicture: true, tabIndex: -1 });
    video.className = "hover-preview-video";
    video.addEventListener("playing", () => this.toggleAttribute("data-playing", true), { once: true });
    video.addEventListener("error", () => this.leave(), { once: true });
    video.src = this.dataset.preview;
    this.video = video;
    this.append(video);
    video.play().catch(() => {}); // left before it could start
  }

  leave() {
    clearTimeout(this.timer);
    this.unscrub();
    this.removeAttribute("data-playing");
    if (this.video) {
      this.video.removeAttribute("src");
      this.video.load(); // ends the transfer, not only the picture
      this.video.remove();
      this.video = null;
    }
    if (playing === this) playing = null;
  }

  scrub(event) {
    const box = this.getBoundingClientRect();
    const below = (event.clientY - box.top) / box.height > SCRUB_EDGE;
    if (!below || !this.dataset.sprite) return this.unscrub();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const { duration, tiles, columns } = this.dataset;
    this.at = part * Number(duration);
    if (!this.sheet) {
      this.sheet = document.createElement("span");
      this.sheet.className = "hover-preview-sheet";
      this.sheet.style.backgroundImage = `url("${this.dataset.sprite}")`;
      this.append(this.sheet);
    }
    paintTile(this.sheet, tileAt(this.at, Number(duration), Number(tiles)), Number(columns), Number(tiles));
    this.badge.textContent = `${clock(this.at)} / ${clock(Number(duration))}`;
  }

  unscrub() {
    if (!this.sheet) return;
    this.sheet.remove();
    this.sheet = null;
    this.at = undefined;
    this.badge.textContent = this.badge.dataset.length;
  }

  open(event) {
    if (this.pressed) {
      event.preventDefault(); // the end of a long press is not a tap
      this.pressed = false;
    } else if (this.at !== undefined && this.link.href) {
      this.link.hash = `t=${this.at.toFixed(2)}`;
    }
  }
}

/** Shows one tile of a sheet in an element of any size. */
export function paintTile(element, tile, columns, tiles) {
  const rows = Math.ceil(tiles / columns);
  const percent = (index, count) => (count > 1 ? (index / (count - 1)) * 100 : 0);
  element.style.backgroundSize = `${columns * 100}% ${rows * 100}%`;
  element.style.backgroundPosition = `${percent(tile % columns, columns)}% ${percent(Math.floor(tile / columns), rows)}%`;
}

customElements.define("hover-preview", HoverPreview);
