import { useSortable } from '@dnd-kit/react/sortable';
import type { ProductImageFragment } from '../generated/graphql.ts';
import { ImageRow, nameOf } from './image-row.tsx';
import type { Images } from './use-images.ts';

interface SortableImageProps {
  readonly image: ProductImageFragment;
  readonly index: number;
  readonly count: number;
  readonly images: Images;
  readonly onMove: (to: number, button: HTMLElement) => void;
  readonly onRemoved: () => void;
}

export function SortableImage(props: SortableImageProps) {
  const { image, index, count, images, onMove, onRemoved } = props;
  const { ref, handleRef, isDragging } = useSortable({ id: image.id, index });
  const name = nameOf(image);
  const mover = (label: string, to: number) => {
    const isPossible = to >= 0 && to < count;
    return (
      // Not `disabled`, which would take the focus away at the end of the list.
      <button
        aria-label={`Move ${name} ${label}`}
        aria-disabled={!isPossible}
        onClick={({ currentTarget }) => {
          if (isPossible) onMove(to, currentTarget);
        }}
      >
        {label === 'up' ? '↑' : '↓'}
      </button>
    );
  };
  return (
    <li ref={ref} className={isDragging ? 'dragging' : ''}>
      <button ref={handleRef} className="handle" aria-label={`Drag ${name}`}>
        <span aria-hidden="true">⠿</span>
      </button>
      <ImageRow image={image} images={images} onRemoved={onRemoved}>
        {mover('up', index - 1)}
        {mover('down', index + 1)}
        {image.media && (
          <button aria-label={`Make main image: ${name}`} onClick={() => images.makeMain(image)}>
            Make main image
          </button>
        )}
      </ImageRow>
    </li>
  );
}
