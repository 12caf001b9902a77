// What every page does: saying so when a request fails, bringing the eye to what is wrong, copy buttons, dialogs, menus.

import { toast } from "./toasts.js";

const words = document.getElementById("toasts")?.dataset ?? {};

// -- requests that fail. Forms with errors (422) and refusals (HX-Retarget) bring their own words and are swapped as usual.

const isWholePage = (text) => /^\s*<!doctype/i.test(text);

document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status === 422 || ctx.hx?.retarget || ctx.hx?.redirect) return;
  if (ctx.response.status < 500 && ctx.text && !isWholePage(ctx.text)) return;
  ctx.swap = "none"; // an error's page never lands inside a part of this one
  toast(words.fault, "error");
});
document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx?.request && !event.detail.ctx.response) toast(words.unreachable, "error");
});

function toFirstError(root) {
  root.querySelector("[aria-invalid=true]:not([type=hidden])")?.focus();
}
// Only after an answer to a form: the socket swaps all the time and must not move anybody's focus.
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx?.response?.status === 422) toFirstError(document);
});
toFirstError(document);

// -- copy

// The clipboard's own interface exists only over https and on localhost; a studio on the team's network has neither.
async function copied(source) {
  const text = source.value ?? source.textContent;
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  if (await copied(source)) toast(button.dataset.copied);
  else source.select?.(); // so that Ctrl+C is all that is left to do
}

// -- dialogs and menus

function closeMenus(except) {
  for (const menu of document.querySelectorAll(".menu[open]")) if (menu !== except) menu.open = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  event.target.closest("[data-close]")?.closest("dialog")?.close();
  if (!event.target.closest("dialog")) closeMenus(event.target.closest(".menu")); // a dialog goes back to its menu
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    const menu = event.target.closest(".menu[open]");
    menu?.querySelector("summary").focus();
    closeMenus();
  }
  if (event.key !== "?" || event.target.closest("input, textarea, select, [contenteditable]")) return;
  document.getElementById("keys")?.showModal();
});
