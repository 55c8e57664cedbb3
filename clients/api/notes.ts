/** The demo's data: one note per site, feature and collège, in memory, the oldest forgotten first. */
import type { FeatureRequest } from './features.ts';

export type Note = { readonly note: string; readonly updated_at: string | null };

type Place = Pick<FeatureRequest, 'slug' | 'siret' | 'feature' | 'college'>;

const MOST_KEPT = 10_000;
const EMPTY: Note = { note: '', updated_at: null };

export function createNotes(): {
  readonly read: (place: Place) => Note;
  readonly write: (place: Place, note: Note) => void;
  readonly forget: () => void;
} {
  const kept = new Map<string, Note>();
  const key = ({ slug, siret, feature, college }: Place) => JSON.stringify([slug, siret, feature, college]);

  function write(place: Place, note: Note): void {
    kept.delete(key(place));
    kept.set(key(place), note);
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  }

  return { read: (place) => kept.get(key(place)) ?? EMPTY, write, forget: () => kept.clear() };
}
