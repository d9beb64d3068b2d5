import { middle, within, type MapView } from './map_view';
import { css } from './palette';

/** The map without WebGL: two dimensions, drawn by a 2-D canvas. */
export class FlatMap implements MapView {
  onFrame: () => void = () => undefined;
  private readonly context: CanvasRenderingContext2D;
  private places = new Float32Array(0);
  private readonly colours: number[];
  private readonly shown: boolean[];
  private marked = -1;
  private joined: [number, number][] = [];
  private centre = { x: 0, y: 0 };
  private scale = 1;
  private due = false;

  constructor(private readonly canvas: HTMLCanvasElement, private readonly n: number) {
    this.context = canvas.getContext('2d')!;
    this.colours = new Array<number>(n).fill(0);
    this.shown = new Array<boolean>(n).fill(true);
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  show(places: Float32Array, dimensions: 2 | 3): void {
    const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
    for (let i = 0; i < this.n; ++i) {
      for (const d of [0, 1]) {
        const value = places[dimensions * i + d]!;
        if (Number.isNaN(value)) continue;
        low[d] = Math.min(low[d]!, value);
        high[d] = Math.max(high[d]!, value);
      }
    }
    const extent = Math.max(high[0]! - low[0]!, high[1]! - low[1]!) || 1;
    this.places = new Float32Array(2 * this.n);
    for (let i = 0; i < this.n; ++i) {
      for (const d of [0, 1]) {
        this.places[2 * i + d] = (2 * (places[dimensions * i + d]! - (low[d]! + high[d]!) / 2)) / extent;
      }
    }
    this.centre = { x: 0, y: 0 };
    this.scale = 1;
    this.draw();
  }

  colour(of: (track: number) => number, shown: (track: number) => boolean, marked: number): void {
    for (let i = 0; i < this.n; ++i) {
      this.colours[i] = of(i);
      this.shown[i] = shown(i);
    }
    this.marked = marked;
    this.draw();
  }

  private half(): number {
    return 0.44 * this.scale * Math.min(this.canvas.clientWidth, this.canvas.clientHeight);
  }
  private at(track: number): { x: number; y: number } {
    return {
      x: this.canvas.clientWidth / 2 + (this.places[2 * track]! - this.centre.x) * this.half(),
      y: this.canvas.clientHeight / 2 - (this.places[2 * track + 1]! - this.centre.y) * this.half(),
    };
  }

  pick(x: number, y: number): number {
    let best = -1;
    let least = 144;
    for (let i = 0; i < this.n; ++i) {
      if (!this.shown[i]) continue;
      const place = this.at(i);
      const off = (place.x - x) ** 2 + (place.y - y) ** 2;
      if (off < least) [best, least] = [i, off];
    }
    return best;
  }

  inside(line: readonly { x: number; y: number }[]): number[] {
    return [...Array(this.n).keys()].filter((i) => this.shown[i] && within(this.at(i).x, this.at(i).y, line));
  }

  placeOf(tracks: readonly number[]): { x: number; y: number } | null {
    const seen = tracks.filter((track) => this.shown[track] && !Number.isNaN(this.places[2 * track]!)).map((track) => this.at(track));
    return seen.length === 0 ? null : { x: middle(seen.map((one) => one.x)), y: middle(seen.map((one) => one.y)) };
  }

  join(pairs: [number, number][]): void {
    this.joined = pairs;
    this.draw();
  }
  move(dx: number, dy: number): void {
    this.centre.x -= dx / this.half();
    this.centre.y += dy / this.half();
    this.draw();
  }
  rotate(dx: number, dy: number): void {
    this.move(dx, dy);
  }
  zoom(factor: number): void {
    this.scale = Math.max(0.2, Math.min(60, this.scale / factor));
    this.draw();
  }
  flyTo(track: number): void {
    this.centre = { x: this.places[2 * track]!, y: this.places[2 * track + 1]! };
    this.scale = Math.max(this.scale, 2);
    this.draw();
  }
  picture(): Promise<Blob> {
    return new Promise((resolve, reject) =>
      this.canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)), 'image/png'));
  }

  private draw(): void {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      const { clientWidth: width, clientHeight: height } = this.canvas;
      if (width === 0 || height === 0 || this.places.length === 0) return;
      const ratio = Math.min(devicePixelRatio, 2);
      this.canvas.width = width * ratio;
      this.canvas.height = height * ratio;
      const context = this.context;
      context.scale(ratio, ratio);
      context.strokeStyle = '#5f6b7a';
      context.beginPath();
      for (const [a, b] of this.joined) {
        const from = this.at(a), to = this.at(b);
        context.moveTo(from.x, from.y);
        context.lineTo(to.x, to.y);
      }
      context.stroke();
      const radius = this.n < 200 ? 6 : this.n < 20000 ? 3.5 : 2;
      for (let i = 0; i < this.n; ++i) {
        if (!this.shown[i]) continue;
        const { x, y } = this.at(i);
        if (!(x > -9 && y > -9 && x < width + 9 && y < height + 9)) continue;
        context.fillStyle = css(this.colours[i]!);
        context.beginPath();
        context.arc(x, y, i === this.marked ? 2 * radius : radius, 0, 2 * Math.PI);
        context.fill();
      }
      this.onFrame();
      this.canvas.dataset['frames'] = String(Number(this.canvas.dataset['frames'] ?? 0) + 1);
    });
  }
}
