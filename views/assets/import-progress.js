// Without this module « Actualiser » does it: a page never reloads itself under somebody's hands (WCAG 2.2.1).
const again = () => {
  if (document.visibilityState === 'visible') location.reload();
  else document.addEventListener('visibilitychange', again, { once: true });
};
const seconds = Number(document.querySelector('[data-refresh-after]')?.dataset.refreshAfter);
if (seconds > 0) setTimeout(again, seconds * 1000);
