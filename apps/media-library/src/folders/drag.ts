import type * as dragAndDrop from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type RefObject, useEffect, useEffectEvent, useState } from 'react';
import * as v from 'valibot';

/** Not needed for the first screen. Returns a function that ends it. */
function withDragAndDrop(register: (library: typeof dragAndDrop) => () => void): () => void {
  let isWanted = true;
  let end: (() => void) | undefined;
  void import('@atlaskit/pragmatic-drag-and-drop/element/adapter').then((library) => {
    if (isWanted) end = register(library);
  });
  return () => {
    isWanted = false;
    end?.();
  };
}

/** What can be dragged onto a folder. */
const Dragged = v.variant('kind', [
  v.object({ kind: v.literal('files'), ids: v.array(v.string()) }),
  v.object({ kind: v.literal('folder'), path: v.string() }),
]);
export type Dragged = v.InferOutput<typeof Dragged>;

export function useDraggable(
  element: RefObject<HTMLElement | null>,
  data: (() => Dragged) | undefined,
) {
  const current = useEffectEvent(() => ({ ...data?.() }));
  const isDraggable = data !== undefined;
  useEffect(() => {
    const dragged = element.current;
    if (!dragged || !isDraggable) return undefined;
    return withDragAndDrop(({ draggable }) =>
      draggable({ element: dragged, getInitialData: () => current() }),
    );
  }, [element, isDraggable]);
}

/** True while something is dragged over it that it accepts. */
export function useDropTarget(
  element: RefObject<HTMLElement | null>,
  accepts: (dragged: Dragged) => boolean,
  onDrop: (dragged: Dragged) => void,
): boolean {
  const [isOver, setIsOver] = useState(false);
  const isAccepted = useEffectEvent((data: Record<string, unknown>) => {
    const dragged = v.safeParse(Dragged, data);
    return dragged.success && accepts(dragged.output);
  });
  const dropped = useEffectEvent((data: Record<string, unknown>) => {
    setIsOver(false);
    onDrop(v.parse(Dragged, data));
  });
  useEffect(() => {
    const target = element.current;
    if (!target) return undefined;
    return withDragAndDrop(({ dropTargetForElements }) =>
      dropTargetForElements({
        element: target,
        canDrop: ({ source }) => isAccepted(source.data),
        onDragEnter: () => setIsOver(true),
        onDragLeave: () => setIsOver(false),
        onDrop: ({ source }) => dropped(source.data),
      }),
    );
  }, [element]);
  return isOver;
}
