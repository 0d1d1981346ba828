import { useApolloClient } from '@apollo/client/react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import { announceMove } from '../graph/changes.ts';
import { refreshCounts, refreshLists } from './cache.ts';
import {
  type Draft,
  type Field,
  FIELDS,
  changedFields,
  changedTexts,
  changesOf,
  draftOf,
  pick,
} from './draft.ts';
import { type Problem, problemOf } from './problem.ts';
import { FILE, UPDATE } from './queries.ts';

/** Of a file in the trash nothing is saved: the page says that it is there. */
type Outcome = 'saved' | 'trashed' | readonly Problem[];

/**
 * What the editor has changed of a file and not saved. The version of the file at the first change is sent with the
 * changes: a change of another editor since then is never overwritten without asking.
 */
export function useFileEdit(file: FileDetailsFragment, isEditable: boolean) {
  const client = useApolloClient();
  const [edits, setEdits] = useState<Partial<Draft>>({});
  const [editedFile, setEditedFile] = useState(file);
  const [status, setStatus] = useState<'idle' | 'saving' | 'saved'>('idle');
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [theirs, setTheirs] = useState<FileDetailsFragment | null>(null);
  const isSending = useRef(false);
  const [isWaiting, setWaiting] = useState(false);

  const start = Object.keys(edits).length > 0 ? editedFile : file;
  const stored = draftOf(start);
  const draft: Draft = { ...stored, ...edits };
  const changed = changedFields(stored, draft);

  function edit(changes: Partial<Draft>) {
    const next = { ...draft, ...changes };
    setEditedFile(start);
    // While changes are sent, the value from before is a change too.
    const isOpen = isSending.current;
    setEdits(isOpen ? { ...edits, ...changes } : pick(next, changedFields(stored, next)));
    setStatus((now) => (now === 'saving' ? now : 'idle'));
    setProblems((all) => all.filter((one) => !Object.keys(changes).includes(fieldOf(one) ?? '')));
  }

  async function save(from = start, wanted = draft) {
    if (!isEditable) return;
    // A second request with the same version would be in conflict with the first.
    if (isSending.current) return setWaiting(true);
    if (changedFields(draftOf(from), wanted).length === 0) return;
    isSending.current = true;
    setStatus('saving');
    setProblems([]);
    const outcome = await send(from, wanted).catch((error: unknown) => [problemOf(error)]);
    isSending.current = false;
    setStatus(outcome === 'saved' ? 'saved' : 'idle');
    if (outcome === 'saved') return;
    setWaiting(false);
    if (outcome !== 'trashed') setProblems(outcome);
  }
  useEffect(() => {
    if (!isWaiting || status === 'saving') return;
    setWaiting(false);
    void save();
  });

  async function send(from: FileDetailsFragment, wanted: Draft): Promise<Outcome> {
    const variables = { input: changesOf(from, wanted) };
    const { data } = await client.mutate({ mutation: UPDATE, variables });
    const { mediaFile, userErrors } = data.updateMedia;
    if (userErrors.some(({ code }) => code === 'CONFLICT' || code === 'NOT_FOUND'))
      return compare();
    if (!mediaFile) return userErrors.map((error) => withLocale(error, from, wanted));
    if (mediaFile.folder !== from.folder) announceMove([file.id], { folder: mediaFile.folder });
    const withoutTags = from.tags.filter((tag) => !mediaFile.tags.includes(tag));
    announceMove([file.id], { withoutTags });
    setEditedFile(mediaFile);
    // What was typed while the changes were sent is still unsaved.
    setEdits((now) => {
      const typed = FIELDS.filter(
        (field) => field in now && JSON.stringify(now[field]) !== JSON.stringify(wanted[field]),
      );
      return pick(now, typed);
    });
    await refreshCounts(client);
    return 'saved';
  }

  async function compare(): Promise<Outcome> {
    const variables = { id: file.id };
    const { data } = await client.query({ query: FILE, variables, fetchPolicy: 'network-only' });
    if (!data.mediaFile) {
      await refreshLists(client, { id: file.id, trashed: null });
      return [{ code: 'NOT_FOUND', message: '', field: null }];
    }
    if (data.mediaFile.trashedAt !== null) {
      await refreshLists(client, { id: file.id, trashed: true });
      return 'trashed';
    }
    setTheirs(data.mediaFile);
    return [{ code: 'CONFLICT', message: '', field: null }];
  }

  const current = useRef({ edits, start });
  useLayoutEffect(() => {
    current.current = { edits, start };
  }, [edits, start]);

  return {
    draft,
    changed,
    edit,
    save: () => save(),
    status,
    isSaving: status === 'saving' || isWaiting,
    problems,
    /** A problem that no field of the form shows. */
    generalProblem: problems.find((one) => !isMarked(one, draft)),
    /** The problem of a field, such as `title` or `altTexts.de`. */
    problemAt: (field: string) => problems.find((one) => fieldOf(one) === field),
    discard() {
      setEdits({});
      setProblems([]);
      setStatus('idle');
    },
    /**
     * After another change of the same editor, so that it is no conflict with the unsaved ones. Where another editor
     * has changed one of their fields too, both versions are compared.
     */
    adopt(latest: FileDetailsFragment) {
      const now = current.current;
      const others = changedFields(draftOf(now.start), draftOf(latest));
      const mine = changedFields(draftOf(latest), { ...draftOf(latest), ...now.edits });
      if (!mine.some((field) => others.includes(field))) setEditedFile(latest);
      // A file in the trash cannot be saved: its version stays the old one, so that saving asks later.
      else if (latest.trashedAt === null) setTheirs(latest);
    },
    version: start.version,
    /** Set while the editor chooses between two versions. */
    conflict: theirs && isEditable && { stored: draftOf(theirs), before: stored, mine: draft },
    closeConflict: () => setTheirs(null),
    async resolve(kept: readonly Field[]) {
      if (!theirs) return;
      const next = { ...draftOf(theirs), ...pick(draft, kept) };
      const remaining = changedFields(draftOf(theirs), next);
      setTheirs(null);
      setEditedFile(theirs);
      setEdits(pick(next, remaining));
      setProblems([]);
      if (remaining.length > 0) await save(theirs, next);
    },
  };
}
export type FileEdit = ReturnType<typeof useFileEdit>;

/** `["input", "details", "altTexts", "de", "text"]` is `altTexts.de`. */
function fieldOf({ field }: Problem): string | null {
  const [, ...path] = field ?? [];
  const [name = null, key] = path[0] === 'details' ? path.slice(1) : path;
  return name === 'altTexts' && key !== undefined ? `altTexts.${key}` : name;
}

/** Whether the form shows the problem at its field. */
function isMarked(problem: Problem, { altTexts }: Draft): boolean {
  const field = fieldOf(problem);
  // A switch has no place for it.
  if (field === 'decorative') return false;
  return (
    FIELDS.some((one) => one === field) ||
    altTexts.some(({ locale }) => field === `altTexts.${locale}`)
  );
}

/** The server counts the texts of the request; the form knows their languages. */
function withLocale(problem: Problem, from: FileDetailsFragment, wanted: Draft): Problem {
  const path = [...(problem.field ?? [])];
  const text = changedTexts(draftOf(from), wanted)[Number(path[3])];
  if (path[2] !== 'altTexts' || !text) return problem;
  return { ...problem, field: [...path.slice(0, 3), text.locale, ...path.slice(4)] };
}
