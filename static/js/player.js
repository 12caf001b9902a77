// A player that counts frames, around a native <video> that plays without it.

import { clock, clockExact, frameAt, SPEEDS, speedAfter, tileAt, timeOf } from "./timecode.js";
import { paintTile } from "./hover-preview.js";
import { isForThePage } from "./page-keys.js";

const JUMP_SECONDS = 1; // clips are short
const KEYS = {
  " ": "toggle", k: "toggle", j: "back", l: "ahead", ",": "previous", ".": "next", "<": "slower", ">": "faster", m: "mute",
  f: "fullscreen", r: "loop",
};

class StudioPlayer extends HTMLElement {
  connectedCallback() {
    this.video = this.querySelector("video");
    this.bar = this.querySelector(".player-bar");
    this.range = this.querySelector(".player-range");
    if (!this.video || !this.bar) return;
    this.fps = Number(this.dataset.fps) || 30;
    this.frames = Number(this.dataset.frames) || Math.max(1, Math.round(Number(this.dataset.duration) * this.fps));
    this.duration = Number(this.dataset.duration);
    this.video.controls = false;
    this.bar.hidden = false;
    this.range.max = this.frames - 1;
    this.listen();
    this.follow();
    const from = /^#t=([\d.]+)$/.exec(location.hash);
    if (from) this.seek(frameAt(Number(from[1]), this.fps, this.frames));
    this.show(from ? Number(from[1]) : 0);
    this.speed(1);
    this.reflect();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
  }

  listen() {
    const { video, range } = this;
    this.addEventListener("click", (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (action) this[action]();
      else if (event.target === video) this.toggle();
    });
    video.addEventListener("dblclick", () => this.fullscreen());
    for (const name of ["play", "pause", "volumechange", "ratechange"]) video.addEventListener(name, () => this.reflect());
    video.addEventListener("error", () => this.lost());
    video.addEventListener("seeked", () => this.seekPending());
    range.addEventListener("input", () => this.seek(Number(range.value)));
    range.addEventListener("pointermove", (event) => this.peek(event));
    range.addEventListener("pointerleave", () => this.unpeek());
    this.querySelector(".player-speed")?.addEventListener("change", (event) => this.speed(Number(event.target.value)));
    document.addEventListener("fullscreenchange", () => this.toggleAttribute("data-fullscreen", document.fullscreenElement === this));
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
  }

  key(event) {
    const action = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || !isForThePage(event)) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return; // there Space presses what has focus
    event.preventDefault();
    this[action]();
  }

  // The picture told by the browser, frame by frame; where it does not tell, four times a second.
  follow() {
    const { video } = this;
    if (video.requestVideoFrameCallback) {
      const painted = (_, facts) => {
        this.show(facts.mediaTime);
        video.requestVideoFrameCallback(painted);
      };
      video.requestVideoFrameCallback(painted);
    } else {
      for (const name of ["timeupdate", "seeked"]) video.addEventListener(name, () => this.show(video.currentTime));
    }
  }

  show(seconds) {
    const frame = frameAt(seconds, this.fps, this.frames);
    this.frame = frame;
    this.range.value = frame;
    this.range.style.setProperty("--played", `${(frame / Math.max(1, this.frames - 1)) * 100}%`);
    const words = this.dataset.frameWords.replace("%s", frame + 1);
    this.range.setAttribute("aria-valuetext", `${clockExact(seconds)}, ${words}`);
    this.querySelector(".player-time").textContent = clockExact(seconds);
    this.querySelector(".player-frame").textContent = words;
  }

  /** Goes to a frame; while one seek runs only the newest wish is kept, so dragging never piles up. */
  seek(frame) {
    const to = Math.min(this.frames - 1, Math.max(0, frame));
    this.frame = to;
    this.range.value = to;
    if (this.video.seeking) this.pending = to;
    else this.video.currentTime = Math.min(timeOf(to, this.fps), this.video.duration || this.duration);
  }

  seekPending() {
    const to = this.pending;
    this.pending = undefined;
    if (to !== undefined) this.seek(to);
  }

  toggle() {
    if (this.video.paused) this.video.play().catch(() => {});
    else this.video.pause();
  }

  step(frames) {
    this.video.pause();
    this.seek(this.frame + frames);
  }

  previous() { this.step(-1); }
  next() { this.step(1); }
  back() { this.seek(this.frame - Math.round(JUMP_SECONDS * this.fps)); }
  ahead() { this.seek(this.frame + Math.round(JUMP_SECONDS * this.fps)); }
  mute() { this.video.muted = !this.video.muted; }
  slower() { this.speed(speedAfter(this.video.playbackRate, -1)); }
  faster() { this.speed(speedAfter(this.video.playbackRate, 1)); }

  loop() {
    this.video.loop = !this.video.loop;
    this.reflect();
  }

  speed(rate) {
    this.video.playbackRate = SPEEDS.includes(rate) ? rate : 1;
    this.video.defaultPlaybackRate = this.video.playbackRate;
  }

  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.requestFullscreen) this.requestFullscreen();
    else this.video.webkitEnterFullscreen?.(); // phones that know only the video's own full screen
  }

  reflect() {
    const { video } = this;
    this.toggleAttribute("data-playing", !video.paused);
    this.toggleAttribute("data-muted", video.muted);
    const pressed = { toggle: !video.paused, mute: video.muted, loop: video.loop };
    for (const [action, on] of Object.entries(pressed)) {
      const button = this.querySelector(`[data-action="${action}"]`);
      if (button?.dataset.on) button.setAttribute("aria-label", on ? button.dataset.on : button.dataset.off);
      else button?.setAttribute("aria-pressed", String(on));
    }
    const select = this.querySelector(".player-speed");
    if (select) select.value = String(video.playbackRate);
  }

  peek(event) {
    const thumb = this.querySelector(".player-thumb");
    const { sprite, tiles, columns } = this.dataset;
    if (!sprite || event.pointerType === "touch") return;
    const box = this.range.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const picture = thumb.querySelector(".player-thumb-picture");
    if (!picture.style.backgroundImage) picture.style.backgroundImage = `url("${sprite}")`;
    paintTile(picture, tileAt(part * this.duration, this.duration, Number(tiles)), Number(columns), Number(tiles));
    thumb.querySelector(".player-thumb-time").textContent = clock(part * this.duration);
    thumb.hidden = false;
    const half = thumb.offsetWidth / 2;
    thumb.style.left = `${Math.min(box.width - half, Math.max(half, part * box.width))}px`;
  }

  unpeek() {
    this.querySelector(".player-thumb").hidden = true;
  }

  lost() {
    const said = this.querySelector(".player-lost");
    if (said) said.hidden = false;
    this.bar.hidden = true;
  }
}

customElements.define("studio-player", StudioPlayer);
