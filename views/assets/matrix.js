// Without this module the buttons « Appliquer » bring the form back filled in, and Administrateur wins over the rows.
const LEVELS = ['none', 'consultation', 'mise_a_jour'];

for (const form of document.querySelectorAll('[data-matrix]')) {
  const admin = form.querySelector('[data-matrix-admin]');
  const locks = [...form.querySelectorAll('[data-matrix-lock]')];
  const rows = [...form.querySelectorAll('[data-matrix-row]')];
  const headers = [...form.querySelectorAll('[data-matrix-header]')];
  const radiosIn = (row) => [...row.querySelectorAll('input[type="radio"]')];
  const inputs = () => locks.flatMap((lock) => [...lock.querySelectorAll('input')]);
  const chosen = (row) => radiosIn(row).find((radio) => radio.checked)?.value;
  const rowsUnder = (header) =>
    header.dataset.matrixHeader === 'tout'
      ? rows
      : rows.filter((row) => row.parentElement === header.parentElement);

  // A row that does not offer the level takes the best that it does.
  const setRow = (row, level) => {
    const wanted = LEVELS.slice(0, LEVELS.indexOf(level) + 1).reverse();
    const best = wanted.map((one) => radiosIn(row).find((radio) => radio.value === one)).find(Boolean);
    if (best) best.checked = true;
  };

  // A header shows what all its rows say, and nothing when they differ.
  const settle = () => {
    for (const header of headers) {
      const under = rowsUnder(header);
      for (const radio of radiosIn(header)) radio.checked = under.every((row) => chosen(row) === radio.value);
    }
  };

  for (const header of headers) {
    for (const radio of radiosIn(header)) {
      radio.addEventListener('change', () => {
        for (const row of rowsUnder(header)) setRow(row, radio.value);
        settle();
      });
    }
  }
  for (const row of rows) row.addEventListener('change', settle);
  for (const button of form.querySelectorAll('[data-matrix-apply]')) button.hidden = true;
  settle();
  if (!admin) continue;

  // What was chosen before Administrateur was ticked: it comes back with the untick, and leaves with the form.
  let before = null;
  const lock = (locked) => {
    if (locked && !before) {
      before = inputs().map((input) => [input, input.checked]);
      for (const row of rows) setRow(row, 'mise_a_jour');
      for (const input of inputs()) if (input.type === 'checkbox') input.checked = true;
      settle();
    } else if (!locked && before) {
      for (const [input, checked] of before) input.checked = checked;
      before = null;
    }
    for (const input of inputs()) input.disabled = locked;
  };
  admin.addEventListener('change', () => lock(admin.checked));
  form.closest('form')?.addEventListener('submit', () => lock(false));
  window.addEventListener('pageshow', () => lock(admin.checked));
}
