/** A text as a caisse types it: paragraphs, titles (« # ») and lists (« - »). Everything else is words, never markup. */

export type Block =
  | { readonly kind: 'title'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] };

export function readProse(text: string): Block[] {
  return text
    .split(/\r?\n[ \t]*(?:\r?\n)+/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap(readPart);
}

function readPart(part: string): Block[] {
  const blocks: Block[] = [];
  for (const line of part.split(/\r?\n/).map((one) => one.trim())) {
    const last = blocks.at(-1);
    if (line === '') continue;
    if (line.startsWith('# ')) blocks.push({ kind: 'title', text: line.slice(2).trim() });
    else if (/^[-*] /.test(line)) {
      const item = line.slice(2).trim();
      if (last?.kind === 'list') blocks.splice(-1, 1, { kind: 'list', items: [...last.items, item] });
      else blocks.push({ kind: 'list', items: [item] });
    } else if (last?.kind === 'paragraph') {
      blocks.splice(-1, 1, { kind: 'paragraph', text: `${last.text} ${line}` });
    } else blocks.push({ kind: 'paragraph', text: line });
  }
  return blocks;
}
