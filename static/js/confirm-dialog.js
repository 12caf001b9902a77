// hx-confirm asks in the studio's own dialog instead of the browser's: same look, same words on the button as on the page.

class ConfirmDialog extends HTMLElement {
  connectedCallback() {
    this.onConfirm = (event) => this.ask(event);
    document.addEventListener("htmx:confirm", this.onConfirm);
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:confirm", this.onConfirm);
  }

  ask(event) {
    const { ctx, issueRequest, dropRequest } = event.detail;
    event.preventDefault();
    const dialog = this.querySelector("dialog");
    const yes = dialog.querySelector("[value=yes]");
    const pressed = ctx.sourceEvent?.submitter ?? ctx.sourceElement;
    dialog.querySelector("p").textContent = ctx.confirm;
    yes.textContent = pressed.textContent.trim() || pressed.getAttribute("aria-label") || this.dataset.yes;
    yes.classList.toggle("danger", pressed.matches(".danger"));
    yes.classList.toggle("filled", pressed.matches(".danger"));
    yes.classList.toggle("primary", !pressed.matches(".danger"));
    dialog.returnValue = "";
    dialog.addEventListener("close", () => (dialog.returnValue === "yes" ? issueRequest() : dropRequest()), { once: true });
    dialog.showModal();
  }
}

customElements.define("confirm-dialog", ConfirmDialog);
