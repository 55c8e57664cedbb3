/** Somebody who has a keyboard and nothing else: where the focus goes, and whether it can be seen there. */
import type { Page } from 'playwright-core';

export type Focused = {
  /** The words of the label, or of the element itself. */
  readonly words: string;
  /** What a sighted person sees around it, or around what stands for it. */
  readonly visible: boolean;
  /** Further down the document than the element before it. */
  readonly after: boolean;
};

// Kept on the page between two presses: the element before.
const LOOK = `(() => {
  const element = document.activeElement;
  const before = window.focusedBefore;
  window.focusedBefore = element;
  const labels = [...(element.labels ?? [])];
  const group = element.closest('fieldset')?.querySelector('legend')?.textContent ?? '';
  const own = labels.length > 0 ? labels.map((one) => one.textContent).join(' ') : element.textContent;
  const marked = (one) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
  };
  const box = element.getBoundingClientRect();
  const around = [element, ...labels, element.nextElementSibling, element.parentElement].filter(Boolean);
  return {
    words: (element.type === 'radio' ? group + ' / ' : '') + own.replace(/\\s+/g, ' ').trim(),
    // The browser draws its own ring on the part of a date that opens its calendar, and says no more of it.
    visible: box.bottom > 0 && box.top < innerHeight && (around.some(marked) || !element.matches(':focus')),
    after: !before?.isConnected || before === element ||
      (before.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
  };
})()`;

/**
 * Presses Tab until the words are reached.
 * @throws Error where they are not, or where the focus on the way goes back up or cannot be seen.
 */
export async function tabTo(tab: Page, words: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < 80; presses++) {
    await tab.keyboard.press('Tab');
    const focused = await tab.evaluate<Focused>(LOOK);
    passed.push(focused.words.slice(0, 40));
    if (!focused.visible) throw new Error(`the focus cannot be seen: ${focused.words}`);
    if (!focused.after) throw new Error(`the focus goes back up: ${passed.slice(-2).join(' → ')}`);
    if (words.test(focused.words)) return;
  }
  throw new Error(`not reached by Tab: ${words}; passed ${passed.join(' | ')}`);
}

/** On the button or the link reached. */
export async function enterOn(tab: Page, words: RegExp): Promise<void> {
  await tabTo(tab, words);
  await tab.keyboard.press('Enter');
}
