import { IconTextCaption } from '@tabler/icons-react';
import { memo, useRef } from 'react';
import { useDraggable } from '../folders/drag.ts';
import { FileThumbnail } from '../shared/file-thumbnail.tsx';
import { useFormat } from '../shared/format.ts';
import type { FileCellProps } from './file-cell.ts';
import { FileLink } from './file-link.tsx';
import { lacksAltText, nameOf } from './file-name.ts';
import classes from './files.module.css';

/** A file in the list. Of plain elements, like `FileCard`. */
export const FileRow = memo(function FileRow(props: FileCellProps) {
  const { file, id, index, isTrash, isSelected, isActive, speed, actions, t } = props;
  const format = useFormat();
  const ref = useRef<HTMLDivElement>(null);
  useDraggable(ref, actions.dragged && (() => actions.dragged?.(id) ?? { kind: 'files', ids: [] }));
  const name = file ? nameOf(file) : t('loadingFile');
  const time = isTrash ? file?.trashedAt : file?.createdAt;
  return (
    <div
      ref={ref}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      tabIndex={isActive ? 0 : -1}
      data-index={index}
      className={classes['row']}
      onFocus={() => actions.focus(index)}
      onClick={(event) => actions.click(event, id)}
    >
      <div role="gridcell" className={classes['cell']}>
        <input
          type="checkbox"
          className={classes['checkbox']}
          tabIndex={-1}
          aria-label={t('select', { name })}
          checked={isSelected}
          onChange={() => undefined}
          onClick={(event) => actions.check(event, id)}
        />
      </div>
      <div role="gridcell" className={classes['cell']}>
        <div className={classes['small-thumbnail']}>
          {file && <FileThumbnail file={file} sizes="48px" speed={speed} />}
        </div>
        <FileLink id={id} onChoose={actions.choose}>
          {name}
        </FileLink>
        {file && lacksAltText(file) && (
          <span title={t('missingAlt')} className={classes['warning']}>
            <IconTextCaption size={16} role="img" aria-label={t('missingAlt')} />
          </span>
        )}
      </div>
      <div role="gridcell" className={classes['cell']} data-column="type">
        {file && t(`type.${file.mediaType}`)}
      </div>
      <div role="gridcell" className={classes['cell']} data-column="size">
        {file && format.bytes(file.fileSize)}
      </div>
      <div role="gridcell" className={classes['cell']} data-column="dimensions">
        {file?.width && file.height ? `${file.width} × ${file.height}` : '–'}
      </div>
      <div role="gridcell" className={classes['cell']} data-column="folder">
        <bdi className={classes['clipped']} dir="auto">
          {file?.folder}
        </bdi>
      </div>
      <div role="gridcell" className={classes['cell']} data-column="usages">
        {file && format.number(file.usageCount)}
      </div>
      <div role="gridcell" className={classes['cell']} data-column={isTrash ? 'deleted' : 'added'}>
        {time && format.day(time)}
      </div>
      <div role="gridcell" className={classes['cell']} data-column="uploader">
        <bdi className={classes['clipped']} dir="auto">
          {file?.createdBy ?? '–'}
        </bdi>
      </div>
    </div>
  );
});
