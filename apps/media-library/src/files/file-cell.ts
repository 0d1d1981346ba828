import type { TFunction } from 'i18next';
import type { MouseEvent } from 'react';
import type { Dragged } from '../folders/drag.ts';
import type { LibraryFileFragment } from '../generated/graphql.ts';
import type { ScrollSpeed } from '../shared/scroll-speed.ts';

export interface FileActions {
  /** Absent: files are opened by their link. */
  readonly choose: ((id: string) => void) | undefined;
  readonly check: (event: MouseEvent, id: string) => void;
  readonly click: (event: MouseEvent, id: string) => void;
  readonly focus: (index: number) => void;
  /** Absent: files cannot be moved. */
  readonly dragged: ((id: string) => Dragged) | undefined;
}

export interface FileCellProps {
  readonly id: string;
  /** Undefined while it is read. */
  readonly file: LibraryFileFragment | undefined;
  /** In the whole list. */
  readonly index: number;
  readonly column: number;
  /** Whether the trash is shown. */
  readonly isTrash: boolean;
  readonly isSelected: boolean;
  readonly isActive: boolean;
  /** While it passes by too fast to be seen, its image is not read. */
  readonly speed: ScrollSpeed;
  readonly actions: FileActions;
  readonly t: TFunction<'files'>;
}
