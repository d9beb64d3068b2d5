/** The colours of songmap's figures: ten that keep apart under colour blindness, then lighter ones of the same hues. */
const STRONG = [0x3f90da, 0xe76300, 0x832db6, 0x117a5f, 0xa81800, 0xffa90e, 0x7a4332, 0x5cc0c8, 0xb9ac70, 0x444c5a];
const OUTSIDE = 0xb3bac2;
const STYLES = 20;

const lighter = (colour: number): number => {
  const mixed = [16, 8, 0].map((shift) => {
    const value = (colour >> shift) & 0xff;
    return Math.round(value + (255 - value) * 0.45) << shift;
  });
  return mixed.reduce((a, b) => a | b, 0);
};

/** The colour of each group by its number, as in the figures; what is in no group is grey. */
export function coloursOf(groups: number[]): Map<number, number> {
  const taken = new Set<number>();
  const colours = new Map<number, number>([[-1, OUTSIDE]]);
  for (const group of [...groups].sort((a, b) => a - b)) {
    let style = group % STYLES;
    for (let step = 0; step < STYLES && taken.has(style); ++step) style = (style + 1) % STYLES;
    taken.add(style);
    const strong = STRONG[style % STRONG.length] ?? OUTSIDE;
    colours.set(group, style < STRONG.length ? strong : lighter(strong));
  }
  return colours;
}

const SCALE = [0x153f75, 0x2f6fb3, 0x5cc0c8, 0xb9ac70, 0xffa90e, 0xe76300, 0xa81800];

/** From low (0) to high (1): blue over sand to red, of evenly changing hue and readable on light and dark. */
export function scaled(share: number): number {
  const at = Math.max(0, Math.min(1, share)) * (SCALE.length - 1);
  const low = SCALE[Math.floor(at)]!;
  const high = SCALE[Math.min(SCALE.length - 1, Math.floor(at) + 1)]!;
  const part = at - Math.floor(at);
  return [16, 8, 0].map((shift) => {
    const a = (low >> shift) & 0xff;
    const b = (high >> shift) & 0xff;
    return Math.round(a + (b - a) * part) << shift;
  }).reduce((a, b) => a | b, 0);
}

export const NONE = OUTSIDE;
export const css = (colour: number): string => `#${colour.toString(16).padStart(6, '0')}`;
