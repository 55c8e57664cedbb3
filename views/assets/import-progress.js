// Without this module the page asks again by itself, also while nobody looks.
const again = () => {
  if (document.visibilityState === 'visible') location.reload();
  else document.addEventListener('visibilitychange', again, { once: true });
};
setTimeout(again, 2000);
