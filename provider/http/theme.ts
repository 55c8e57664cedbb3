/** The colours of a caisse: from two settings to the custom properties that the stylesheet reads. Pure. */

/** `#rrggbb` each. `primary`: the band, buttons and links. `accent`: the stripe and the current page. */
export type Theme = { readonly primary: string; readonly accent: string };

/** A pair of colours that people would not tell apart well enough; ratios as in WCAG 2.2. */
export type ContrastProblem = {
  readonly colour: keyof Theme;
  readonly against: 'white' | 'page';
  readonly ratio: number;
  readonly required: number;
};

type Rgb = readonly [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const INK: Rgb = [20, 23, 31];
/** The grey behind the cards, on which links stand too; the same as --page in the stylesheet. */
const PAGE: Rgb = [245, 245, 242];

const TEXT_CONTRAST = 4.5;
const SHAPE_CONTRAST = 3;

/**
 * Where a theme fails WCAG 2.2, criteria 1.4.3 (text, 4.5) and 1.4.11 (shapes, 3); empty when it holds.
 * @throws RangeError when a colour is not `#rrggbb`.
 */
export function contrastProblems(theme: Theme): readonly ContrastProblem[] {
  const primary = parseColour(theme.primary);
  const checks: readonly ContrastProblem[] = [
    { colour: 'primary', against: 'white', ratio: contrast(primary, WHITE), required: TEXT_CONTRAST },
    { colour: 'primary', against: 'page', ratio: contrast(primary, PAGE), required: TEXT_CONTRAST },
    {
      colour: 'accent',
      against: 'white',
      ratio: contrast(parseColour(theme.accent), WHITE),
      required: SHAPE_CONTRAST,
    },
  ];
  return checks.filter(({ ratio, required }) => ratio < required);
}

/**
 * The stylesheet of a caisse.
 * @throws RangeError when a colour is not `#rrggbb`: nothing else of a setting reaches the stylesheet.
 */
export function themeCss(theme: Theme): string {
  const primary = parseColour(theme.primary);
  const accent = parseColour(theme.accent);
  const onPrimary = contrast(primary, WHITE) >= contrast(primary, INK) ? WHITE : INK;
  const properties: readonly (readonly [string, Rgb])[] = [
    ['primary', primary],
    ['on-primary', onPrimary],
    ['primary-hover', mix(primary, INK, 0.28)],
    ['primary-line', mix(primary, WHITE, 0.62)],
    ['primary-tint', mix(primary, WHITE, 0.93)],
    ['accent', accent],
  ];
  return `:root{${properties.map(([name, rgb]) => `--caisse-${name}:${toHex(rgb)}`).join(';')}}\n`;
}

function parseColour(text: string): Rgb {
  const channels = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (!channels) throw new RangeError(`not a #rrggbb colour: ${JSON.stringify(text)}`);
  const [, red = '', green = '', blue = ''] = channels;
  return [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)];
}

function mix(colour: Rgb, other: Rgb, share: number): Rgb {
  const channel = (index: 0 | 1 | 2) => Math.round(colour[index] * (1 - share) + other[index] * share);
  return [channel(0), channel(1), channel(2)];
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

function contrast(one: Rgb, other: Rgb): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, « relative luminance ». */
function luminance([red, green, blue]: Rgb): number {
  const linear = (channel: number) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
