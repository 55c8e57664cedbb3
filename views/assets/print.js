// Without this module there is no button: every browser prints by itself.
const part = document.querySelector('[data-print]');
part?.querySelector('[data-print-button]')?.addEventListener('click', () => window.print());
part?.removeAttribute('hidden');
