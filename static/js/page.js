// What every page does: toasts, copy buttons, dialogs, and saying so when a request fails.

const TOAST_MS = 8000;

export function toast(text, kind = "info") {
  const box = document.createElement("div");
  box.className = "toast";
  box.dataset.kind = kind;
  box.textContent = text;
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), TOAST_MS);
}

for (const box of document.querySelectorAll("#toasts > .toast")) if (!box.querySelector("form")) setTimeout(() => box.remove(), TOAST_MS);

// A refusal or a fault of a partial request is said, never silent; validation errors (422) are swapped by the form.
document.addEventListener("htmx:after:request", (event) => {
  const response = event.detail.ctx?.response;
  const status = response?.status ?? 0;
  if (status === 401 || status === 404) toast(document.body.dataset.gone ?? "…", "error");
});
document.addEventListener("htmx:error", () => {
  const banner = document.getElementById("connection");
  if (banner) banner.hidden = false;
});
document.addEventListener("htmx:after:swap", () => {
  document.querySelector("[aria-invalid=true]")?.focus();
});

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

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) {
    const source = document.getElementById(button.dataset.copy);
    if (await copied(source)) toast(button.dataset.copied);
  }
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.target.closest("input, textarea, select, [contenteditable]")) return;
  document.getElementById("keys")?.showModal();
});
