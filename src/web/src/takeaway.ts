import type { Tracks } from './api';

const called = (tracks: Tracks, track: number): string =>
  tracks.artist[track] === '' ? tracks.title[track]! : `${tracks.artist[track]} - ${tracks.title[track]}`;
const oneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');

/** A list as M3U8, with whole paths: it is opened on the machine that the music lies on. */
export function m3u8(tracks: Tracks, list: readonly number[], title: string): string {
  let text = `#EXTM3U\n#PLAYLIST:${oneLine(title)}\n`;
  for (const track of list) {
    const seconds = tracks.length_s[track];
    text += `#EXTINF:${seconds == null ? -1 : Math.round(seconds)},${oneLine(called(tracks, track))}\n${tracks.path[track]}\n`;
  }
  return text;
}

/** A list as people write one: a line a track. */
export const asText = (tracks: Tracks, list: readonly number[]): string =>
  list.map((track) => oneLine(called(tracks, track))).join('\n');

/** Gives the person a file. */
export function download(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name.replace(/[\\/:*?"<>|]/g, '_');
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
