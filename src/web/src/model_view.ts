import type { ModelView } from './api';
import { coloursOf, css } from './palette';

const WIDTH = 420;
const HEIGHT = 150;
const svg = <K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, string | number>): SVGElementTagNameMap[K] => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
};
const shown = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

/** The losses of a model, a line a seed; those of held-out rows dashed. */
function curves(model: ModelView['models'][number]): SVGSVGElement {
  const known = model.seeds.flatMap((seed) => [...seed.total, ...seed.held_out]).filter((value): value is number => value !== null);
  const low = Math.min(...known), high = Math.max(...known);
  const last = Math.max(1, ...model.seeds.flatMap((seed) => seed.epochs));
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `Loss of ${model.name} over ${last} epochs, from ${high.toFixed(2)} to ${low.toFixed(2)}` });
  const colours = coloursOf(model.seeds.map((_, i) => i));
  model.seeds.forEach((seed, i) => {
    for (const [values, dash] of [[seed.total, ''], [seed.held_out, '4 3']] as const) {
      const points = values.flatMap((value, at) => (value === null ? [] :
        [`${(WIDTH * seed.epochs[at]!) / last},${4 + (HEIGHT - 8) * (1 - (value - low) / (high - low || 1))}`]));
      if (points.length > 1) {
        picture.append(svg('polyline', { points: points.join(' '), fill: 'none', stroke: css(colours.get(i)!), 'stroke-width': 1.5, 'stroke-dasharray': dash }));
      }
    }
  });
  return picture;
}

/** How the models were trained, and how far their groups can be trusted. */
export function modelPanel(view: ModelView): HTMLElement[] {
  const elements: HTMLElement[] = [];
  const add = <K extends keyof HTMLElementTagNameMap>(tag: K, text: string): HTMLElementTagNameMap[K] => {
    const made = document.createElement(tag);
    made.textContent = text;
    elements.push(made);
    return made;
  };
  add('h2', 'How far to trust it');
  if (view.warnings.length === 0) add('p', 'The run has no warnings.');
  for (const warning of view.warnings) add('p', warning);
  const table = document.createElement('table');
  const row = (cells: string[], tag: 'th' | 'td'): void => {
    const line = table.insertRow();
    for (const cell of cells) {
      const made = document.createElement(tag);
      made.textContent = cell;
      line.append(made);
    }
  };
  row(['space', 'score', 'of', 'value', 'spread', '95 %', 'chance', 'p'], 'th');
  for (const one of view.scores) {
    row([one.space, one.metric === 'ami' ? 'AMI' : one.metric, one.target === '' ? 'itself' : one.target, shown(one.value),
      shown(one.sd), one.low === null ? '–' : `${shown(one.low)} … ${shown(one.high)}`, shown(one.chance), shown(one.p)], 'td');
  }
  elements.push(table);
  for (const model of view.models) {
    if (model.seeds.length === 0) continue;
    add('h2', `${model.name}: its loss, epoch by epoch, a line a seed`);
    const frame = document.createElement('div');
    frame.append(curves(model));
    elements.push(frame);
  }
  return elements;
}
