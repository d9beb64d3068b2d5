/** What the server of songmap explore tells. */

export interface Group { id: number; name: string; size: number }
export interface Picture { name: string; projection: string; dimensions: 2 | 3 }
export interface LibrarySummary { title: string; n_tracks: number; groups: Group[]; maps: Picture[] }

/** Columns of equal length, a value a track. */
export interface Tracks {
  id: string[];
  title: string[];
  artist: string[];
  album: string[];
  length_s: (number | null)[];
  group: number[];
  strength: (number | null)[];
  placed: (0 | 1)[];
  path: string[];
}

export interface Difference { words: string; means: string; deviations: number }
export interface GroupReasons {
  title: string;
  n_tracks: number;
  sound: Difference[];
  n_with_lyrics: number;
  languages: Record<string, number>;
  words: { word: string; inside: number; outside: number }[];
  exemplars: { track_id: string; title: string; artist: string }[];
  border: { track_id: string; title: string; artist: string; leans_to: number }[];
  nearest_group: number | null;
  proposed_name: string;
}

export interface TrackReasons {
  group: number;
  strength: number;
  outlier: boolean;
  nearest: { title: string; artist: string; distance: number; parts: Record<string, number> }[];
  unusual: Difference[];
  rebuilt_worse_than: number | null;
}

export interface Score {
  space: string; method: string; target: string; metric: string;
  value: number | null; sd: number | null; low: number | null; high: number | null; chance: number | null; p: number | null;
}
export interface ModelView {
  models: { name: string; kind: string; seeds: { seed: number; epochs: number[]; total: (number | null)[]; held_out: (number | null)[] }[] }[];
  scores: Score[];
  warnings: string[];
}

const token = new URLSearchParams(location.search).get('token');
const withToken = (path: string): string =>
  token === null ? path : `${path}${path.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`;

async function get(path: string): Promise<Response> {
  const response = await fetch(withToken(`./api/v1/${path}`));
  if (!response.ok) throw new Error((await response.text()).trim());
  return response;
}

export const library = async (): Promise<LibrarySummary> => (await get('library')).json();
export const tracks = async (): Promise<Tracks> => (await get('tracks')).json();
export const map = async (name: string): Promise<Float32Array> =>
  new Float32Array(await (await get(`maps/${name}`)).arrayBuffer());
export const group = async (id: number): Promise<GroupReasons> => (await get(`groups/${id}`)).json();
export const track = async (id: string): Promise<TrackReasons> => (await get(`tracks/${id}`)).json();
export const similar = async (id: string, n: number): Promise<{ index: number; distance: number }[]> =>
  (await (await get(`tracks/${id}/similar?n=${n}`)).json()).tracks;
export interface Column { name: string; title: string; kind: 'number' | 'label'; means: string }
export const columns = async (): Promise<Column[]> => (await (await get('columns')).json()).columns;
export const numbers = async (name: string): Promise<(number | null)[]> => (await (await get(`columns/${name}`)).json()).values;
export const labels = async (name: string): Promise<(string | null)[]> => (await (await get(`columns/${name}`)).json()).values;
export const sung = async (text: string): Promise<number[]> =>
  (await (await get(`lyrics?find=${encodeURIComponent(text)}`)).json()).tracks;
export const path = async (from: string, to: string, n: number): Promise<{ index: number; distance: number }[]> =>
  (await (await get(`path?from=${from}&to=${to}&n=${n}`)).json()).tracks;
export const model = async (): Promise<ModelView> => (await get('model')).json();
export const audioUrl = (id: string): string => withToken(`./api/v1/tracks/${id}/audio`);
