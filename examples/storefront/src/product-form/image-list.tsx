import { Accessibility, type Draggable } from '@dnd-kit/dom';
import { DragDropProvider } from '@dnd-kit/react';
import { isSortable } from '@dnd-kit/react/sortable';
import { useLayoutEffect, useRef } from 'react';
import { nameOf } from './image-row.tsx';
import { SortableImage } from './sortable-image.tsx';
import type { Images } from './use-images.ts';

interface ImageListProps {
  readonly images: Images;
  readonly onRemoved: () => void;
}

interface Dragged {
  readonly operation: { readonly source: Draggable | null };
}

const INSTRUCTIONS = {
  draggable:
    'Press Space to pick up the image, the arrow keys to move it, Space again to drop it, and Escape to cancel.',
};

/** The order is changed by dragging, with the arrow keys after Space, or with buttons. */
export function ImageList({ images, onRemoved }: ImageListProps) {
  const { details } = images;
  const order = details.map(({ id }) => id).join();
  const clicked = useRef<HTMLElement>(null);
  // An element that is moved in the page loses the focus.
  useLayoutEffect(() => {
    clicked.current?.focus();
    clicked.current = null;
  }, [order]);

  // The announcements that are given first are used for all drags.
  const latest = useRef(details);
  useLayoutEffect(() => {
    latest.current = details;
  }, [details]);
  const position = ({ operation: { source } }: Dragged): string => {
    const now = latest.current;
    const image = isSortable(source) && now.find(({ id }) => id === source.id);
    return image ? `${nameOf(image)}: position ${source.index + 1} of ${now.length}.` : '';
  };
  const announcements = {
    dragstart: (event: Dragged) => `Picked up ${position(event)}`,
    dragover: position,
    dragend: (event: Dragged & { readonly canceled: boolean }) =>
      event.canceled ? 'The order is unchanged.' : `Dropped ${position(event)}`,
  };
  return (
    <DragDropProvider
      plugins={(defaults) => [
        ...defaults,
        Accessibility.configure({ announcements, screenReaderInstructions: INSTRUCTIONS }),
      ]}
      onDragEnd={({ operation: { source }, canceled }) => {
        if (canceled || !isSortable(source) || source.index === source.initialIndex) return;
        images.move(String(source.id), source.index);
      }}
    >
      <ol className="product-images">
        {details.map((image, index) => (
          <SortableImage
            key={image.id}
            image={image}
            index={index}
            count={details.length}
            images={images}
            onMove={(to, button) => {
              clicked.current = button;
              images.move(image.id, to);
            }}
            onRemoved={onRemoved}
          />
        ))}
      </ol>
    </DragDropProvider>
  );
}
