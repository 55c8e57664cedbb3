/**
 * Whether a text is a drawing and nothing else. An SVG is a document that can run scripts, load what it likes and be read
 * as something else: only shapes, colours and text pass, by name; everything unknown is refused rather than removed.
 */

const ELEMENTS = new Set(
  'svg g defs title desc path rect circle ellipse line polyline polygon text tspan clippath mask use symbol lineargradient radialgradient stop'.split(
    ' ',
  ),
);

const ATTRIBUTES = new Set(
  `xmlns xmlns:xlink version id class viewbox width height x y x1 x2 y1 y2 cx cy r rx ry fx fy d points transform
   fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit
   stroke-dasharray stroke-dashoffset opacity clip-path clip-rule mask offset stop-color stop-opacity gradientunits
   gradienttransform spreadmethod preserveaspectratio maskunits clippathunits href xlink:href role aria-label
   aria-hidden font-family font-size font-weight font-style text-anchor letter-spacing dx dy xml:space color`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

const NAMESPACES = new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']);

const TAG = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const TEXT = /[^<]*/y;
const COMMENT = /<!--(?:(?!--)[\s\S])*-->/g;
const DECLARATION = /^\ufeff?\s*<\?xml\s[^?<>]*\?>/;

const MOST_DEPTH = 30;

/** The drawing without its comments and declaration, or null. */
export function readDrawing(text: string): string | null {
  const drawing = text.replace(DECLARATION, '').replace(COMMENT, '').trim();
  // Entities could write what the reading below refuses.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none belongs in a drawing
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]|&(?!(?:amp|lt|gt|quot|apos);)/.test(drawing)) return null;
  return isTree(drawing) ? drawing : null;
}

function isTree(drawing: string): boolean {
  const open: string[] = [];
  let at = 0;
  while (at < drawing.length) {
    TAG.lastIndex = at;
    const tag = TAG.exec(drawing);
    if (!tag) return false;
    const [whole, closing, name = '', attributes = '', alone] = tag;
    at += whole.length;
    if (closing !== '') {
      if (attributes !== '' || open.pop() !== name) return false;
    } else {
      if (!isAllowed(name, attributes, open.length === 0)) return false;
      if (alone === '') open.push(name);
      if (open.length > MOST_DEPTH) return false;
    }
    if (open.length === 0) return at === drawing.length;
    TEXT.lastIndex = at;
    at += TEXT.exec(drawing)?.[0].length ?? 0;
  }
  return false;
}

function isAllowed(name: string, attributes: string, isRoot: boolean): boolean {
  if (!ELEMENTS.has(name.toLowerCase()) || isRoot !== (name === 'svg')) return false;
  const all = [...attributes.matchAll(ATTRIBUTE)];
  if (isRoot && !all.some(([, key, one, other]) => key === 'xmlns' && NAMESPACES.has(one ?? other ?? '')))
    return false;
  return all.every(([, key = '', one, other]) => isInert(key.toLowerCase(), one ?? other ?? ''));
}

function isInert(name: string, value: string): boolean {
  if (!ATTRIBUTES.has(name)) return false;
  if (name.startsWith('xmlns')) return NAMESPACES.has(value);
  if (name.endsWith('href')) return /^#[\w-]+$/.test(value);
  if (/url\s*\(/i.test(value)) return /^url\(#[\w-]+\)$/.test(value);
  return !/[\\@]|:\/\/|(java|vb)script:|data:|expression/i.test(value);
}
