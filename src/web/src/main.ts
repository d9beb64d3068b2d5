import '@fontsource/noto-sans-bengali/bengali-400.css';
import '@fontsource/noto-sans-bengali/bengali-600.css';
import * as api from './api';
import { TrackList } from './list';
import type { MapView } from './map_view';
import { modelPanel } from './model_view';
import { FlatMap } from './flat_map';
import { Histogram } from './histogram';
import { coloursOf, css, NONE, scaled } from './palette';
import { Pointer } from './pointer';
import { groupPanel, trackPanel } from './reasons';
import { Scene } from './scene';
import { asText, download, m3u8 } from './takeaway';

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const canvas = element<HTMLCanvasElement>('map');
const hover = element('hover');
const audio = element<HTMLAudioElement>('audio');
const message = element('message');
const still = matchMedia('(prefers-reduced-motion: reduce)').matches;

async function main(): Promise<void> {
  const asLeft = new URLSearchParams(location.hash.slice(1));
  const usualOf = (maps: api.Picture[]): api.Picture | undefined =>
    [asLeft.get('map'), 'umap_2d'].map((name) => maps.find((one) => one.name === name)).find((one) => one !== undefined) ??
    maps.find((one) => one.dimensions === 2) ?? maps[0];
  // Everything that the first picture needs is asked for at once.
  const summarised = api.library();
  const firstPlaces = summarised.then(({ maps }) => {
    const picture = usualOf(maps);
    return picture === undefined ? null : api.map(picture.name);
  });
  const [summary, tracks, columns] = await Promise.all([summarised, api.tracks(), api.columns()]);
  const n = summary.n_tracks;
  const colours = coloursOf(summary.groups.map((group) => group.id));
  const colourOfGroup = (track: number): number => colours.get(tracks.group[track]!) ?? NONE;
  let colourOf = colourOfGroup;
  const groupTitle = (id: number): string => {
    const group = summary.groups.find((one) => one.id === id);
    if (group === undefined) return 'no group';
    return group.name === '' ? `group ${id}` : `${id} · ${group.name}`;
  };
  document.title = `${summary.title} · songmap`;
  element('title').textContent = summary.title;

  let chosen = -1;
  let isolated: number | null = null;
  const hidden = new Set<number>();
  let found = new Set<number>();
  let asked = '';
  let way: number[] | null = null;  // a path between two tracks
  let picked: Set<number> | null = null;  // by the lasso
  const histogram = new Histogram(element('histogram'), () => refresh());
  const isShown = (track: number): boolean =>
    (isolated === null ? !hidden.has(tracks.group[track]!) : tracks.group[track] === isolated) &&
    (asked === '' || found.has(track)) && histogram.admits(track) && (picked === null || picked.has(track));

  const canDraw = document.createElement('canvas').getContext('webgl2') !== null;
  const scene: MapView = canDraw ? new Scene(canvas, n) : new FlatMap(canvas, n);

  const list = new TrackList(
    element('list'),
    (track) => ({ title: tracks.title[track]!, artist: tracks.artist[track]!, colour: css(colourOf(track)) }),
    (track) => void play(track),
  );
  const refresh = (): void => {
    scene.colour(colourOf, isShown, chosen);
    list.show(way ?? [...Array(n).keys()].filter(isShown));
    list.select(chosen);
    const count = list.shown.length;
    element('count').textContent = count === n ? `${n} tracks` : `${count} of ${n} tracks`;
    remember();
  };

  // The address restores the view.
  let pictureName = '';
  const remember = (): void => {
    const state = new URLSearchParams();
    if (pictureName !== '') state.set('map', pictureName);
    if (isolated !== null) state.set('group', String(isolated));
    if (hidden.size > 0) state.set('hidden', [...hidden].join(','));
    if (asked !== '') state.set('find', asked);
    if (chosen >= 0) state.set('track', tracks.id[chosen]!);
    history.replaceState(null, '', `${location.pathname}${location.search}#${state}`);
  };

  async function play(track: number): Promise<void> {
    chosen = track;
    audio.src = api.audioUrl(tracks.id[track]!);
    const by = tracks.artist[track] === '' ? '' : `${tracks.artist[track]} - `;
    element('playing').textContent = `${by}${tracks.title[track]} · ${groupTitle(tracks.group[track]!)}`;
    scene.colour(colourOf, isShown, chosen);
    list.select(track);
    remember();
    void showNearest(track);
    if (isolated === null) void explainTrack(track);
    try {
      await audio.play();
    } catch (error) {
      if ((error as DOMException).name !== 'AbortError') element('playing').textContent += ' (cannot be played)';
    }
  }

  // Lines to the nearest by latent distance: a map cannot show all of them near.
  async function showNearest(track: number): Promise<void> {
    const near = await api.similar(tracks.id[track]!, 8);
    if (track === chosen && way === null) scene.join(near.map((one): [number, number] => [track, one.index]));
  }

  // A smooth way from the track that plays to another one.
  async function walkTo(track: number): Promise<void> {
    if (chosen < 0 || chosen === track) return;
    const steps = await api.path(tracks.id[chosen]!, tracks.id[track]!, 12);
    way = steps.map((one) => one.index);
    scene.join(way.slice(1).map((one, i): [number, number] => [way![i]!, one]));
    refresh();
    element('count').textContent = `a way of ${way.length} tracks`;
  }
  const leaveWay = (): void => {
    if (way === null && picked === null) return;
    way = null;
    picked = null;
    scene.join([]);
    refresh();
  };

  const step = (by: number): void => {
    const shown = list.shown;
    const at = shown.indexOf(chosen);
    const next = shown[(at + by + shown.length) % shown.length];
    if (next !== undefined) void play(next);
  };
  const playNearest = async (): Promise<void> => {
    if (chosen < 0) return;
    const heard = chosen;
    for (const near of await api.similar(tracks.id[heard]!, 10)) {
      if (!isShown(near.index)) continue;
      scene.flyTo(near.index);
      return play(near.index);
    }
  };
  element('previous').addEventListener('click', () => step(-1));
  element('next').addEventListener('click', () => step(1));
  element('nearest').addEventListener('click', () => void playNearest());
  const toggle = (): void => void (audio.paused ? audio.play().catch(() => undefined) : audio.pause());
  element('play').addEventListener('click', toggle);
  audio.addEventListener('play', () => (element('play').textContent = '⏸'));
  audio.addEventListener('pause', () => (element('play').textContent = '▶'));
  audio.addEventListener('ended', () => step(1));

  async function explain(id: number): Promise<void> {
    const why = await api.group(id);
    if (isolated === id) element('reasons').replaceChildren(...groupPanel(why, groupTitle));
  }
  async function explainTrack(track: number): Promise<void> {
    const why = await api.track(tracks.id[track]!);
    if (track !== chosen || isolated !== null) return;
    element('reasons').replaceChildren(...trackPanel(tracks.title[track]!, why, groupTitle));
  }

  const isolate = (id: number | null): void => {
    isolated = id;
    way = null;
    for (const button of element('groups').querySelectorAll<HTMLElement>('.show')) {
      button.ariaPressed = String(button.dataset['group'] === String(id));
    }
    element('reasons').replaceChildren();
    if (id !== null) void explain(id);
    refresh();
  };
  const hide = (id: number, entry: HTMLElement, is: boolean): void => {
    if (is) hidden.add(id);
    else hidden.delete(id);
    entry.classList.toggle('hidden', is);
    entry.querySelector('.hide')!.textContent = is ? 'show' : 'hide';
  };

  for (const group of summary.groups) {
    const button = document.createElement('button');
    button.className = 'show';
    button.dataset['group'] = String(group.id);
    button.ariaPressed = 'false';
    const dot = document.createElement('span');
    dot.className = 'dot';
    dot.style.background = css(colours.get(group.id)!);
    const name = document.createElement('span');
    name.textContent = groupTitle(group.id);
    const size = document.createElement('span');
    size.className = 'size';
    size.textContent = String(group.size);
    button.append(dot, name, size);
    button.addEventListener('click', () => isolate(isolated === group.id ? null : group.id));
    const hider = document.createElement('button');
    hider.className = 'hide';
    hider.textContent = 'hide';
    hider.ariaLabel = `Hide or show ${groupTitle(group.id)}`;
    const entry = document.createElement('li');
    entry.dataset['group'] = String(group.id);
    hider.addEventListener('click', () => {
      hide(group.id, entry, !hidden.has(group.id));
      refresh();
    });
    entry.append(button, hider);
    element('groups').append(entry);
  }

  // Names of the groups over the middle of their points; those that would cover a larger group's name wait until one is
  // nearer.
  const members = new Map(summary.groups.map((group): [number, number[]] => [group.id, []]));
  for (let i = 0; i < n; ++i) members.get(tracks.group[i]!)?.push(i);
  const bySize = [...summary.groups].sort((a, b) => b.size - a.size);
  const labels = new Map(bySize.map((group) => {
    const label = document.createElement('span');
    label.textContent = group.name === '' ? String(group.id) : group.name;
    element('names').append(label);
    return [group.id, label];
  }));
  scene.onFrame = () => {
      const taken: { x: number; y: number }[] = [];
      for (const group of bySize) {
        const label = labels.get(group.id)!;
        const all = members.get(group.id)!;
        const step = Math.max(1, Math.floor(all.length / 200));
        const place = scene.placeOf(all.filter((_, i) => i % step === 0));
        const free = place !== null && taken.every((one) => Math.abs(one.x - place.x) > 60 || Math.abs(one.y - place.y) > 18);
        label.hidden = !free;
        if (!free || place === null) continue;
        taken.push(place);
        label.style.left = `${place.x}px`;
        label.style.top = `${place.y}px`;
      }
    };

  element('save-list').addEventListener('click', () => {
    const title = isolated !== null ? groupTitle(isolated) : asked !== '' ? asked : summary.title;
    download(`${title}.m3u8`, new Blob([m3u8(tracks, list.shown, title)], { type: 'audio/x-mpegurl' }));
  });
  element('copy-list').addEventListener('click', async () => {
    await navigator.clipboard.writeText(asText(tracks, list.shown));
    element('count').textContent = `${list.shown.length} tracks copied`;
  });
  element('save-picture').addEventListener('click', async () => {
    download(`${summary.title}.png`, await scene.picture());
  });

  let haystack: string[] | null = null;  // made when somebody searches
  const hay = (): string[] => {
    haystack ??= tracks.title.map((title, i) =>
      `${title}\n${tracks.artist[i]}\n${tracks.album[i]}\n${groupTitle(tracks.group[i]!)}`.toLocaleLowerCase().normalize());
    return haystack;
  };
  const find = (text: string): void => {
    asked = text.trim().toLocaleLowerCase().normalize();
    way = null;
    found = new Set(hay().flatMap((text, i) => (text.includes(asked) ? [i] : [])));
    refresh();
    if (asked.length < 2) return;
    const now = asked;
    setTimeout(async () => {
      if (now !== asked) return;  // the person is still typing
      const sung = await api.sung(now);
      if (now !== asked || sung.length === 0) return;
      for (const track of sung) found.add(track);
      refresh();
    }, 200);
  };
  element<HTMLInputElement>('search').addEventListener('input', (event) => find((event.target as HTMLInputElement).value));
  element<HTMLInputElement>('search').addEventListener('keydown', (event) => {
    const first = list.shown[0];
    if (event.key !== 'Enter' || first === undefined) return;
    scene.flyTo(first);
    void play(first);
  });

  const select = element<HTMLSelectElement>('colour');
  select.append(new Option('group', ''));
  for (const column of columns) select.append(new Option(column.title, column.name));
  select.addEventListener('change', async () => {
    histogram.clear();
    element('legend').replaceChildren();
    const column = columns.find((one) => one.name === select.value);
    colourOf = colourOfGroup;
    if (column?.kind === 'number') {
      histogram.show(await api.numbers(column.name), column.title, column.means);
      colourOf = (track) => {
        const share = histogram.share(track);
        return share === null ? NONE : scaled(share);
      };
    } else if (column !== undefined) {
      const values = await api.labels(column.name);
      const counts = new Map<string, number>();
      for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
      const names = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 20).map(([name]) => name);
      const styles = coloursOf(names.map((_, i) => i));
      colourOf = (track) => styles.get(names.indexOf(values[track] ?? '')) ?? NONE;
      for (const [i, name] of names.entries()) {
        const dot = document.createElement('span');
        dot.className = 'dot';
        dot.style.background = css(styles.get(i)!);
        const entry = document.createElement('li');
        entry.append(dot, `${name} (${counts.get(name)})`);
        element('legend').append(entry);
      }
    }
    refresh();
  });

  const show = async (picture: api.Picture, places?: Float32Array): Promise<void> => {
    pictureName = picture.name;
    remember();
    for (const button of element('pictures').querySelectorAll('button')) {
      button.ariaChecked = String(button.dataset['name'] === picture.name);
    }
    scene.show(places ?? (await api.map(picture.name)), picture.dimensions, still);
  };
  for (const picture of summary.maps.filter((one) => canDraw || one.dimensions === 2)) {
    const button = document.createElement('button');
    button.role = 'radio';
    button.dataset['name'] = picture.name;
    button.textContent = `${picture.projection.toUpperCase()} ${picture.dimensions}-D`;
    button.addEventListener('click', () => void show(picture));
    element('pictures').append(button);
  }

  element('trust').addEventListener('click', async () => {
    const dialog = element<HTMLDialogElement>('model');
    dialog.querySelector('div')!.replaceChildren(...modelPanel(await api.model()));
    dialog.showModal();
  });

  const drawing = element('draw');
  const pointer = new Pointer(canvas, document.querySelector<SVGPolygonElement>('#lasso polygon')!, scene, {
    point: (track, x, y) => {
      if (track < 0) return hover.replaceChildren();
      const name = document.createElement('strong');
      name.textContent = tracks.title[track]!;
      const more = document.createElement('div');
      more.className = 'soft';
      more.textContent = [tracks.artist[track], groupTitle(tracks.group[track]!)].filter((text) => text !== '').join(' · ');
      hover.replaceChildren(name, more);
      hover.style.left = `${Math.min(x + 14, canvas.clientWidth - 240)}px`;
      hover.style.top = `${Math.min(y + 14, canvas.clientHeight - 70)}px`;
    },
    click: (track, withShift) => {
      if (track < 0) leaveWay();
      else if (withShift) void walkTo(track);
      else void play(track);
    },
    catch: (caught) => {
      drawing.ariaPressed = 'false';
      picked = caught.length > 0 ? new Set(caught) : null;
      refresh();
    },
  });
  drawing.addEventListener('click', () => {
    pointer.draws = !pointer.draws;
    drawing.ariaPressed = String(pointer.draws);
    if (pointer.draws) leaveWay();
  });
  document.addEventListener('keydown', (event) => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    if (element<HTMLDialogElement>('model').open) return;  // which has keys of its own
    const moves: Record<string, () => void> = {
      n: () => void playNearest(), Escape: leaveWay, j: () => step(1), k: () => step(-1), ' ': toggle,
      '+': () => scene.zoom(0.8), '-': () => scene.zoom(1.25),
    };
    if (event.target === canvas) {
      Object.assign(moves, {
        ArrowLeft: () => scene.move(40, 0), ArrowRight: () => scene.move(-40, 0),
        ArrowUp: () => scene.move(0, 40), ArrowDown: () => scene.move(0, -40),
      });
    }
    if (event.key === ' ' && event.target instanceof HTMLButtonElement) return;
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  });

  asked = asLeft.get('find') ?? '';
  element<HTMLInputElement>('search').value = asked;
  if (asked !== '') find(asked);
  for (const id of (asLeft.get('hidden') ?? '').split(',')) {
    const entry = element('groups').querySelector<HTMLElement>(`li[data-group="${CSS.escape(id)}"]`);
    if (id !== '' && entry !== null) hide(Number(id), entry, true);
  }
  chosen = tracks.id.indexOf(asLeft.get('track') ?? '');
  const group = summary.groups.find((one) => String(one.id) === asLeft.get('group'));
  isolate(group?.id ?? null);
  const usual = usualOf(summary.maps);
  const places = await firstPlaces;
  if (usual !== undefined && places !== null) await show(usual, places);
  document.body.dataset['ready'] = 'true';
}

main().catch((error: Error) => {
  message.textContent = error.message;
  message.hidden = false;
});
