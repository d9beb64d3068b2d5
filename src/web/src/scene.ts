import * as THREE from 'three';
import { middle, within, type MapView } from './map_view';

/** The points of the map: drawn by WebGL, picked by a scan of their places on the screen. */
export class Scene implements MapView {
  private readonly renderer: THREE.WebGLRenderer;
  private readonly scene = new THREE.Scene();
  private readonly camera = new THREE.PerspectiveCamera(40, 1, 0.01, 100);
  private readonly geometry = new THREE.BufferGeometry();
  private readonly places: Float32Array;
  private readonly colours: Float32Array;
  private readonly sizes: Float32Array;
  private start: Float32Array;
  private goal: Float32Array;
  private startTime = 0;
  private duration = 0;
  private flat = true;
  private turn = { yaw: 0, pitch: 0 };
  private centre = new THREE.Vector3();
  private distance = 3.2;
  private due = false;
  private readonly lines = new THREE.LineSegments(
    new THREE.BufferGeometry(),
    new THREE.LineBasicMaterial({ color: 0x5f6b7a, transparent: true, opacity: 0.7 }),
  );
  private joined: [number, number][] = [];
  /** Called when everything has moved: where overlays belong is `placeOf`. */
  onFrame: () => void = () => undefined;

  constructor(private readonly canvas: HTMLCanvasElement, private readonly n: number) {
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.places = new Float32Array(3 * n);
    this.start = new Float32Array(3 * n);
    this.goal = new Float32Array(3 * n);
    this.colours = new Float32Array(3 * n);
    this.sizes = new Float32Array(n).fill(1);
    this.geometry.setAttribute('position', new THREE.BufferAttribute(this.places, 3));
    this.geometry.setAttribute('colour', new THREE.BufferAttribute(this.colours, 3));
    this.geometry.setAttribute('size', new THREE.BufferAttribute(this.sizes, 1));
    const material = new THREE.ShaderMaterial({
      uniforms: { base: { value: this.baseSize() } },
      vertexShader: `
        attribute vec3 colour; attribute float size; uniform float base; varying vec3 shade; varying float shown;
        void main() {
          shade = colour; shown = size;
          gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
          gl_PointSize = base * size * clamp(3.2 / gl_Position.w, 0.6, 2.6);
        }`,
      fragmentShader: `
        varying vec3 shade; varying float shown;
        void main() {
          float r = length(gl_PointCoord - 0.5);
          if (shown == 0.0 || r > 0.5) discard;
          gl_FragColor = vec4(mix(shade, vec3(1.0), smoothstep(0.4, 0.47, r) * 0.75), 1.0);
        }`,
    });
    const points = new THREE.Points(this.geometry, material);
    points.frustumCulled = false;
    this.lines.frustumCulled = false;
    this.scene.add(this.lines, points);
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  private baseSize(): number {
    const pixels = this.n < 200 ? 15 : this.n < 2000 ? 10 : this.n < 20000 ? 7 : 4;
    return pixels * Math.min(devicePixelRatio, 2);
  }

  /** Moves the points to another picture; `places` is [n, dimensions], NaN for a track that it has not. */
  show(places: Float32Array, dimensions: 2 | 3, still: boolean): void {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < places.length; ++i) {
      const value = places[i]!;
      const d = i % dimensions;
      if (Number.isNaN(value)) continue;
      low[d] = Math.min(low[d]!, value);
      high[d] = Math.max(high[d]!, value);
    }
    const extent = Math.max(...[0, 1, 2].slice(0, dimensions).map((d) => high[d]! - low[d]!)) || 1;
    this.start = Float32Array.from(this.places);
    this.goal = new Float32Array(3 * this.n);
    for (let i = 0; i < this.n; ++i) {
      for (let d = 0; d < dimensions; ++d) {
        const value = places[dimensions * i + d]!;
        this.goal[3 * i + d] = Number.isNaN(value) ? 1e6 : (2 * (value - (low[d]! + high[d]!) / 2)) / extent;
      }
    }
    this.flat = dimensions === 2;
    this.turn = this.flat ? { yaw: 0, pitch: 0 } : { yaw: 0.5, pitch: 0.35 };
    this.centre.set(0, 0, 0);
    this.distance = 3.2;
    this.startTime = performance.now();
    this.duration = still ? 0 : 650;
    this.draw();
  }

  colour(of: (track: number) => number, shown: (track: number) => boolean, marked: number): void {
    const colour = new THREE.Color();
    for (let i = 0; i < this.n; ++i) {
      colour.setHex(of(i), THREE.LinearSRGBColorSpace);
      this.colours.set([colour.r, colour.g, colour.b], 3 * i);
      this.sizes[i] = shown(i) ? (i === marked ? 2.2 : 1) : 0;
    }
    this.geometry.attributes['colour']!.needsUpdate = true;
    this.geometry.attributes['size']!.needsUpdate = true;
    this.draw();
  }

  /** The track under a point of the canvas, or -1. */
  pick(x: number, y: number): number {
    const width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight;
    const view = new THREE.Matrix4().multiplyMatrices(this.camera.projectionMatrix, this.camera.matrixWorldInverse).elements;
    let best = -1;
    let least = 12 * 12;
    let nearest = Infinity;
    for (let i = 0; i < this.n; ++i) {
      if (this.sizes[i] === 0) continue;
      const px = this.places[3 * i]!, py = this.places[3 * i + 1]!, pz = this.places[3 * i + 2]!;
      const w = view[3]! * px + view[7]! * py + view[11]! * pz + view[15]!;
      if (w <= 0) continue;
      const sx = ((view[0]! * px + view[4]! * py + view[8]! * pz + view[12]!) / w + 1) * 0.5 * width - x;
      const sy = (1 - (view[1]! * px + view[5]! * py + view[9]! * pz + view[13]!) / w) * 0.5 * height - y;
      const off = sx * sx + sy * sy;
      if (off > least || (off === least && w >= nearest)) continue;
      least = off;
      nearest = w;
      best = i;
    }
    return best;
  }

