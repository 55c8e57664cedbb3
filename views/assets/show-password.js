// The button is hidden in the page and appears here, so that nobody meets one that does nothing.
for (const button of document.querySelectorAll('[data-reveal]')) {
  const input = document.getElementById(button.dataset.reveal);
  const status = document.querySelector(`[data-reveal-status="${button.dataset.reveal}"]`);
  if (!(input instanceof HTMLInputElement)) continue;

  const show = (visible) => {
    input.type = visible ? 'text' : 'password';
    button.textContent = visible ? 'Masquer' : 'Afficher';
    button.setAttribute('aria-label', visible ? 'Masquer le mot de passe' : 'Afficher le mot de passe');
  };

  button.addEventListener('click', () => {
    const visible = input.type === 'password';
    show(visible);
    if (status) status.textContent = visible ? 'Le mot de passe est affiché.' : 'Le mot de passe est masqué.';
  });

  // Browsers keep what they see in a text field for later suggestions: a password must not be there.
  input.form?.addEventListener('submit', () => show(false));
  window.addEventListener('pageshow', () => show(false));
  button.hidden = false;
}
