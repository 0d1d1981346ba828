import type { GraphQLSchema } from 'graphql';
import type { NamedOperation } from '../operations.ts';
import type { FilledSlot } from './multipart.ts';
import { type UploadSlot, uploadSlots } from './slots.ts';

interface Slots {
  readonly files: ReadonlyMap<string, readonly File[]>;
  /** Where a file is missing. */
  readonly missing: ReadonlySet<string>;
}

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
  /** The places of the shown tab that need a file for this operation and have none. They are shown as such. */
  findMissing(operation: NamedOperation): UploadSlot[];
  /** For `useSyncExternalStore`. */
  subscribe(listener: () => void): () => void;
  /** Another object after each change. */
  all(): Slots;
}

export function createChosenFiles(): ChosenFiles {
  let view: View = { tabId: '', schema: null };
  let all: Slots = { files: new Map(), missing: new Set() };
  const listeners = new Set<() => void>();
  function change(next: Slots) {
    all = next;
    for (const listener of listeners) listener();
  }

  return {
    show: (next) => void (view = next),
    choose(slot, files) {
      const key = keyOf(view.tabId, slot);
      change({
        files: new Map([...all.files, [key, files]]),
        missing: new Set([...all.missing].filter((other) => other !== key)),
      });
    },
    filledSlots: (operation) =>
      uploadSlots(operation, view.schema).flatMap((slot) => {
        const files = filesIn(all, { tabId: view.tabId, slot });
        return files.length > 0 ? [{ slot, files }] : [];
      }),
    findMissing(operation) {
      const { tabId, schema } = view;
      const missing = uploadSlots(operation, schema).filter(
        (slot) => slot.isRequired && filesIn(all, { tabId, slot }).length === 0,
      );
      const keys = missing.map((slot) => keyOf(tabId, slot));
      change({ ...all, missing: new Set([...all.missing, ...keys]) });
      return missing;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    all: () => all,
  };
}

interface Place {
  readonly tabId: string;
  readonly slot: UploadSlot;
}

export const filesIn = ({ files }: Slots, { tabId, slot }: Place) =>
  files.get(keyOf(tabId, slot)) ?? [];

export const isMissing = ({ missing }: Slots, { tabId, slot }: Place) =>
  missing.has(keyOf(tabId, slot));

const keyOf = (tabId: string, { path }: UploadSlot) => [tabId, ...path].join('.');
