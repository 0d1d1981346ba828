import type { GraphQLSchema } from 'graphql';
import type { NamedOperation } from '../operations.ts';
import type { FilledSlot } from './multipart.ts';
import { type UploadSlot, uploadSlots } from './slots.ts';

type Files = ReadonlyMap<string, readonly File[]>;

/** What the editor shows. */
interface View {
  readonly tabId: string;
  readonly schema: GraphQLSchema | null | undefined;
}

/** The files that were chosen in each tab of the editor. They are kept until the page is closed or reloaded. */
export interface ChosenFiles {
  /** Must be called whenever another tab or schema is shown. */
  show(view: View): void;
  choose(slot: UploadSlot, files: readonly File[]): void;
  /** The files of the shown tab for this operation. */
  filledSlots(operation: NamedOperation): FilledSlot[];
  /** For `useSyncExternalStore`. */
  subscribe(listener: () => void): () => void;
  /** Another object after each change. */
  all(): Files;
}

export function createChosenFiles(): ChosenFiles {
  let view: View = { tabId: '', schema: null };
  let all: Files = new Map();
  const listeners = new Set<() => void>();

  return {
    show: (next) => void (view = next),
    choose(slot, files) {
      all = new Map([...all, [keyOf(view.tabId, slot), files]]);
      for (const listener of listeners) listener();
    },
    filledSlots: (operation) =>
      uploadSlots(operation, view.schema).flatMap((slot) => {
        const files = filesIn(all, { tabId: view.tabId, slot });
        return files.length > 0 ? [{ slot, files }] : [];
      }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    all: () => all,
  };
}

export const filesIn = (all: Files, { tabId, slot }: { tabId: string; slot: UploadSlot }) =>
  all.get(keyOf(tabId, slot)) ?? [];

const keyOf = (tabId: string, { path }: UploadSlot) => [tabId, ...path].join('.');
