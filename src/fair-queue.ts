/**
 * What waits, of several owners: the owners take turns, each in the order in which they came, so that one who lets
 * thousands wait delays the others by one piece each.
 */
export class FairQueue<Item> {
  /** In the order of the owners' turns. */
  private readonly owners = new Map<string, Item[]>();
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** How many of this owner's wait. */
  of(owner: string): number {
    return this.owners.get(owner)?.length ?? 0;
  }

  push(owner: string, item: Item): void {
    const own = this.owners.get(owner);
    if (own) own.push(item);
    else this.owners.set(owner, [item]);
    this.count += 1;
  }

  /** Of what was taken, the latest first: it is its owner's next again. */
  putBack(owner: string, item: Item): void {
    const own = this.owners.get(owner);
    if (own) own.unshift(item);
    else this.owners.set(owner, [item]);
    this.count += 1;
  }

  /** What `shift` would take. */
  first(): Item | undefined {
    for (const own of this.owners.values()) return own[0];
    return undefined;
  }

  /** The next one; of owners who may not have it now, `may` is false. */
  shift(may: (owner: string) => boolean = () => true): Item | undefined {
    for (const [owner, own] of this.owners) {
      if (!may(owner)) continue;
      const item = own.shift();
      this.owners.delete(owner);
      if (own.length > 0) this.owners.set(owner, own);
      this.count -= 1;
      return item;
    }
    return undefined;
  }

  /** Of one who waits no more. */
  remove(owner: string, item: Item): void {
    const own = this.owners.get(owner) ?? [];
    const place = own.indexOf(item);
    if (place < 0) return;
    own.splice(place, 1);
    this.count -= 1;
    if (own.length === 0) this.owners.delete(owner);
  }

  /** Everything, in turns. */
  clear(): Item[] {
    const all: Item[] = [];
    while (this.count > 0) all.push(this.shift() as Item);
    return all;
  }
}

/** Who had a turn when, so that among those who wait in the database, too, the one served longest ago goes first. */
export class LatestTurns {
  private readonly turns = new Map<string, number>();
  private turn = 0;

  note(owner: string): void {
    this.turn += 1;
    this.turns.set(owner, this.turn);
  }

  /** JSON of {owner: a growing number}; who is not named had no turn yet. */
  toJSON(): Record<string, number> {
    return Object.fromEntries(this.turns);
  }
}
