/** `lost`: what it says cannot be opened, a person must see to it; `done` with a word for what came of it; `parked`: nothing here fits yet; `again`: in a moment. */
export type Processed = { kind: 'done'; outcome: string } | { kind: 'parked' | 'again' | 'lost' };
