// Without this module the files are chosen with the field alone. With it they are also dropped, added to one another and
// taken out again before anything is sent; what the server says of them stays the last word.
const group = document.querySelector('[data-files]');
const input = group?.querySelector('input[type="file"]');
const zone = group?.querySelector('[data-drop]');
const list = group?.querySelector('[data-chosen]');
const status = group?.querySelector('[data-files-status]');

const most = Number(group?.dataset.most);
const mostBytes = Number(group?.dataset.bytes);
let chosen = [];

const same = (one) => (other) =>
  one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

function size(bytes) {
  const told = (value) => value.toLocaleString('fr-FR', { maximumFractionDigits: 1 });
  if (bytes < 1000 * 1024) return `${told(Math.max(1, Math.round(bytes / 1024)))}\u00a0Ko`;
  return `${told(bytes / 1024 / 1024)}\u00a0Mo`;
}

function say() {
  const bytes = chosen.reduce((sum, file) => sum + file.size, 0);
  if (chosen.length > most) return `C’est trop\u00a0: ${most}\u00a0au plus. Retirez-en avant d’envoyer.`;
  if (bytes > mostBytes)
    return `C’est trop lourd\u00a0: ${size(mostBytes)} en tout. Retirez-en avant d’envoyer.`;
  if (chosen.length === 0) return 'Aucun fichier choisi.';
  return chosen.length === 1 ? 'Un fichier choisi.' : `${chosen.length}\u00a0fichiers choisis.`;
}

function line(file) {
  const item = document.createElement('li');
  item.className = 'contact-files__one';
  const name = document.createElement('span');
  name.className = 'contact-files__name';
  const weight = document.createElement('span');
  weight.className = 'contact-files__size';
  weight.textContent = size(file.size);
  name.append(`${file.name} `, weight);
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button button--quiet';
  const about = document.createElement('span');
  about.className = 'govuk-visually-hidden';
  about.textContent = ` ${file.name}`;
  button.append('Retirer', about);
  button.addEventListener('click', () => {
    chosen = chosen.filter((other) => other !== file);
    show();
    // Where the button was nothing is left to press.
    (list.querySelector('button') ?? input).focus();
  });
  item.append(name, button);
  return item;
}

function show() {
  const transfer = new DataTransfer();
  for (const file of chosen) transfer.items.add(file);
  input.files = transfer.files;
  list.replaceChildren(...chosen.map(line));
  list.hidden = chosen.length === 0;
  status.textContent = say();
}

function add(files) {
  for (const file of files) if (!chosen.some(same(file))) chosen.push(file);
  show();
}

function watch() {
  group.querySelector('[data-drop-words]').hidden = false;
  zone.classList.add('contact-drop--live');
  input.addEventListener('change', () => add([...input.files]));
  const over = (is) => zone.classList.toggle('contact-drop--over', is);
  for (const name of ['dragenter', 'dragover']) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      over(true);
    });
  }
  zone.addEventListener('dragleave', () => over(false));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    over(false);
    add([...event.dataTransfer.files]);
  });
}

if (input) watch();
