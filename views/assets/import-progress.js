// Without this module the page asks again by itself, also while nobody looks.
const again = () => {
  if (document.visibilityState === 'visible') location.reload();
  else document.addEventListener('visibilitychange', again, { once: true });
};
const seconds = Number(document.querySelector('[data-refresh-after]')?.dataset.refreshAfter);
if (seconds > 0) setTimeout(again, seconds * 1000);