  /** Draws a line from the first track of each pair to the second. */
  join(pairs: [number, number][]): void {
    this.joined = pairs;
    this.draw();
  }

  /** The tracks that are shown inside of a line around them, drawn on the screen. */
  inside(line: readonly { x: number; y: number }[]): number[] {
    const view = new THREE.Matrix4().multiplyMatrices(this.camera.projectionMatrix, this.camera.matrixWorldInverse).elements;
    const found: number[] = [];
    for (let i = 0; i < this.n; ++i) {
      if (this.sizes[i] === 0) continue;
      const px = this.places[3 * i]!, py = this.places[3 * i + 1]!, pz = this.places[3 * i + 2]!;
      const w = view[3]! * px + view[7]! * py + view[11]! * pz + view[15]!;
      if (w <= 0) continue;
      const x = ((view[0]! * px + view[4]! * py + view[8]! * pz + view[12]!) / w + 1) * 0.5 * this.canvas.clientWidth;
      const y = (1 - (view[1]! * px + view[5]! * py + view[9]! * pz + view[13]!) / w) * 0.5 * this.canvas.clientHeight;
      if (within(x, y, line)) found.push(i);
    }
    return found;
  }

  /** Where some tracks lie on the screen in the middle: the median of each axis; null where none of them is seen. */
  placeOf(tracks: readonly number[]): { x: number; y: number } | null {
    const view = new THREE.Matrix4().multiplyMatrices(this.camera.projectionMatrix, this.camera.matrixWorldInverse).elements;
    const xs: number[] = [];
    const ys: number[] = [];
    for (const i of tracks) {
      if (this.sizes[i] === 0) continue;
      const px = this.places[3 * i]!, py = this.places[3 * i + 1]!, pz = this.places[3 * i + 2]!;
      const w = view[3]! * px + view[7]! * py + view[11]! * pz + view[15]!;
      if (w <= 0 || Math.abs(px) > 1e3) continue;
      xs.push(((view[0]! * px + view[4]! * py + view[8]! * pz + view[12]!) / w + 1) * 0.5 * this.canvas.clientWidth);
      ys.push((1 - (view[1]! * px + view[5]! * py + view[9]! * pz + view[13]!) / w) * 0.5 * this.canvas.clientHeight);
    }
    if (xs.length === 0) return null;
    return { x: middle(xs), y: middle(ys) };
  }

  /** The present view as a picture. */
  picture(): Promise<Blob> {
    this.frame(performance.now());
    return new Promise((resolve, reject) =>
      this.canvas.toBlob((blob) => (blob === null ? reject(new Error('no picture')) : resolve(blob)), 'image/png'));
  }

  move(dx: number, dy: number): void {
    const scale = (2 * this.distance * Math.tan(Math.PI / 9)) / this.canvas.clientHeight;
    const right = new THREE.Vector3().setFromMatrixColumn(this.camera.matrix, 0);
    const up = new THREE.Vector3().setFromMatrixColumn(this.camera.matrix, 1);
    this.centre.addScaledVector(right, -dx * scale).addScaledVector(up, dy * scale);
    this.draw();
  }

  rotate(dx: number, dy: number): void {
    if (this.flat) return this.move(dx, dy);
    this.turn.yaw -= dx * 0.006;
    this.turn.pitch = Math.max(-1.5, Math.min(1.5, this.turn.pitch + dy * 0.006));
    this.draw();
  }

  zoom(factor: number): void {
    this.distance = Math.max(0.05, Math.min(12, this.distance * factor));
    this.draw();
  }

  flyTo(track: number): void {
    this.centre.set(this.goal[3 * track]!, this.goal[3 * track + 1]!, this.goal[3 * track + 2]!);
    this.distance = Math.min(this.distance, 1.4);
    this.draw();
  }

  draw(): void {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame((now) => {
      this.due = false;
      this.frame(now);
    });
  }

  private frame(now: number): void {
    const part = this.duration === 0 ? 1 : Math.min(1, (now - this.startTime) / this.duration);
    const eased = part * part * (3 - 2 * part);
    for (let i = 0; i < this.places.length; ++i) this.places[i] = this.start[i]! + (this.goal[i]! - this.start[i]!) * eased;
    this.geometry.attributes['position']!.needsUpdate = true;
    const ends = new Float32Array(6 * this.joined.length);
    this.joined.forEach(([a, b], i) => {
      ends.set(this.places.subarray(3 * a, 3 * a + 3), 6 * i);
      ends.set(this.places.subarray(3 * b, 3 * b + 3), 6 * i + 3);
    });
    this.lines.geometry.setAttribute('position', new THREE.BufferAttribute(ends, 3));
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0 || height === 0) return;
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.position
      .set(Math.sin(this.turn.yaw) * Math.cos(this.turn.pitch), Math.sin(this.turn.pitch), Math.cos(this.turn.yaw) * Math.cos(this.turn.pitch))
      .multiplyScalar(this.distance)
      .add(this.centre);
    this.camera.lookAt(this.centre);
    this.camera.updateProjectionMatrix();
    this.camera.updateMatrixWorld();
    this.renderer.render(this.scene, this.camera);
    this.onFrame();
    this.canvas.dataset['frames'] = String(Number(this.canvas.dataset['frames'] ?? 0) + 1);
    if (part < 1) this.draw();
  }
}
