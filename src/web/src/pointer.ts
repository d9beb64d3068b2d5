import type { MapView } from './map_view';

/** What the hand does on the map. */
export interface PointerActions {
  /** A track is pointed at, at this place of the map; -1: none is. */
  point(track: number, x: number, y: number): void;
  /** A track was clicked; -1: the ground. */
  click(track: number, withShift: boolean): void;
  /** A line was drawn around tracks. */
  catch(tracks: number[]): void;
}

/** Moves, turns and zooms the map, and tells what is pointed at, clicked and caught. */
export class Pointer {
  /** The next line that is drawn catches tracks. */
  draws = false;
  private line: { x: number; y: number }[] = [];
  private held = false;
  private dragged = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly lasso: SVGPolygonElement,
    private readonly map: MapView,
    private readonly actions: PointerActions,
  ) {
    canvas.addEventListener('pointerdown', (event) => this.down(event));
    canvas.addEventListener('pointermove', (event) => (this.held ? this.drag(event) : this.hover(event)));
    canvas.addEventListener('pointerup', (event) => this.up(event));
    canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      map.zoom(Math.exp(event.deltaY * 0.0015));
    }, { passive: false });
  }

  private down(event: PointerEvent): void {
    this.held = true;
    this.dragged = false;
    this.line = [];
    this.canvas.setPointerCapture(event.pointerId);
  }

  private drag(event: PointerEvent): void {
    this.dragged = this.dragged || Math.abs(event.movementX) + Math.abs(event.movementY) > 1;
    if (this.draws) {
      this.line.push({ x: event.offsetX, y: event.offsetY });
      this.lasso.setAttribute('points', this.line.map((point) => `${point.x},${point.y}`).join(' '));
    } else if (event.shiftKey || event.buttons === 2) {
      this.map.move(event.movementX, event.movementY);
    } else {
      this.map.rotate(event.movementX, event.movementY);
    }
  }

  private hover(event: PointerEvent): void {
    const track = this.map.pick(event.offsetX, event.offsetY);
    this.canvas.style.cursor = track < 0 ? 'grab' : 'pointer';
    this.actions.point(track, event.offsetX, event.offsetY);
  }

  private up(event: PointerEvent): void {
    this.held = false;
    if (this.dragged && this.draws && this.line.length > 2) {
      this.draws = false;
      this.lasso.setAttribute('points', '');
      this.actions.catch(this.map.inside(this.line));
    } else if (!this.dragged) {
      this.actions.click(this.map.pick(event.offsetX, event.offsetY), event.shiftKey);
    }
  }
}
