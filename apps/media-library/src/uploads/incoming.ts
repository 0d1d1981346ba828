/** A file that someone has chosen, dropped, pasted or photographed. */
export interface ChosenFile {
  readonly file: File;
  readonly folder: string;
  /** In place of that of the file. */
  readonly name?: string;
}

export type Incoming =
  | { readonly kind: 'files'; readonly files: readonly ChosenFile[] }
  | { readonly kind: 'camera' | 'url'; readonly folder: string };

const waiting: Incoming[] = [];
let receiver: ((incoming: Incoming) => void) | undefined;

/** The queue is loaded after the first screen; until then, this waits. */
export function send(incoming: Incoming): void {
  if (receiver) receiver(incoming);
  else waiting.push(incoming);
}

/** Returns a function that ends it. */
export function receive(by: (incoming: Incoming) => void): () => void {
  receiver = by;
  for (const incoming of waiting.splice(0)) by(incoming);
  return () => {
    receiver = undefined;
  };
}
