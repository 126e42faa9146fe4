// Buttons that make or show a passkey. Where the browser has none, they stay hidden.
const able =
  window.isSecureContext && window.PublicKeyCredential?.parseRequestOptionsFromJSON && navigator.credentials;

for (const button of able ? document.querySelectorAll("[data-passkey]") : []) {
  const place = button.closest("[data-csrf]");
  const wrong = place.querySelector("[data-passkey-error]");
  const action = button.dataset.passkey;
  const ask = (address, fields = {}) =>
    fetch(address, { method: "POST", body: new URLSearchParams({ csrf: place.dataset.csrf, ...fields }) });

  const run = async () => {
    wrong.textContent = "";
    button.disabled = true;
    try {
      const options = await (await ask(`${action}/options`)).json();
      const credential = await made(options);
      const answer = await ask(action, { credential: JSON.stringify(credential), to: button.dataset.to ?? "" });
      const told = await answer.json();
      if (answer.ok) location.assign(told.to);
      else wrong.textContent = told.message;
    } catch (failure) {
      // Closed by the person themselves: nothing to tell.
      if (failure.name !== "NotAllowedError" && failure.name !== "AbortError") location.reload();
    } finally {
      button.disabled = false;
    }
  };

  button.addEventListener("click", run);
  button.hidden = false;
  place.closest("[data-passkey-only]")?.removeAttribute("hidden");
}

// Options with a user are for making one.
const made = (options) =>
  options.user
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
