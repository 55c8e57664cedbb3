// Without this module the summary is still the first thing in the page; with it, reading starts there.
document.querySelector('[data-error-summary]')?.focus();
