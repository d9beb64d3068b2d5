const ROW = 44;

/** A list of tracks of which only what is seen is in the page. */
export class TrackList {
  private tracks: number[] = [];
  private chosen = -1;

  constructor(
    private readonly element: HTMLElement,
    private readonly label: (track: number) => { title: string; artist: string; colour: string },
    private readonly choose: (track: number) => void,
  ) {
    element.addEventListener('scroll', () => this.draw());
    new ResizeObserver(() => this.draw()).observe(element);
    element.addEventListener('keydown', (event) => {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      if (step === 0) return;
      event.preventDefault();
      const at = this.tracks.indexOf(this.chosen);
      const next = this.tracks[Math.max(0, Math.min(this.tracks.length - 1, at + step))];
      if (next !== undefined) this.choose(next);
    });
  }

  get shown(): readonly number[] {
    return this.tracks;
  }

  show(tracks: number[]): void {
    this.tracks = tracks;
    this.element.scrollTop = 0;
    this.draw();
  }

  select(track: number): void {
    this.chosen = track;
    const at = this.tracks.indexOf(track);
    if (at >= 0) {
      const top = at * ROW;
      const { scrollTop, clientHeight } = this.element;
      if (top < scrollTop || top + ROW > scrollTop + clientHeight) this.element.scrollTop = top - clientHeight / 2;
    }
    this.draw();
  }

  private draw(): void {
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW) - 2);
    const end = Math.min(this.tracks.length, first + Math.ceil(this.element.clientHeight / ROW) + 5);
    const rows: HTMLElement[] = [];
    for (let i = first; i < end; ++i) {
      const track = this.tracks[i]!;
      const { title, artist, colour } = this.label(track);
      const row = document.createElement('li');
      row.role = 'option';
      row.style.top = `${i * ROW + 6}px`;
      row.style.borderLeftColor = colour;
      row.ariaSelected = String(track === this.chosen);
      row.ariaPosInSet = String(i + 1);
      row.ariaSetSize = String(this.tracks.length);
      const name = document.createElement('div');
      name.textContent = title;
      const by = document.createElement('div');
      by.className = 'soft';
      by.textContent = artist;
      row.append(name, by);
      row.addEventListener('click', () => this.choose(track));
      rows.push(row);
    }
    const end_mark = document.createElement('div');
    end_mark.style.height = `${this.tracks.length * ROW + 12}px`;
    this.element.replaceChildren(end_mark, ...rows);
  }
}
