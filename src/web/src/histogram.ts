import { css, scaled } from './palette';

const BINS = 36;
const spelled = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });

/** What a column of numbers looks like, and which part of it is shown: bars, and two sliders that anybody can reach. */
export class Histogram {
  private low = 0;
  private high = 0;
  private from = -Infinity;
  private to = Infinity;
  private values: (number | null)[] = [];

  constructor(private readonly element: HTMLElement, private readonly changed: () => void) {}

  /** The share of the range that a value lies at; null where there is none. */
  share(track: number): number | null {
    const value = this.values[track];
    return value == null ? null : this.high > this.low ? (value - this.low) / (this.high - this.low) : 0.5;
  }

  /** Whether a track is inside of what is shown. */
  admits(track: number): boolean {
    if (this.from === -Infinity && this.to === Infinity) return true;
    const value = this.values[track];
    return value != null && value >= this.from && value <= this.to;
  }

  clear(): void {
    this.values = [];
    this.from = -Infinity;
    this.to = Infinity;
    this.element.replaceChildren();
  }

  show(values: (number | null)[], title: string, means: string): void {
    this.clear();
    this.values = values;
    // The outermost hundredths would squeeze all others together.
    const known = values.filter((value): value is number => value !== null).sort((a, b) => a - b);
    if (known.length === 0) return;
    this.low = known[Math.floor(0.01 * (known.length - 1))]!;
    this.high = known[Math.ceil(0.99 * (known.length - 1))]!;
    const counts = new Array<number>(BINS).fill(0);
    const bin = (value: number): number =>
      Math.max(0, Math.min(BINS - 1, Math.floor(((value - this.low) / (this.high - this.low || 1)) * BINS)));
    for (const value of known) ++counts[bin(value)]!;
    const most = Math.max(...counts);
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', `0 0 ${BINS * 5} 60`);
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', `${title}: from ${spelled(this.low)} to ${spelled(this.high)}`);
    counts.forEach((count, i) => {
      const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
      const height = (56 * count) / most;
      bar.setAttribute('x', String(5 * i));
      bar.setAttribute('y', String(60 - height));
      bar.setAttribute('width', '4');
      bar.setAttribute('height', String(height));
      bar.setAttribute('fill', css(scaled((i + 0.5) / BINS)));
      svg.append(bar);
    });
    const slider = (label: string, start: number): HTMLInputElement => {
      const input = document.createElement('input');
      input.type = 'range';
      input.min = '0';
      input.max = '100';
      input.value = String(start);
      input.ariaLabel = `${label} ${title}`;
      return input;
    };
    const least = slider('Least', 0);
    const greatest = slider('Most', 100);
    const limits = document.createElement('div');
    limits.className = 'soft';
    const tell = (): void => {
      const at = (input: HTMLInputElement): number => this.low + (Number(input.value) / 100) * (this.high - this.low);
      this.from = least.value === '0' ? -Infinity : at(least);
      this.to = greatest.value === '100' ? Infinity : at(greatest);
      limits.textContent = `${spelled(at(least))} to ${spelled(at(greatest))}`;
    };
    tell();
    for (const input of [least, greatest]) {
      input.addEventListener('input', () => {
        tell();
        this.changed();
      });
    }
    const meaning = document.createElement('div');
    meaning.className = 'soft';
    meaning.textContent = means;
    this.element.append(svg, least, greatest, limits, meaning);
  }
}
