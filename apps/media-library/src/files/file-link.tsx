import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import classes from './files.module.css';

interface Props {
  readonly id: string;
  readonly onChoose: ((id: string) => void) | undefined;
  readonly children: ReactNode;
}

/** Opens the details of a file, or chooses it. The keyboard reaches the cell around it. */
export function FileLink({ id, onChoose, children }: Props) {
  const { search } = useLocation();
  const name = (
    <bdi className={classes['name-text']} dir="auto">
      {children}
    </bdi>
  );
  return onChoose ? (
    <button
      type="button"
      tabIndex={-1}
      className={classes['name']}
      onClick={(event) => {
        if (!event.shiftKey) onChoose(id);
      }}
    >
      {name}
    </button>
  ) : (
    <Link
      tabIndex={-1}
      draggable={false}
      className={classes['name'] ?? ''}
      to={{ pathname: `/files/${id}`, search }}
    >
      {name}
    </Link>
  );
}
