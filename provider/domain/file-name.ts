/** The name of a file that a stranger sent: what of it may be kept and shown, and what it says of its type. */

const MOST_STEM = 80;
/** Of what was sent, from its end: more is nobody's name of a file. */
const MOST_READ = 400;
/** What a system runs or a browser draws: such an extension has no business in front of another. */
const RISKY =
  /^(?:exe|com|bat|cmd|scr|pif|msi|msp|cpl|dll|jar|js|jse|mjs|vbs|vbe|wsf|wsh|hta|ps1|psm1|reg|lnk|url|sh|php\d?|phtml|asp|aspx|jsp|html?|xhtml|svgz?|xml|swf|iso|img|docm|dotm|xlsm|xltm|xlam|pptm)$/;
const ANY_TYPE = /^(?:pdf|jpe?g|png|gif|webp|docx?|xlsx?|pptx?|od[tsp]|zip|rar|7z|gz)$/;
/** Names that Windows keeps for its devices. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

export type FileName = {
  /** Fit to be kept, shown and sent on: no path, no control or direction mark, nothing that a system forbids. */
  readonly name: string;
  /** Lower case, without its dot; '' when there is none. */
  readonly extension: string;
  /** « facture.exe.pdf »: it says two things of itself. */
  readonly isDouble: boolean;
};

export function readFileName(sent: string): FileName {
  const last = sent.slice(-MOST_READ).normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = last
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[<>:"|?*%]/g, '-')
    .replace(/\s+/g, ' ')
    .replace(/^[ .]+|[ .]+$/g, '');
  const parts = clean.split('.');
  const extension = parts.length > 1 ? (parts.pop() ?? '').trim().toLowerCase().slice(0, 12) : '';
  const stem = [...parts.join('.').trim()].slice(0, MOST_STEM).join('');
  const safe = stem === '' ? 'piece-jointe' : RESERVED.test(stem) ? `_${stem}` : stem;
  return {
    name: extension === '' ? safe : `${safe}.${extension}`,
    extension,
    isDouble: parts.slice(1).some((part) => isExtension(part.trim().toLowerCase(), extension)),
  };
}

const isExtension = (part: string, last: string): boolean =>
  RISKY.test(part) || (ANY_TYPE.test(part) && part !== last);
