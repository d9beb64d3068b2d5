/** What draws the map: WebGL, or plain strokes where there is none. */
export interface MapView {
  onFrame: () => void;
  show(places: Float32Array, dimensions: 2 | 3, still: boolean): void;
  colour(of: (track: number) => number, shown: (track: number) => boolean, marked: number): void;
  pick(x: number, y: number): number;
  inside(line: readonly { x: number; y: number }[]): number[];
  placeOf(tracks: readonly number[]): { x: number; y: number } | null;
  join(pairs: [number, number][]): void;
  move(dx: number, dy: number): void;
  rotate(dx: number, dy: number): void;
  zoom(factor: number): void;
  flyTo(track: number): void;
  picture(): Promise<Blob>;
}

/** Whether a point lies inside of a line around it. */
export function within(x: number, y: number, line: readonly { x: number; y: number }[]): boolean {
  let inside = false;
  for (let a = 0, b = line.length - 1; a < line.length; b = a++) {
    const p = line[a]!, q = line[b]!;
    if (p.y > y !== q.y > y && x < ((q.x - p.x) * (y - p.y)) / (q.y - p.y) + p.x) inside = !inside;
  }
  return inside;
}

export const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
