/** Whoever made a key has seen it. For so long the two count as one person. */
export const KNOWN_KEY_HOURS = 24;

/** An operator, by whom its key was made (null: by the environment), and when. */
export interface KeyHolder {
  id: string;
  name: string;
  madeBy: string | null;
  keyMadeAt: Date;
}

/** Somebody who may act for two operators, and until when it is so. */
export interface Speaker {
  name: string;
  until: Date;
}

/**
 * Who may act for both: one of the two who made the other, or a third who made both, himself or through others, where a
 * key on the way is younger than a day. Null: they are two persons.
 */
export function speakerForBoth(
  one: KeyHolder,
  other: KeyHolder,
  all: ReadonlyMap<string, KeyHolder>,
  now: Date,
): Speaker | null {
  const [ones, others] = [speakersFor(one, all, now), speakersFor(other, all, now)];
  const common = [...ones].flatMap(([id, until]) => {
    const end = Math.min(until, others.get(id) ?? -Infinity);
    return end > now.getTime() ? [{ name: (all.get(id) ?? one).name, until: new Date(end) }] : [];
  });
  return common.sort((a, b) => b.until.getTime() - a.until.getTime())[0] ?? null;
}

/** Everybody above it, with the time from which he no longer speaks for it; it speaks for itself for ever. */
function speakersFor(holder: KeyHolder, all: ReadonlyMap<string, KeyHolder>, now: Date): Map<string, number> {
  const speakers = new Map([[holder.id, 8.64e15]]);
  let latest = -Infinity;
  for (let below = holder; below.madeBy !== null;) {
    const maker = all.get(below.madeBy);
    if (!maker || speakers.has(maker.id)) break;
    latest = Math.max(latest, below.keyMadeAt.getTime() + KNOWN_KEY_HOURS * 3_600_000);
    if (latest > now.getTime()) speakers.set(maker.id, latest);
    below = maker;
  }
  return speakers;
}
