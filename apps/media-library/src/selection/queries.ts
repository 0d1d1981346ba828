import { graphql } from '../generated/gql.ts';

export const UPDATE_FILES = graphql(`
  mutation UpdateFiles($input: UpdateMediaFilesInput!) {
    updateMediaFiles(input: $input) {
      mediaFile {
        id
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const DELETE_FILES = graphql(`
  mutation DeleteFiles($input: DeleteMediaFilesInput!) {
    deleteMediaFiles(input: $input) {
      mediaFile {
        id
      }
      usages {
        consumer
        entityType
        entityId
        label
        url
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const RESTORE_FILES = graphql(`
  mutation RestoreFiles($input: MediaIdsInput!) {
    restoreMediaFiles(input: $input) {
      mediaFile {
        id
      }
      userErrors {
        code
        message
      }
    }
  }
`);

export const PURGE_FILES = graphql(`
  mutation PurgeFiles($input: MediaIdsInput!) {
    purgeMediaFiles(input: $input) {
      purgedId
      userErrors {
        code
        message
      }
    }
  }
`);

export const MATCHING_IDS = graphql(`
  query MatchingIds($after: String, $filter: MediaLibraryFilter, $orderBy: MediaLibraryOrder) {
    mediaLibrary(first: 100, after: $after, filter: $filter, orderBy: $orderBy) {
      nodes {
        id
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const FILE_NAMES = graphql(`
  query FileNames($ids: [ID!]!) {
    mediaFiles(ids: $ids) {
      id
      title
      originalFilename
    }
  }
`);

export const ORIGINALS = graphql(`
  query Originals($ids: [ID!]!) {
    mediaFiles(ids: $ids) {
      id
      originalFilename
      fileSize
      updatedAt
      url
    }
  }
`);
