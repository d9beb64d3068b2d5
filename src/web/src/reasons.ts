import type { Difference, GroupReasons, TrackReasons } from './api';

/** A heading and what is to be said below it. */
class Panel {
  private readonly heading = document.createElement('h2');
  private readonly points = document.createElement('ul');

  constructor(title: string) {
    this.heading.textContent = title;
  }
  say(text: string): void {
    const point = document.createElement('li');
    point.textContent = text;
    this.points.append(point);
  }
  sayDifferences(differences: Difference[]): void {
    for (const one of differences) {
      this.say(`${one.words} (${one.deviations > 0 ? '+' : ''}${one.deviations.toFixed(1)} deviations)`);
    }
  }
  get elements(): HTMLElement[] {
    return [this.heading, this.points];
  }
}

/** Why the tracks of a group are together. */
export function groupPanel(why: GroupReasons, groupTitle: (id: number) => string): HTMLElement[] {
  const panel = new Panel(`${why.title}: ${why.n_tracks} tracks`);
  panel.sayDifferences(why.sound);
  if (why.sound.length === 0) panel.say('nothing in its sound sets it clearly apart');
  const languages = Object.entries(why.languages);
  if (languages.length > 0) panel.say(`sung in ${languages.map(([name, count]) => `${name} (${count})`).join(', ')}`);
  if (why.words.length > 0) panel.say(`its words: ${why.words.map((one) => one.word).join(', ')}`);
  panel.say(`most typical: ${why.exemplars.map((one) => one.title).join(' · ')}`);
  if (why.border.length > 0) panel.say(`on its border: ${why.border.map((one) => one.title).join(' · ')}`);
  if (why.nearest_group !== null) panel.say(`nearest to it is ${groupTitle(why.nearest_group)}`);
  return panel.elements;
}

/** Why a track is where it is. */
export function trackPanel(title: string, why: TrackReasons, groupTitle: (id: number) => string): HTMLElement[] {
  const panel = new Panel(title);
  panel.say(`${groupTitle(why.group)}, ${Math.round(100 * why.strength)} % of its nearest tracks are in it`);
  if (why.outlier) panel.say('an outlier: it came later, and is unlike the others');
  panel.sayDifferences(why.unusual);
  const nearest = why.nearest[0];
  if (nearest !== undefined) {
    const parts = Object.entries(nearest.parts).slice(0, 2).map(([name]) => name);
    panel.say(`nearest: ${nearest.title}${parts.length > 0 ? `, most of all in ${parts.join(' and ')}` : ''}`);
  }
  if (why.rebuilt_worse_than !== null) {
    panel.say(`the model rebuilds it worse than ${Math.round(100 * why.rebuilt_worse_than)} % of the tracks`);
  }
  return panel.elements;
}
