import { useEffect, useRef } from 'react';
import type { Selection } from '../selection/use-selection.ts';
import { useQueue, useQueueState } from '../uploads/queue/use-queue.ts';

/** Selects each file that is uploaded here, once; not those whose upload goes on here. */
export default function SelectUploaded({ selection }: { readonly selection: Selection }) {
  const { items } = useQueueState(useQueue());
  const known = useRef<ReadonlySet<string>>(null);
  const { ids, toggle } = selection;
  useEffect(() => {
    const uploaded = items
      .filter(({ status, isRestored }) => status === 'done' && !isRestored)
      .map(({ mediaId }) => mediaId)
      .filter((id) => id !== null);
    // Uploads from before are not part of the choice.
    const before = known.current ?? new Set(uploaded);
    known.current = new Set([...before, ...uploaded]);
    for (const id of uploaded) if (!before.has(id) && !ids.has(id)) toggle(id);
  }, [items, ids, toggle]);
  return null;
}
